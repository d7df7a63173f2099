"""What was received, kept: append-only tables, the ledger that says what exists, and how they are read as of a date."""

"""The lists of one consignment in one row, and what became of it at customs."""

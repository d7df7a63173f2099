"""What offices give each other: documents that are signed, numbered and end."""

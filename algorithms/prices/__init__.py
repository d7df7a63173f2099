"""What goods of one kind cost elsewhere."""

"""Files of a world: messages, tables and the answer key."""

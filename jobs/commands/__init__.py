"""The commands that print what is known, and those of the graph."""

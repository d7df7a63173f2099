"""Typologies: one family a file. The docstring of a rule function is what an officer may read about it."""

"""Figures of a run beside an answer key."""

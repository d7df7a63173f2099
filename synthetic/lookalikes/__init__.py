"""Innocent trade that bears the sign of a fraud (hard negatives)."""

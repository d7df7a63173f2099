"""Frauds, one file for each kind."""

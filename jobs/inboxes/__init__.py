"""Folders whose files are read as they come."""

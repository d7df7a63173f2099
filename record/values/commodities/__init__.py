"""Goods as records name them: codes, contents, units and editions."""

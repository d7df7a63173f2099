"""Whether a home is whole: its files, its graph, its settings."""

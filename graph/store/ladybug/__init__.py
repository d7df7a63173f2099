"""The embedded store, and the process in which an analyst's statement runs on it."""

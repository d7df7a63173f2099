"""Alembic's environment and the versions of the app database's tables."""

"""Ordinary trade: who orders what from whom and when, and the consignment that comes of it."""

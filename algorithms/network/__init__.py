"""Consignments joined by what they share: ties, communities, what was known of each identifier at a moment."""

"""Indexes of how customs works: times, inspections, what they find, and what that says of all."""

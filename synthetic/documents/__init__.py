"""The documents of a consignment, element by element, and what happens to them on their way."""

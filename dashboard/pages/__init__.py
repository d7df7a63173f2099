"""One page a file: read models in, components out."""

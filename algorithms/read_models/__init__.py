"""The results of a run as they are kept, and what screens and commands read of them."""

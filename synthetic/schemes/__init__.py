"""What frauds and look-alikes have in common: groups that act in a part of a world's time, and change."""

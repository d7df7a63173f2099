"""What screens and commands show of a run: one consignment, its surroundings, destinations."""

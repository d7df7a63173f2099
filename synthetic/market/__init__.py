"""Companies, goods, prices, rates and brands of a world."""

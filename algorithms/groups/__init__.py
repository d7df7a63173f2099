"""Groups that the network raises, held beside chance: rings, lots, shipments."""

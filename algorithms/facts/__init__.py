"""Everything that the rules look at, in one row per consignment."""

"""The law of retail import in decimals: limits, rates, and the tax that is due."""

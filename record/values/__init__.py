"""Value types: one file each, with how it is read, its normal form and what can be read from it."""

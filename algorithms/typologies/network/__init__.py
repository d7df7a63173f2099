"""What shows among several consignments, by what their buyers and operators share."""

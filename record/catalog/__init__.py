"""Every table of the record, what its columns are and mean, and what names a consignment."""

"""What commands print: tables, accounts, progress, one consignment."""

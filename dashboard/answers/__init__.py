"""The answer of a query, shown: as a table, as a network, as a chart."""

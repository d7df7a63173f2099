"""The stores that hold the graph: one interface, an embedded one and one on a Neo4j server."""

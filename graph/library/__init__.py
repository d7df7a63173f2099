"""Named questions to the graph: one `.cypher` file each, with a header that says what it answers and what it takes."""

"""The network around consignments: a run's graph opened once, pictures of parts of it, ways between two nodes."""

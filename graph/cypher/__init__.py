"""Which Cypher an analyst may ask, and what is portable between the stores."""

"""From columns of texts to typed columns of the lake: mappings, normal forms, keys, defects."""

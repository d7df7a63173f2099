"""Deterministic detection: matching the lists, reference prices, typologies, grading."""

if __name__ == "algorithms":
    raise ImportError("import sandan.algorithms: the folder is not a package of its own")

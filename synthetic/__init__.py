"""A world with known frauds, written as real messages, with its answer key apart."""

if __name__ == "synthetic":
    raise ImportError("import sandan.synthetic: the folder is not a package of its own")

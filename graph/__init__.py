"""The graph as such: its schema, the transform from lake to graph tables, and the stores that hold it."""

if __name__ == "graph":
    raise ImportError("import sandan.graph: the folder is not a package of its own")

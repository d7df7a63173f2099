"""What an officer sees."""

if __name__ == "dashboard":
    raise ImportError("import sandan.dashboard: the folder is not a package of its own")

"""From anybody's files to canonical lists: message formats, tables, normal forms, rejects."""

if __name__ == "ingest":
    raise ImportError("import sandan.ingest: the folder is not a package of its own")

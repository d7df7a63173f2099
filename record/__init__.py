"""What was received and what was decided, kept: the lake and its ledger, keyed hashes, settings, errors, locks."""

if __name__ == "record":
    raise ImportError("import sandan.record: the folder is not a package of its own")

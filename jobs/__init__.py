"""Composition: the pipeline, its run ledger and the command line."""

if __name__ == "jobs":
    raise ImportError("import sandan.jobs: the folder is not a package of its own")

from sandan.jobs.notebook import Home

__all__ = ["Home"]

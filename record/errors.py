"""Errors made on purpose, sorted by who can resolve them; the exit code sits on the class."""

from collections.abc import Iterable, Mapping
from pathlib import Path


class SandanError(Exception):
    """Base of every error raised on purpose."""

    exit_code = 70
    retryable = False


class ConfigError(SandanError):
    """A setting cannot be used; the operator must change it."""

    exit_code = 78


class InputError(SandanError):
    """Something that was handed in cannot be used; its supplier must correct it."""

    exit_code = 65


class MissingColumns(InputError):
    """Tables lack mandatory columns; one error names them all."""

    def __init__(self, missing: Mapping[Path, Iterable[str]]) -> None:
        self.missing = {path: tuple(sorted(columns)) for path, columns in missing.items()}
        lines = [f"{path}: missing columns: {', '.join(columns)}" for path, columns in self.missing.items()]
        super().__init__("\n".join([*lines, "rename the columns of the file (names: docs/reference/tables.md) and ingest it again"]))


class UnknownId(InputError):
    """A key names nothing that is here."""


class BadQuery(InputError):
    """A query may not run, or cannot be understood."""


class NothingScored(InputError):
    """A table was asked for before anything was scored."""


class ArtefactError(InputError):
    """A kept model cannot be used: broken, or made for other features."""


class DamagedFile(InputError):
    """A stored file is missing, or is not what was written; the message names the file and the remedy."""


class StoreError(SandanError):
    """The graph store did not do its work."""

    exit_code = 69


class StoreUnavailable(StoreError):
    """The graph store cannot be reached, or there is no graph in it yet."""

    retryable = True


class EngineError(SandanError):
    """The engine that runs set-at-a-time work did not do it."""

    exit_code = 69


class OutputError(SandanError):
    """A file or folder cannot be written."""

    exit_code = 73


class BusyError(SandanError):
    """Another run holds the lock of this home."""

    exit_code = 75
    retryable = True


class Conflict(SandanError):
    """Somebody else was quicker; the message names who, and what he did."""

    exit_code = 75
    retryable = True

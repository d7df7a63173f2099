"""An installation's own typologies: Python files in a folder, and entry points of installed packages."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from sandan.algorithms.vocabulary.typology import Typology
from sandan.record.errors import ConfigError

GROUP = "sandan.typologies"


@dataclass(frozen=True, slots=True)
class Offered:
    """A typology and where it comes from: the path of its file, or the name of its entry point."""

    typology: Typology
    origin: str


def offered(folder: Path | None) -> Iterator[Offered]:
    """Typologies of installed packages, then those of the files of a folder, by name.

    Args:
        folder: Every `*.py` in it that does not begin with `_` is a typology; None: no folder.

    Raises:
        ConfigError: The folder is not there, or something cannot be loaded; it names the file and the cause.
    """
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        origin = f"entry point {point.name} of the group {GROUP} ({point.value})"
        yield Offered(_typology(_loaded(point, origin), origin), origin)
    if folder is None:
        return
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".py" and not path.name.startswith("_"))
    except OSError as exc:
        raise ConfigError(
            f"{folder}: cannot be read as the folder of the setting `typologies` ({exc.strerror or exc}); correct it"
        ) from exc
    for path in files:
        yield Offered(_typology(_executed(path), str(path)), str(path))


def _loaded(point: EntryPoint, origin: str) -> Any:
    try:
        return point.load()
    except (Exception, SystemExit) as exc:
        raise ConfigError(f"{origin}: {_cause(exc)}; correct or remove the package") from exc


def _executed(path: Path) -> ModuleType:
    """A file as a module; it is not put on the import path, so that it hides no other module."""
    name = f"{__name__}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where data classes and pickles of the file look it up
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as exc:
        del sys.modules[name]
        raise ConfigError(f"{path}: {_cause(exc)}; correct or remove the file") from exc
    return module


def _typology(found: Any, origin: str) -> Typology:
    typology = getattr(found, "TYPOLOGY", found)
    if not isinstance(typology, Typology):
        raise ConfigError(f"{origin}: has no `TYPOLOGY = Typology(...)`; see CONTRIBUTING.md, or remove it")
    return typology


def _cause(exc: BaseException) -> str:
    if isinstance(exc, SyntaxError):
        return f"cannot be loaded (line {exc.lineno}: {exc.msg})"
    return f"cannot be loaded ({type(exc).__name__}: {exc})"

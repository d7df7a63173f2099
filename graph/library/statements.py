"""The statements of the library, read from their files.

A file begins with comments that are TOML behind `// `: `name`, `title` and `answers` (each `en` and `zh`), `columns`, and a table
`parameters` with `type`, `default` (none: it must be given), `en` and `zh` for each. Behind them stands one statement in the Cypher that
both stores understand alike.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, get_args

from sandan.graph.library.arguments import Parameter, ParameterType
from sandan.record.errors import BadQuery


@dataclass(frozen=True, slots=True)
class Statement:
    """A named statement.

    Attributes:
        name: By which it is called.
        title, title_zh: What it shows, in a few words.
        answers, answers_zh: Which question it answers, and what to know about the answer.
        columns: Names of its columns, in order.
        parameters: What may be given, in the order of the header.
        text: The Cypher.
    """

    name: str
    title: str
    title_zh: str
    answers: str
    answers_zh: str
    columns: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str


def statement(name: str) -> Statement:
    """The statement of this name.

    Raises:
        BadQuery: The library has none; the message says how to see all names.
    """
    try:
        return library()[name]
    except KeyError as exc:
        raise BadQuery(f"{name}: no such query in the library; `sandan cypher --list` shows all") from exc


@functools.cache
def library() -> Mapping[str, Statement]:
    """All statements by name, in alphabetical order."""
    files = [file for file in resources.files("sandan.graph.library").iterdir() if file.name.endswith(".cypher")]
    found = [_parsed(file.name, file.read_text(encoding="utf-8")) for file in files]
    return MappingProxyType({one.name: one for one in sorted(found, key=lambda one: one.name)})


def _parsed(file: str, text: str) -> Statement:
    lines = text.splitlines()
    n_header = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header: dict[str, Any] = tomllib.loads("\n".join(line[2:] for line in lines[:n_header]))
    if f"{header['name']}.cypher" != file:
        raise ValueError(f"{file}: its header names {header['name']}")
    return Statement(
        name=header["name"],
        title=header["title"]["en"],
        title_zh=header["title"]["zh"],
        answers=header["answers"]["en"],
        answers_zh=header["answers"]["zh"],
        columns=tuple(header["columns"]),
        parameters=tuple(_parameter(file, name, described) for name, described in header.get("parameters", {}).items()),
        text="\n".join(lines[n_header:]).strip(),
    )


def _parameter(file: str, name: str, described: Mapping[str, Any]) -> Parameter:
    kind: ParameterType = described["type"]
    if kind not in get_args(ParameterType):
        raise ValueError(f"{file}: {name} has the type {kind}; known are {', '.join(get_args(ParameterType))}")
    return Parameter(name, kind, described.get("default"), described["en"], described["zh"])

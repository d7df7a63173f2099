"""The reference for users, as Markdown: tables, settings, typologies, commands, exit codes, graph. Written by `make reference`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.typology import Family, Reason, Typology
from sandan.graph.meanings import NODES as NODE_MEANINGS
from sandan.graph.meanings import RELATIONS as RELATION_MEANINGS
from sandan.graph.meanings import property_meaning
from sandan.graph.schema import NODES, RELATIONS, Properties
from sandan.ingest.ceb.messages import MESSAGES
from sandan.jobs.cli import app
from sandan.record.catalog.columns import FACTS, LINE_FACTS
from sandan.record.catalog.meanings import FACTS as FACT_MEANINGS
from sandan.record.catalog.meanings import KINDS, meaning_of
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import SandanError
from sandan.record.settings import Settings

_MADE = "<!-- Made by `make reference` from the code: do not edit. -->"
_USAGE, _UNFORESEEN = 2, 70
_FAMILIES: Mapping[Family, str] = {
    "forged": "forged transactions",
    "ipr": "shipments that infringe rights",
    "other": "from tables and messages beside the lists",
    "learned": "learned from outcomes",
}


def pages() -> dict[str, str]:
    """File name -> text of every page."""
    made = {
        "tables.md": _tables(),
        "settings.md": _settings(),
        "typologies.md": _typologies(),
        "commands.md": _commands(),
        "exit-codes.md": _exit_codes(),
        "graph.md": _graph(),
    }
    contents = [f"- [{text.splitlines()[2].removeprefix('# ')}]({name})" for name, text in made.items()]
    return {"index.md": _page("Reference", "", *contents), **made}


def write(folder: Path) -> None:
    """Write all pages; what lies in the folder under other names stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _page(title: str, *lines: str) -> str:
    return "\n".join([_MADE, "", f"# {title}", *lines]) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |" for row in rows]


def _tables() -> str:
    lines = [
        "",
        "Tables of the lake, and the columns of a CSV, Parquet or JSON Lines file for `sandan ingest`, known by its columns,",
        "whatever its name. Unknown columns are left out and named in the account; a missing mandatory one is an error.",
    ]
    for name, spec in CATALOG.items():
        how = "" if spec.as_table else " Comes in messages only."
        kinds = ", ".join(message.kind for message in MESSAGES.values() if message.list_name == name)
        how += f" Messages: {kinds}." if kinds else ""
        lines += ["", f"## {name}", f"{spec.text}{how} Key: {', '.join(f'`{part}`' for part in spec.key)}."]
        rows = []
        for column in spec.columns:
            meaning, unit = meaning_of(name, column.name)
            rows.append([f"`{column.name}`", column.kind, unit, "yes" if column.mandatory else "", meaning])
        lines += _table(["column", "type", "unit", "mandatory", "meaning"], rows)
    lines += ["", "## In every table of the lake", "Columns that sandan adds; `parent_id` only in tables of lines."]
    lines += _table(["column", "type", "meaning"], ([f"`{f.name}`", str(f.type), FACT_MEANINGS[f.name]] for f in [*FACTS, *LINE_FACTS]))
    lines += ["", "## Types"]
    lines += _table(["type", "what is stored"], ([kind, text] for kind, text in KINDS.items()))
    return _page("Tables", *lines)


def _settings() -> str:
    lines = [
        "",
        "A flag goes before an environment variable, this before `sandan.toml` in the home, this before the default. Sections are written",
        "`[section]` in the file and `SANDAN_SECTION__NAME` in the environment; lists there as JSON.",
    ]
    lines += _table(["setting", "environment", "type", "default", "meaning"], _fields(Settings, ""))
    return _page("Settings", *lines)


def _fields(model: type[BaseModel], prefix: str) -> Iterable[Sequence[str]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{prefix}{name}.")
            continue
        path = f"{prefix}{name}"
        default = "" if field.default is PydanticUndefined else _value(field.default)
        yield [f"`{path}`", f"`SANDAN_{path.upper().replace('.', '__')}`", _type(inner), default, field.description or ""]


def _type(annotation: Any) -> str:
    text = annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    return f"`{text.replace('typing.', '').replace('pathlib._local.', '').replace('pathlib.', '').replace('decimal.', '')}`"


def _value(value: object) -> str:
    return "" if value in (None, "", ()) else f"`{value.value if isinstance(value, Enum) else value}`"


def _typologies() -> str:
    lines = [
        "",
        "What sandan looks for. A finding is never a proof: each typology has innocent explanations, which an officer checks first.",
    ]
    for typology in registry().values():
        lines += typology_section(typology)
    return _page("Typologies", *lines)


def typology_section(typology: Typology) -> list[str]:
    """What the reference says of a typology, as lines of Markdown."""
    lines = ["", f"## {typology.name}", f"{typology.label.en} · {typology.label.zh}", "", typology.meaning, ""]
    lines += [f"- Family: {_FAMILIES[typology.family]}", f"- Innocent explanations: {typology.innocent}", f"- Source: {typology.source}"]
    lines += [f"- Inspected by: {typology.method}"]
    if typology.needs:
        lines += ["- Where a table is missing:", *(f"  - `{need.table}`: {need.note.en}" for need in typology.needs)]
    if typology.reasons:
        lines += ["- Reasons:", *(_reason_line(reason) for reason in typology.reasons)]
    if typology.signs:
        lines += ["- Signs that count with what surrounds the consignment:", *(_reason_line(sign.reason) for sign in typology.signs)]
    return lines


def _reason_line(reason: Reason) -> str:
    floor = f" The score of its consignment does not fall under `grade.{reason.floor}`." if reason.floor else ""
    return f"  - `{reason.name}` (cause `{reason.cause}`): {reason.sentence.en}{floor}"


def _commands() -> str:
    lines = ["", "Every command that prints a table takes `--format table|csv|json|parquet` and `--out FILE` (`-` is standard output)."]
    for path, command in _walk(typer.main.get_command(app), ()):
        lines += ["", f"## sandan {' '.join(path)}", (command.help or "").strip()]
        rows = []
        for parameter in command.params:
            if "--help" in parameter.opts:
                continue
            names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
            if parameter.param_type_name == "argument":
                names = f"`{(parameter.metavar or parameter.name).upper()}`"
            default = "" if callable(parameter.default) else _value(parameter.default if parameter.default is not False else None)
            rows.append([names, _choices(parameter), default, "yes" if parameter.required else "", getattr(parameter, "help", None) or ""])
        lines += _table(["option", "type", "default", "mandatory", "meaning"], rows) if rows else []
    return _page("Commands", *lines)


def _choices(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    return "" if kind is bool else _type(kind)


def _walk(command: Any, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], Any]]:
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        if getattr(inner, "commands", None):
            yield from _walk(inner, (*path, name))
        elif not inner.hidden:
            yield (*path, name), inner


def _exit_codes() -> str:
    meanings: dict[int, list[str]] = {0: ["Done."], _USAGE: ["The command line is wrong; the message says how it is written."]}
    for error in _errors(SandanError):
        if "exit_code" in vars(error):
            meanings.setdefault(error.exit_code, []).append((error.__doc__ or "").strip().splitlines()[0])
    meanings[_UNFORESEEN] = ["Unforeseen: a fault of sandan."]
    rows = ([str(code), " ".join(texts)] for code, texts in sorted(meanings.items()))
    lines = ["", "Messages go to standard error and say what is wrong and how to go on.", *_table(["code", "meaning"], rows)]
    return _page("Exit codes", *lines)


def _errors(base: type[SandanError]) -> Iterable[type[SandanError]]:
    for error in base.__subclasses__():
        yield error
        yield from _errors(error)


def _graph() -> str:
    lines = [
        "",
        "The same labels, relationships and properties in the embedded store and in Neo4j. Ids made from personal data are keyed hashes.",
        "Times are TIMESTAMP in UTC, days DATE, sums DOUBLE; the exact decimal is in the lake.",
        "",
        "## Labels",
    ]
    for node in NODES:
        key, meaning = NODE_MEANINGS[node.label]
        lines += ["", f"### {node.label}", f"{meaning} `id`: {key}.", *_properties(node.label, node.properties)]
    lines += ["", "## Relationships"]
    for relation in RELATIONS:
        ends = "; ".join(f"{source} → {target}" for source, target in relation.pairs)
        lines += [
            "",
            f"### {relation.name}",
            f"{RELATION_MEANINGS[relation.name]} {ends}.",
            *_properties(relation.name, relation.properties),
        ]
    return _page("Graph", *lines)


def _properties(owner: str, properties: Properties) -> list[str]:
    rows = ([f"`{name}`", kind, property_meaning(owner, name)] for name, kind in properties)
    return _table(["property", "type", "meaning"], rows) if properties else []


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))

"""The store of a stopped Neo4j made anew from graph tables, by the server's own bulk import.

The tables go through CSV: the import reads Parquet too, but takes empty strings for nulls there, and days and moments for numbers.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sandan.graph.parts import Part, parts
from sandan.graph.schema import PropertyType
from sandan.graph.server.config import Instance, admin_command
from sandan.record.errors import OutputError, StoreError
from sandan.record.processes.orphans import ending_with_parent

Step = Callable[[str], None]

_TYPES: dict[PropertyType, str] = {
    "STRING": "string", "DOUBLE": "double", "INT64": "long", "TIMESTAMP": "localdatetime", "DATE": "date", "BOOL": "boolean",
}  # fmt: skip
_SHOWN_CHARACTERS = 400


def import_tables(instance: Instance, tables: Path, *, heap: str = "1g", step: Step = lambda _: None) -> None:
    """Put these tables in the place of whatever the stopped server holds; keys are not unique yet, and no mark is set.

    Args:
        instance: The server; it must not run.
        tables: Of one version.
        heap: Memory of the import, as `1g`; it takes as much again beside it.
        step: Called with what is being done.

    Raises:
        StoreError: The tables do not fit together, or the server runs.
        ConfigError: Java is missing.
        OutputError: The disk is full, or the folder not writable.
    """
    with _workshop(instance.root) as folder:
        step("writing the tables for the import")
        words, is_multiline = _write(tables, folder)
        step("importing")
        multiline = ["--multiline-fields=true"] if is_multiline else []
        options = ["--verbose", "--overwrite-destination", "--id-type=string", "--max-off-heap-memory=50%", *multiline]
        command, environment = admin_command(instance, "database", "import", "full", "neo4j", *options, *words, heap=heap)
        done = subprocess.run(
            command,
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            preexec_fn=ending_with_parent(),
        )
    if done.returncode != 0:
        raise _failure(done.stdout + done.stderr, instance, tables)


def _write(tables: Path, folder: Path) -> tuple[list[str], bool]:
    """One CSV per table that has rows; returns the words that name them, and whether any string goes over several lines."""
    words, is_multiline = [], False
    with duckdb.connect() as con:
        for number, part in enumerate(parts()):
            con.read_parquet(part.glob(tables)).create_view("part", replace=True)
            strings = [name for name, kind in part.properties if kind == "STRING"]
            looked = " OR ".join(f'bool_or(contains("{name}", chr(10)) OR contains("{name}", chr(13)))' for name in [*part.keys, *strings])
            n_rows, has_lines = con.execute(f"SELECT count(*), {looked} FROM part").fetchone() or (0, False)
            if n_rows:
                is_multiline = is_multiline or bool(has_lines)
                # Relative names without anything that the import would take for a pattern or a list.
                file = f"{number}.csv"
                con.execute(f"COPY ({_select(part)}) TO {_literal(folder / file)} ({_options(part, strings)})")
                words.append(f"--{'relationships' if part.ends else 'nodes'}={part.name}={file}")
    return words, is_multiline


def _select(part: Part) -> str:
    if part.ends is None:
        columns = [f'"id" AS "id:ID({part.name})"']
    else:
        columns = [f'"from" AS ":START_ID({part.ends[0]})"', f'"to" AS ":END_ID({part.ends[1]})"']
    columns += [f'{_text(name, kind)} AS "{name}:{_TYPES[kind]}"' for name, kind in part.properties]
    return f"SELECT {', '.join(columns)} FROM part"


def _text(name: str, kind: PropertyType) -> str:
    return f"strftime(\"{name}\", '%Y-%m-%dT%H:%M:%S.%f')" if kind == "TIMESTAMP" else f'"{name}"'


def _options(part: Part, strings: list[str]) -> str:
    """An empty string is `""` and a null is nothing: only what is quoted differs from a null."""
    keys = [f"id:ID({part.name})"] if part.ends is None else [f":START_ID({part.ends[0]})", f":END_ID({part.ends[1]})"]
    quoted = ", ".join(f'"{name}"' for name in [*keys, *(f"{name}:string" for name in strings)])
    return f"FORMAT csv, HEADER, FORCE_QUOTE ({quoted})"


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def _workshop(root: Path) -> Iterator[Path]:
    for left in root.glob("importing-*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix="importing-", dir=root) as folder:
            yield Path(folder)
    except (OSError, duckdb.IOException) as exc:
        raise OutputError(f"{root}: cannot be written ({exc}); free space, then run `sandan neo4j import` again") from exc


def _failure(said: str, instance: Instance, tables: Path) -> StoreError | OutputError:
    lines = [line.strip() for line in said.splitlines()]
    shown = next((line for line in reversed(lines) if line.startswith(("Caused by", "Import error", "Error"))), lines[-1] if lines else "")
    shown = shown[:_SHOWN_CHARACTERS]
    if "No space left" in said:
        return OutputError(f"{instance.root}: the disk is full; free space, then run `sandan neo4j import` again")
    if "lock" in said.lower() and "in use" in said.lower():
        return StoreError(f"{instance.root}: the server still runs; run `sandan neo4j stop`, then `sandan neo4j import` again")
    return StoreError(f"{tables}: cannot be imported ({shown}); run `sandan graph build`, then `sandan neo4j import` again")

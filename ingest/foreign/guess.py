"""A first mapping for somebody's table, guessed from the names and the contents of its columns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from sandan.ingest.foreign.names import column_of, hints, is_export, is_opposed, likeness
from sandan.ingest.foreign.people import room_for_people
from sandan.ingest.foreign.places import joined_address
from sandan.ingest.foreign.probes import CHOICES, Looks, day_and_clock, look
from sandan.ingest.foreign.sample import Sample, read_sample
from sandan.record.catalog.columns import Column, ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import InputError
from sandan.record.values.code_tables import ISO_CURRENCY_NUMBERS
from sandan.record.values.moment import BEIJING_ZONE

# Kinds that values must fit: a column without one time in it is not the time, whatever its name.
_STRICT = frozenset({"number", "integer", "ratio", "time", "day", "currency", "country", "identity"})
_WORDS = (("number", "time", "identity"), 0.8)
# Kinds that a column is none of where more than a share of its values look like others.
_NEVER_LIKE = {
    "code": (("amount",), 0.8), "name": _WORDS, "address": _WORDS, "goods": _WORDS, "telephone": (("address", "name"), 0.5),
}  # fmt: skip
_NAME_WEIGHT = 0.7
_SURE = 0.62
_CLEAR = 0.08
_DOUBTFUL = 0.3
_TAKEN = 0.5
_MOST_CELLS = 0.8
_LEAST_TABLE = 0.3
_ALTERNATIVES = 3
_MOST_FORMATS = 4
_LEAST_LINES = 2
_SENT = ("flow", "app_type", "app_time", "app_status", "note")


@dataclass(frozen=True, slots=True)
class Guess:
    """Where one column of the reference may come from, the likeliest column of the file first."""

    column: Column
    sources: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A first mapping.

    Attributes:
        spec: The list that it fills.
        other_tables: Lists that fit nearly as well.
        guesses: One for each column of the list that has a source, in the reference's order.
        looks: What the file's columns look like.
        lines: The list of its lines and how they fit, where the file has lines beside the head.
        skip: Lines before the header.
    """

    spec: ListSpec
    other_tables: tuple[str, ...]
    guesses: tuple[Guess, ...]
    looks: Mapping[str, Looks] = field(repr=False)
    lines: "Draft | None" = None
    skip: int = 0


def first_mapping(path: Path, table: str | None = None) -> str:
    """The text of a first mapping for a file; it holds names and formats of columns, and no value of a person.

    Args:
        path: A CSV, JSON Lines or Parquet file, also in a `.gz` or `.zip`.
        table: The list that it is to fill; None: guessed.

    Raises:
        InputError: The file cannot be read, or no list of the reference is near to it.
    """
    return write(draft(read_sample(path), path, table), path)


def draft(sample: Sample, path: Path, table: str | None = None) -> Draft:
    """Guess list and columns.

    Raises:
        InputError: There is no such list, or none is near to the columns; `path` stands in the message.
    """
    tables = {name: spec for name, spec in CATALOG.items() if spec.as_table}
    if table is not None and table not in tables:
        raise InputError(f"{table}: no table of that name; choose one of {', '.join(tables)}")
    looks = {name: look(values) for name, values in sample.columns.items()}
    names = list(looks)
    scores = {spec.name: _scores(spec, looks) for spec in tables.values() if table in (None, spec.name)}
    nearness = {name: _nearness(tables[name], scores[name]) * room_for_people(tables[name], looks) for name in scores}
    ranked = sorted(nearness, key=lambda name: -nearness[name])
    if table is None and nearness[ranked[0]] < _LEAST_TABLE:
        raise InputError(f"{path}: its columns are near to those of no table; name one with --table: {', '.join(tables)}")
    best = tables[ranked[0]]
    others = tuple(name for name in ranked[1:3] if nearness[name] >= nearness[best.name] - _CLEAR)
    guesses = _guesses(best, names, scores[best.name], looks)
    return Draft(best, others, guesses, looks, _lines_beside(best, guesses, looks) if table is None else None, sample.skip)


def _lines_beside(spec: ListSpec, guesses: Sequence[Guess], looks: Mapping[str, Looks]) -> Draft | None:
    """How the lines of a list fit to columns that its head leaves over: some keep both in one row."""
    if not spec.lines:
        return None
    lines = CATALOG[spec.lines]
    used = {guess.sources[0] for guess in guesses if guess.sure}
    found = _guesses(lines, list(looks), _scores(lines, looks), looks)
    beside = [guess for guess in found if guess.sure and guess.sources[0] not in used and guess.column.name not in _SENT]
    return Draft(lines, (), tuple(beside), looks) if len(beside) >= _LEAST_LINES else None


def _scores(spec: ListSpec, looks: Mapping[str, Looks]) -> np.ndarray:
    """How well each column of the list (rows) comes from each column of the file, in [-1, 1]."""
    table = np.zeros((len(spec.columns), len(looks)))
    export = is_export(spec.name, looks)
    for i, column in enumerate(spec.columns):
        for j, (name, seen) in enumerate(looks.items()):
            table[i, j] = _score(column, name, seen, column_of(spec.name, name, export=export))
    return table


def _score(column: Column, name: str, seen: Looks, known: str = "") -> float:
    """How well a column of the reference comes from a column of the file.

    Args:
        column: The contract's.
        name: The file's.
        seen: What its values look like.
        known: The column of the list that the name is a known heading of; "" for none.
    """
    if (known and known != column.name) or (name != column.name and is_opposed(column.name, name)):
        return 0.0
    # The same words say much more than similar ones.
    like = 1.0 if known else likeness(column.name, name) ** 2
    # A column's own name says nothing against it, whatever it ends with.
    unit, currency, scale = hints(name) if name != column.name else ("", "", "")
    if unit and ("weight" not in column.name or column.kind != "number"):
        return 0.0
    if (currency or scale) and (column.kind != "number" or "weight" in column.name) and column.kind != "currency":
        return 0.0
    if not seen.fits:
        return _NAME_WEIGHT * like  # an empty column has its name only
    if column.name in CHOICES:
        return _NAME_WEIGHT * like + (1 - _NAME_WEIGHT) * (column.name in seen.choices)
    fit = seen.fits.get(column.kind, 1.0)
    if column.kind in _STRICT:
        # A few broken cells do not make a column another one. What only looks right gets a remark where something is needed.
        is_meant = like > 0 or column.mandatory or column.kind == "identity"
        if fit < _MOST_CELLS:
            # A known heading of numbers of persons stays one where they are masked or mistyped.
            return _NAME_WEIGHT if known and column.kind == "identity" else -1.0
        return _NAME_WEIGHT * like + (1 - _NAME_WEIGHT) * fit * is_meant
    others, most = _NEVER_LIKE.get(column.kind, ((), 0.0))
    if any(seen.fits[other] > most for other in others):
        return -1.0
    plainness = 0.5 if column.kind == "text" else fit
    return _NAME_WEIGHT * like + (1 - _NAME_WEIGHT) * plainness if like else 0.0


def _nearness(spec: ListSpec, scores: np.ndarray) -> float:
    """How near a list is to a file: its mandatory columns, and the file's columns that it can take."""
    if not scores.size:
        return 0.0
    rows, columns = linear_sum_assignment(-scores)
    reached = {spec.columns[i].name: scores[i, j] for i, j in zip(rows, columns, strict=True) if scores[i, j] >= _DOUBTFUL}
    mandatory = sum(reached.get(name, 0.0) for name in spec.mandatory) / len(spec.mandatory)
    taken = sum(score for score in reached.values() if score >= _TAKEN) / scores.shape[1]
    return float(0.4 * mandatory + 0.6 * taken)


def _guesses(spec: ListSpec, names: Sequence[str], scores: np.ndarray, looks: Mapping[str, Looks]) -> tuple[Guess, ...]:
    rows, columns = linear_sum_assignment(-scores)
    given = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if scores[i, j] >= _DOUBTFUL}
    made = []
    for i, column in enumerate(spec.columns):
        if i not in given:
            continue
        j = given[i]
        ranked = sorted(range(len(names)), key=lambda k: (k != j, -scores[i, k]))
        # Another column is a rival only if nothing else wants it more.
        rivals = [scores[i, k] for k in range(len(names)) if k not in given.values()]
        clear = scores[i, j] - max(rivals, default=0.0) >= _CLEAR
        near = [k for k in ranked[: 1 + _ALTERNATIVES] if k == j or scores[i, k] >= _DOUBTFUL]
        sure = bool(scores[i, j] >= _SURE and clear) and not _ambiguous(column, looks[names[j]])
        made.append(Guess(column, tuple(names[k] for k in near), sure))
    return tuple(made)


def _ambiguous(column: Column, seen: Looks) -> bool:
    """Whether the values can be read in two ways that mean different things."""
    if column.kind in ("time", "day"):
        return bool(seen.other_formats)
    return column.kind in ("number", "ratio") and seen.other_number is not None


def write(made: Draft, path: Path) -> str:
    """The TOML text of a draft: what is sure as lines, what is doubtful as comments, what is missing as TODO."""
    spec = made.spec
    guesses = {guess.column.name: guess for guess in made.guesses}
    lines = [f"# A first mapping for {_quoted(path.name)}, guessed from its columns. Check every line, then:"]
    lines += [f"#   sandan ingest --map THIS_FILE {_quoted(path.name)}"]
    lines += ["# Remove the # before a doubtful line that is right. A line says: column of the table = column of the file."]
    if made.other_tables:
        lines.append(f"# Nearly as likely: {', '.join(made.other_tables)}; try them with --table.")
    if made.lines is not None:
        lines.append(f"# Its lines are a table of their own: sandan map init --table {made.lines.spec.name} {_quoted(path.name)}")
        lines += [
            f"#   {guess.column.name} = {_source(guess.column, guess.sources[0], made.looks[guess.sources[0]])}"
            for guess in made.lines.guesses
        ]
    lines.append(f"table = {_quoted(spec.name)}")
    if made.skip:
        lines.append(f"skip = {made.skip}  # lines before the header")
    lines += ["", "[columns]"]
    constants, derived = _constants(made), _derived(made)
    for column in spec.columns:
        guess = guesses.get(column.name)
        if column.name in derived and (column.kind == "time" or not (guess and guess.sure)):
            lines.append(f"{column.name} = {derived[column.name]}")
        elif guess is not None:
            lines += _lines(guess, made.looks)
        elif column.name in constants:
            lines.append(f"{column.name} = {{ value = {_quoted(constants[column.name])} }}  # from the name of another column")
        elif column.mandatory:
            lines.append(f"# TODO {column.name} = {_example(column)}  # mandatory, no column found{_choices(column)}")
    used = {guess.sources[0] for guess in made.guesses if guess.column.name not in derived or guess.sure}
    left = [name for name in made.looks if name not in used and not any(_quoted(name) in said for said in derived.values())]
    if left:
        lines += ["", "# Columns of the file that nothing is taken from:", *(f"#   {_quoted(name)}" for name in left)]
    absent = [column.name for column in spec.columns if not column.mandatory and column.name not in {**guesses, **constants, **derived}]
    if absent:
        lines += ["", f"# Optional columns of {spec.name} without a source:", *_wrapped(absent)]
    return "\n".join(lines) + "\n"


def _lines(guess: Guess, looks: Mapping[str, Looks]) -> list[str]:
    """The line of a column; where it is doubtful, comments with the other ways."""
    column, first = guess.column, guess.sources[0]
    line = f"{column.name} = {_source(column, first, looks[first])}"
    if guess.sure:
        return [line]
    kind = "mandatory, doubtful" if column.mandatory else "doubtful"
    seen = looks[first]
    lines = [f"# {line}  # {kind}"]
    if column.kind in ("time", "day"):
        lines += [f"#   or with format = {_quoted(form)}, which reads other days" for form in seen.other_formats[:_MOST_FORMATS]]
    elif _ambiguous(column, seen) and seen.other_number is not None:
        lines.append(f"#   or with {_signs(seen.other_number) or 'neither of them'}, which reads other amounts")
    lines += [f"#   or {column.name} = {_source(column, name, looks[name])}" for name in guess.sources[1:]]
    return lines


def _source(column: Column, name: str, seen: Looks) -> str:
    """What stands behind `=`: the column's name, with the conversions that its values need."""
    parts = []
    unit, _, scale = hints(name)
    if column.kind in ("number", "ratio", "integer"):
        if seen.number != ("", ""):
            parts.append(_signs(seen.number))
        if "weight" in column.name and unit and unit != "kg":
            parts.append(f"unit = {_quoted(unit)}")
        elif scale and "weight" not in column.name:
            parts.append(f"scale = {scale}")
    elif column.kind in ("time", "day") and seen.formats:
        formats = [_quoted(form) for form in seen.formats]
        parts.append(f"format = {formats[0] if len(formats) == 1 else '[' + ', '.join(formats) + ']'}")
        if not all(form.startswith("epoch") for form in seen.formats):
            parts.append(f'timezone = "{BEIJING_ZONE}"')
    elif seen.codes and column.kind == ("currency" if set(seen.codes) <= ISO_CURRENCY_NUMBERS.keys() else "country"):
        parts.append("codes = { " + ", ".join(f"{_quoted(text)} = {_quoted(iso)}" for text, iso in sorted(seen.codes.items())) + " }")
    elif column.name in CHOICES and column.name in seen.choices:
        parts.append('case = "lower"')
    return f"{{ from = {_quoted(name)}, {', '.join(parts)} }}" if parts else _quoted(name)


def _signs(form: tuple[str, str]) -> str:
    decimal, thousands = form
    return ", ".join(f"{name} = {_quoted(sign)}" for name, sign in (("decimal", decimal), ("thousands", thousands)) if sign)


def _constants(made: Draft) -> dict[str, str]:
    """The currency, where no column holds it and a header of money names it."""
    found = {hints(guess.sources[0])[1] for guess in made.guesses if guess.column.kind == "number"} - {""}
    return {"currency": found.pop()} if len(found) == 1 and any(column.name == "currency" for column in made.spec.columns) else {}


def _derived(made: Draft) -> dict[str, str]:
    """Columns of the reference that are made of several of the file, or of one that is another column too: what stands behind `=`."""
    sure = {guess.column.name: guess for guess in made.guesses if guess.sure}
    found = {}
    for column in made.spec.columns:
        if column.kind == "address" and (parts := joined_address(column.name, list(made.looks))):
            by = "" if any(not part.isascii() for part in parts) else ", "
            found[column.name] = f"{{ join = [{', '.join(map(_quoted, parts))}], by = {_quoted(by)} }}"
        pair = day_and_clock(made.looks) if column.kind == "time" and column.mandatory else ()
        # A day alone is midnight: where the clock stands beside it, both are meant.
        if pair and (column.name not in sure or sure[column.name].sources[0] in pair):
            found[column.name] = f'{{ join = [{", ".join(map(_quoted, pair))}], by = " " }}'
    total, quantity = sure.get("total_price"), sure.get("qty")
    if any(column.name == "price" for column in made.spec.columns) and "price" not in sure and total and quantity:
        source = _source(total.column, total.sources[0], made.looks[total.sources[0]])
        inner = source[2:-2] if source.startswith("{") else f"from = {source}"
        found["price"] = f"{{ {inner}, per = {_quoted(quantity.sources[0])} }}  # a total, by its quantity"
    if any(column.name == "flow" for column in made.spec.columns) and "flow" not in sure:
        marked = next((sure[name].sources[0] for name in ("ie_flag", "order_type") if name in sure), None)
        if marked and "flow" in made.looks[marked].choices:
            found["flow"] = f'{{ from = {_quoted(marked)}, case = "lower" }}'
        elif is_export(made.spec.name, made.looks):
            found["flow"] = '{ value = "export" }  # its headings are those of an export list'
    return found


def _example(column: Column) -> str:
    """What could stand in a line that is missing."""
    if column.kind == "address":
        return '{ join = ["...", "..."], by = ", " }'
    return '{ value = "..." }' if column.name in CHOICES or column.kind in ("code", "currency", "country") else '"..."'


def _choices(column: Column) -> str:
    return f"; one of {', '.join(sorted(CHOICES[column.name]))}" if column.name in CHOICES else ""


def _quoted(text: str) -> str:
    """A TOML string; JSON escapes are TOML's, but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _wrapped(names: Sequence[str], width: int = 120) -> list[str]:
    lines, line = [], "#  "
    for name in names:
        if len(line) + len(name) > width:
            lines.append(line)
            line = "#  "
        line += f" {name}"
    return [*lines, line]

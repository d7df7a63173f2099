"""What intake stores is what the schemas' own decoder reads: for official samples and for messages drawn from the schemas."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandan.ingest.ceb import read as ceb_read
from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.columns.convert import Intake
from sandan.ingest.worker import Share, Task, stage_files
from sandan.record.catalog.columns import Column
from sandan.record.catalog.tables import CATALOG
from sandan.record.values import code, identifier, moment, nothing
from sandan.record.values.commodities import goods
from sandan.record.values.parties import identity
from sandan.record.values.text import clean

Row, Bad = dict[str, Any], list[str]
# Elements that become no column of the list, and why.
EXCEPTIONS = {"guid": "a fact of the transmission that its sender may use again: not part of what the record says"}
# Parts of a record's key without which it is nobody's (contracts §1.4, §1.5); a tuple: one of them.
NEEDED: dict[str, list[tuple[str, ...]]] = {
    "orders": [("ebp_code", "ebc_code"), ("order_no",)],
    "payments": [("ebp_code", "ebc_code"), ("order_no",)],
    "waybills": [("logistics_code",), ("logistics_no",)],
    "deliveries": [("logistics_code",), ("logistics_no",), ("logistics_status",)],
    "receipts": [("return_status",)],
    "cancellations": [("invt_no", "cop_no")],
    "returns": [("invt_no", "cop_no")],
    "tax_bills": [("tax_no",)],
}
# An example costs twelve files: to make a failing one smaller would take an hour.
WITHOUT_SHRINKING = [Phase.explicit, Phase.generate]


def _staged(folder: Path, files: list[Path], intake: Intake) -> tuple[Share, dict[str, list[Row]], dict[str, list[Row]]]:
    """Rows by file of heads, of lines, and what was refused, as intake writes them before it looks for doubles."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    share = stage_files(list(enumerate(files)), "0", Task(folder, intake, SignatureChecker((), 16 << 20, False, False)))
    heads: dict[str, list[Row]] = {file.name: [] for file in files}
    refused: dict[str, list[Row]] = {file.name: [] for file in files}
    lines: dict[tuple[str, str], list[Row]] = {}
    for name, parts in share.parts.items():
        for row in (row for part in parts for row in pq.read_table(part.path).to_pylist()):
            if name == "rejects":
                refused[row["file"]].append(row)
            elif name.endswith(".lines"):
                lines.setdefault((row["file"], row["parent_id"]), []).append(row)
            else:
                heads[row["file"]].append(row)
    for rows in heads.values():
        rows.sort(key=lambda row: row["position"])
        for row in rows:
            # A record that a file holds twice has its lines twice, in the order of their places.
            own = [line for line in lines.get((row["file"], row["record_id"]), []) if line["position"] == row["position"]]
            row["lines"] = sorted(own, key=lambda line: int(line["record_id"].rpartition("-")[2]))
    return share, heads, refused


def _records(message: Message, tree: Row) -> Iterator[tuple[Row, list[Row]]]:
    """Head and lines of each record as the decoder has them."""
    for record in _as_list(tree.get(message.record)):
        if message.head:
            yield _as_list(record[message.head])[0], _as_list(record.get(message.line)) if message.line else []
        else:
            yield record, []


def _as_list(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [] if held is None else [held]


def _value(column: Column, text: Any, intake: Intake) -> Any:
    """What the contract makes of one decoded value; ValueError where it cannot be read."""
    is_worded = column.kind in ("text", "name", "address", "goods") and not column.is_identifier
    if (said := clean(str(text)) if text is not None else None) is not None:
        said = clean(identifier.unmarked(said, is_name=is_worded))
    if said is None or nothing.is_nothing(said, is_zeroless=column.is_zeroless):
        return None
    if column.kind == "text" and column.is_identifier:
        return identifier.normal(said)
    read = {
        "number": lambda text: Decimal(text).quantize(Decimal("0.00001")),
        "integer": int,
        "time": moment.parse_time,
        "day": moment.parse_day,
        "currency": code.currency,
        "country": code.country,
        "code": lambda text: (identifier.normal(text) or "").upper() or None,
        "goods code": goods.code,
        "barcode": goods.barcode,
        "telephone": identifier.restored,
        "identity": lambda number: intake.keyring.hash("identity", identity.normal(number)),
    }.get(column.kind)
    return read(said) if read else said


def _expected(message: Message, fields: Row, list_name: str, intake: Intake) -> tuple[Row, Bad]:
    """The stored columns that an element's children give, and the columns that cannot be read."""
    spec, row, bad = CATALOG[list_name], Row(), Bad()
    for element, text in fields.items():
        if element in EXCEPTIONS or element.startswith("@"):
            continue
        column = next(c for c in spec.columns if c.name == message.column(element))
        try:
            row[column.stored[0][0]] = _value(column, text, intake)
        except ValueError:
            bad.append(column.name)
    return row, bad


def _same(stored: Any, expected: Any, hidden: dict[str, str], *, is_collapsed: bool) -> bool:
    """Whether two values are equal but for identity numbers, which stand as their hashes."""
    if stored == expected or not isinstance(stored, str) or not isinstance(expected, str):
        return bool(stored == expected)
    for hashed, number in hidden.items():
        stored = re.sub(
            hashed, lambda _, number=number: number, stored, flags=re.IGNORECASE
        )  # codes are kept in capitals, their hashes too
    if any(number in expected or identity.normal(number) in identity.normal(expected) for number in hidden.values()):
        # A number has one hash in all its writings.
        stored, expected = identity.normal(stored), identity.normal(expected)
    if is_collapsed:
        stored = " ".join(stored.split(" "))
        stored, expected = (re.sub(r"[ \t\r\n]+", " ", text).strip() for text in (stored, expected))
    return bool(stored == expected)


def _check(message: Message, tree: Row, stored: list[Row], refused: list[Row], intake: Intake, ceb: ModuleType, collapsed: set[str]) -> int:
    """Compare all records of one message with what was stored; return how many values were compared."""
    hidden = {intake.keyring.hash("identity", identity.normal(number)): identity.normal(number) for number in ceb.IDENTITIES}
    line_list, spec = CATALOG[message.list_name].lines, CATALOG[message.list_name]
    rows, rejects, n = {row["position"]: row for row in stored}, {row["position"]: row for row in refused}, 0
    loose = {message.column(element) for element in collapsed}
    for position, (head, lines) in enumerate(_records(message, tree), start=1):
        named = [str(head[c]) for c in head if re.search("IdNumber$", c) and head[c] is not None and len(str(head[c]).strip()) >= 6]
        told = hidden | {intake.keyring.hash("identity", identity.normal(number)): number.strip() for number in named}
        row, bad = _expected(message, head, message.list_name, intake)
        wanted = [_expected(message, line, line_list, intake) for line in lines]
        faults = {f"{name}: not a {next(c.kind for c in spec.columns if c.name == name)}" for name in bad[:1] or []}
        if bad:
            order = [c.name for c in spec.columns]
            first = min(bad, key=order.index)
            faults = {f"{first}: not a {spec.columns[order.index(first)].kind}"}
        elif any(wrong for _, wrong in wanted) or any(line.get("gnum") is None for line, _ in wanted):
            number = next(i for i, (line, wrong) in enumerate(wanted, start=1) if wrong or line.get("gnum") is None)
            faults = {f"line {number}: "}
        else:
            absent = _absent(message, row)
            faults = {f"{', '.join(absent)}: empty, but needed to identify the record"} if absent else set()
        if faults:
            assert position in rejects, (position, faults)
            assert rejects[position]["reason"].startswith(tuple(faults)), (rejects[position], faults)
            assert position not in rows
            continue
        assert position in rows, rejects.get(position)
        found = rows[position]
        assert len(found["lines"]) == len(wanted)
        for own, whole in [(found, row), *((line, want) for line, (want, _) in zip(found["lines"], wanted, strict=True))]:
            for name, value in whole.items():
                n += 1
                assert _same(own[name], value, told, is_collapsed=name in loose), (position, name, own[name], value)
    assert len(rows) + len(rejects) == position
    return n


def _absent(message: Message, row: Row) -> list[str]:
    """Parts of the key that the record lacks."""
    none = {None, "无", "NO", "NONE", "0"}
    if message.list_name == "inventories":
        needed = [("agent_code",)] if row.get("cop_no") is not None else [("order_no",), ("logistics_no",)]
    else:
        needed = NEEDED[message.list_name]
    gone = []
    for names in needed:
        at_hand = [row.get(name) for name in names]
        if names[0] == "ebp_code":
            at_hand = [at_hand[1] if at_hand[0] in none else at_hand[0]]
        if all(value is None for value in at_hand):
            gone.append(" or ".join(names) if names[0] == "invt_no" else names[0])
    return gone


KINDS = [(edition, message.flow, kind) for edition in ("202205", "2018-113") for kind, message in MESSAGES.items()]
# No edition has a sample of the tax bill: messages drawn from the schema stand in for it.
SAMPLED = [one for one in KINDS if one[2] != "CEB816"]


@pytest.mark.parametrize(("edition", "flow", "kind"), SAMPLED)
def test_every_official_sample_is_stored_as_the_schema_decodes_it(
    shared: Path, ceb: ModuleType, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edition: str, flow: str, kind: str
) -> None:
    sample = shared / "ceb" / "samples" / f"gacc-{edition}" / flow / f"{kind}Message.xml"
    schema, message = ceb.schema(shared / "ceb", edition, flow), MESSAGES[kind]
    tree = ceb.decoded(schema, str(sample))
    for whole_bytes in (4 << 20, 0):
        monkeypatch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)
        _, heads, refused = _staged(tmp_path / "stage", [sample], intake)
        n = _check(message, tree, heads[sample.name], refused[sample.name], intake, ceb, ceb.collapsed(schema.elements[f"{kind}Message"]))
        assert n >= 5
        assert not refused[sample.name]


@pytest.mark.parametrize(("edition", "flow", "kind"), KINDS)
def test_whatever_the_schema_allows_is_stored_as_the_schema_decodes_it_however_it_is_written(
    shared: Path, ceb: ModuleType, intake: Intake, edition: str, flow: str, kind: str, many: int
) -> None:
    schema, message, root = ceb.schema(shared / "ceb", edition, flow), MESSAGES[kind], f"{kind}Message"
    element = schema.elements[root]
    collapsed = ceb.collapsed(element)

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=WITHOUT_SHRINKING)
    @given(trees=ceb.records(element))
    def check(trees: list[Any]) -> None:
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            folder, files = Path(name), []
            for i, style in enumerate(ceb.STYLES):
                files.append(folder / f"{i}.xml")
                files[-1].write_bytes(ceb.written(root, flow, trees, style))
            tree = ceb.decoded(schema, files[0].read_text(encoding="utf-8"))
            told = []
            for whole_bytes in (4 << 20, 0):
                patch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)
                _, heads, refused = _staged(folder / "stage", files, intake)
                _check(message, tree, heads["0.xml"], refused["0.xml"], intake, ceb, collapsed)
                told += [(_without_file(heads[file.name]), _without_file(refused[file.name])) for file in files]
            for i, (rows, rejects) in enumerate(told):
                assert rejects == told[0][1], i
                assert len(rows) == len(told[0][0]), i
                for row, first in zip(rows, told[0][0], strict=True):
                    assert not {(k, str(row[k]), str(first[k])) for k in row if row[k] != first[k]}, i

    check()


def _without_file(rows: list[Row]) -> list[Row]:
    return [{k: [_without_file([line]) for line in v] if k == "lines" else v for k, v in row.items() if k != "file"} for row in rows]


@pytest.fixture(scope="session")
def many(request: pytest.FixtureRequest) -> int:
    """Examples of each kind of message: more in the long run of the tests."""
    return 100 if request.config.getoption("markexpr") in ("slow", "slow or not slow") else 2


# Message -> (heading of its table of fields, or the start of the prose that names them) in the field reference.
_TABLES = {
    "CEB311": ("### CEB311 OrderHead", "### CEB311 OrderList"),
    "CEB411": ("### CEB411 ", None),
    "CEB511": ("### CEB511 ", None),
    "CEB513": ("### CEB513 ", None),
    "CEB621": ("### CEB621 InventoryHead", "### CEB621 InventoryList"),
    "CEB816": ("### CEB816 ", "Lines (TaxListRd):"),
    "CEB303": ("### CEB303 OrderHead", "### CEB303 OrderList"),
    "CEB403": ("### CEB403 ", None),
    "CEB505": ("### CEB505 ", None),
    "CEB603": ("### CEB603 InventoryHead", "### CEB603 InventoryList"),
}
_RETURNED = ["returnStatus", "returnTime", "returnInfo"]
_ELEMENT = re.compile(r"\b[a-z]+(?:[A-Z][A-Za-z]*|\d)?\b")


def _elements_of_the_reference(text: str) -> dict[tuple[str, bool], list[str]]:
    """(message, is it the line) -> elements, out of the tables and the prose of the field reference."""
    found: dict[tuple[str, bool], list[str]] = {}
    for kind, starts in _TABLES.items():
        for is_line, start in enumerate(starts):
            if start is not None:
                rows = text.split(start, 1)[1].split("|---|", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
                found[kind, bool(is_line)] = [row.split("|")[1].strip() for row in rows]
    head, line = re.search(
        r"623 InvtCancel: (.*?)\. 625 InvtRefundHead has the same fields; InvtRefundList: (.*?)\.\n", text, re.S
    ).groups()  # type: ignore[union-attr]
    found["CEB623", False] = found["CEB625", False] = _prose(head)
    found["CEB625", True] = _prose(re.sub(r"\(.*?\)", "", line))
    row = next(row for row in text.splitlines() if row.startswith("| 622 |"))
    found["CEB622", False] = [word.strip(" ?") for word in row.split("|")[3].split(",")] + _RETURNED
    found["CEB604", False] = _prose(re.search(r"604 InventoryReturn: (.*?), all M", text)[1])  # type: ignore[index]
    return found


def _prose(text: str) -> list[str]:
    """Elements of a list in prose: `ebpCode/Name` is two, `copNo O` is one."""
    names = []
    for word in re.sub(r"\(.*?\)", "", text).split(","):
        name, *others = word.split()[0].split("/")
        names += [name, *(re.sub(r"[A-Z][a-z]+$", other, name) for other in others)]
    return names


def test_every_element_of_the_field_reference_has_its_column(shared: Path) -> None:
    told = _elements_of_the_reference((shared / "reference" / "ceb-formats.md").read_text(encoding="utf-8"))
    assert {kind for kind, _ in told} == set(MESSAGES)
    table, missing = [], []
    for (kind, is_line), elements in sorted(told.items()):
        message = MESSAGES[kind]
        list_name = CATALOG[message.list_name].lines if is_line else message.list_name
        columns = {c.name for c in CATALOG[list_name].columns}
        assert len(elements) >= 6, (kind, elements)
        for element in elements:
            column = message.column(element)
            table.append(f"{kind} {element} -> {list_name}.{column}")
            if element not in EXCEPTIONS and column not in columns:
                missing.append(table[-1])
        known = message.line_fields if is_line else message.head_fields
        assert set(elements) <= set(known), (kind, set(elements) - set(known))
    print("\n".join(table))
    assert len(table) >= 350
    assert not missing


@pytest.mark.parametrize(("edition", "flow", "kind"), KINDS)
def test_every_element_of_the_schema_has_its_column(shared: Path, ceb: ModuleType, edition: str, flow: str, kind: str) -> None:
    message = MESSAGES[kind]
    record = next(ceb.children(ceb.schema(shared / "ceb", edition, flow).elements[f"{kind}Message"]))
    parts = list(ceb.children(record)) if message.head else [record]
    for part in parts:
        list_name = CATALOG[message.list_name].lines if part.local_name == message.line else message.list_name
        columns = {c.name for c in CATALOG[list_name].columns}
        absent = {e.local_name for e in ceb.children(part) if message.column(e.local_name) not in columns} - set(EXCEPTIONS)
        assert not absent, (kind, part.local_name)


def test_the_strategies_reach_what_must_be_refused_and_what_must_be_hidden(shared: Path, ceb: ModuleType) -> None:
    """The comparison would be worth nothing if it drew only harmless messages."""
    element = ceb.schema(shared / "ceb", "202205", "import").elements["CEB311Message"]
    said: list[bytes] = []

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=WITHOUT_SHRINKING)
    @given(trees=ceb.records(element), style=st.sampled_from(ceb.STYLES[:2]))
    def draw(trees: list[Any], style: Any) -> None:
        said.append(ceb.written("CEB311Message", "import", trees, style))

    draw()
    whole = b"".join(said)
    for sign in (b"110105194912310", b"<![CDATA[", b"&lt;", "长".encode(), b"<!--"):
        assert sign in whole, sign
    assert re.search(rb">(20250230|20251301|20250001|20250431|00000000|2025-4-1|19000101)|2025040124", whole)

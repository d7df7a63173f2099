"""Every list in any order of arrival, in any split into files and batches, as messages or as tables: the same rows in force."""

import csv
import io
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandan.ingest.ceb.messages import MESSAGES, snake
from sandan.record.catalog.tables import CATALOG

Xml = Callable[..., str]
Record = tuple[str, int, str, str, int, int]
# Of two things, sent in three hours, with every app_type, as draft or not, in three contents, with up to two lines.
RECORDS = st.lists(
    st.tuples(
        st.sampled_from("12"), st.integers(10, 12), st.sampled_from("123"), st.sampled_from("122"), st.integers(0, 2), st.integers(0, 2)
    ),
    min_size=2,
    max_size=10,
)
_FIXED = {
    "ebpCode": "P1",
    "ebcCode": "S1",
    "agentCode": "A1",
    "logisticsCode": "L1",
    "customsCode": "4403",
    "currency": "142",
    "payCode": "Y1",
}
_FIXED |= {"logisticsStatus": "S", "returnStatus": "120", "status": "1"}
_VARIED = {"note", "returnInfo", "goodsValue", "amountPaid", "charge", "weight", "grossWeight", "customsTax", "goodsInfo", "reason"}
_NUMBERED = {"orderNo", "logisticsNo", "copNo", "invtNo", "taxNo", "preNo", "payTransactionId", "payNo", "buyerIdNumber", "payerIdNumber"}


def _fields(elements: tuple[str, ...], record: Record, line: int = 0) -> dict[str, str]:
    """Texts of a head, or of a line, by element."""
    thing, hour, app_type, status, content, _ = record
    told = {"appType": app_type, "appStatus": status, "gnum": str(line), "guid": f"G{hour}{content}"}
    times = {
        "appTime": f"20250401{hour}0000",
        "returnTime": f"20250401{hour}0000000",
        "payTime": "20250401090000",
        "accountingDate": "20250401090000",
    }
    found = {}
    for element in elements:
        if element in told or element in times or element in _FIXED:
            found[element] = (told | times | _FIXED)[element]
        elif element in _NUMBERED:
            found[element] = f"N{thing}"
        elif element in _VARIED or element in ("qty", "price", "taxPrice", "gcode"):
            found[element] = str(content + line)
        elif element == "declTime":
            found[element] = "20250401"
    return found


def _message(kind: str, records: list[Record]) -> str:
    message = MESSAGES[kind]

    def xml(fields: dict[str, str]) -> str:
        return "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())

    body = ""
    for record in records:
        head = xml(_fields(message.head_fields, record))
        lines = "".join(
            f"<{message.line}>{xml(_fields(message.line_fields, record, n))}</{message.line}>"
            for n in range(1, record[5] + 1)
            if message.line
        )
        body += (
            f"<{message.record}><{message.head}>{head}</{message.head}>{lines}</{message.record}>"
            if message.head
            else f"<{message.record}>{head}</{message.record}>"
        )
    return f"<{kind}Message>{body}</{kind}Message>"


def _table(kind: str, records: list[Record]) -> str:
    """The heads as a table of the same list."""
    message, written = MESSAGES[kind], io.StringIO()
    spec = CATALOG[message.list_name]
    rows = []
    for record in records:
        fields = {message.column(element): text for element, text in _fields(message.head_fields, record).items() if element != "guid"}
        rows.append(
            {**dict.fromkeys(spec.mandatory, ""), "flow": message.flow, **({"kind": kind} if "kind" in spec.mandatory else {}), **fields}
        )
    assert {snake("appTime"), "return_time"} & set(rows[0])
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _in_force(reader: Any, kind: str) -> list[Any]:
    """Rows of the list and of its lines, without what the way of their arrival gave them."""
    spec = CATALOG[MESSAGES[kind].list_name]
    rows: list[Any] = []
    for name in (spec.name, spec.lines) if spec.lines else (spec.name,):
        own = [column for c in CATALOG[name].columns for column, _ in c.stored]
        rows += [(name, row["record_id"], row.get("parent_id"), *(str(row[column]) for column in own)) for row in reader.rows(name)]
    return sorted(rows, key=str)


@pytest.mark.timeout(200)
# Where both come, every other file is a message and every other a table.
@pytest.mark.parametrize("form", [pytest.param("messages", marks=pytest.mark.slow), pytest.param("tables", marks=pytest.mark.slow), "both"])
def test_any_order_and_split_of_any_list_gives_the_same_rows(reader_at: Callable[[Path], Any], form: str) -> None:
    kinds = [kind for kind in MESSAGES if form == "messages" or CATALOG[MESSAGES[kind].list_name].as_table]

    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
    @given(records=RECORDS, data=st.data())
    def check(records: list[Record], data: st.DataObject) -> None:
        if form != "messages":
            records = [(*record[:5], 0) for record in records]  # lines have a table of their own
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            whole, parts = reader_at(folder / "a"), reader_at(folder / "b")
            files, at_once = [], []
            for kind in kinds:
                at_once.append(folder / f"{kind} whole")
                at_once[-1].write_text(_message(kind, records), encoding="utf-8")
                shuffled = data.draw(st.permutations(records))
                cuts = sorted(data.draw(st.sets(st.integers(1, len(records)), max_size=3)) | {0, len(records)})
                for n, (start, end) in enumerate(itertools.pairwise(cuts)):
                    write = _table if form == "tables" or (form == "both" and n % 2) else _message
                    files.append(folder / f"{kind} {n}")
                    files[-1].write_text(write(kind, shuffled[start:end]), encoding="utf-8")
            first = whole.read(*at_once)
            assert (first["read"], first["rejected"]) == (len(records) * len(kinds), 0)
            files = data.draw(st.permutations(files))
            n_first = data.draw(st.integers(1, len(files) - 1))
            accounts = [parts.read(*files[n_first:]), parts.read(*files[:n_first])]
            assert sum(account["read"] for account in accounts) == len(records) * len(kinds)
            assert sum(account["loaded"] + account["superseded"] for account in accounts) == first["loaded"] + first["superseded"]
            for kind in kinds:
                assert _in_force(parts, kind) == _in_force(whole, kind), kind

    check()

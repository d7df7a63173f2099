"""One world for all tests of the generator, read back without the package's own reader."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sandan.synthetic.output.key import KeyRow, read_key
from sandan.synthetic.params import world_params
from sandan.synthetic.world import WorldFiles, write_world

# Imports: message -> what finds its consignment.
LISTS = {"CEB311": "orderNo", "CEB411": "orderNo", "CEB511": "logisticsNo", "CEB621": "logisticsNo"}
NS = "{http://www.chinaport.gov.cn/ceb}"


@dataclass
class Read:
    """One record as it stands in a file."""

    sender: str
    head: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Written:
    """A world on disk."""

    files: WorldFiles
    key: list[KeyRow]
    records: dict[str, list[Read]]

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a table."""
        with (self.files.folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def of(self, kind: str, element: str) -> dict[str, list[Read]]:
        """Records of a message by the value of an element."""
        made: dict[str, list[Read]] = {}
        for record in self.records.get(kind, []):
            made.setdefault(record.head[element].strip(), []).append(record)
        return made

    def rows(self, kind: str) -> list[KeyRow]:
        """Rows of the key of one actor or hard negative, whose lists are all there."""
        found = [row for row in self.key if row.kind == kind and row.settled == "1"]
        assert found, kind
        return found

    def groups(self, kinds: Iterable[str], *, settled: bool = False) -> dict[str, list[KeyRow]]:
        """Rows by group; of what happened last something may still be on its way."""
        wanted, made = set(kinds), defaultdict(list)
        for row in self.key:
            if row.kind in wanted and (row.settled == "1" or not settled):
                made[row.group].append(row)
        assert made
        return made

    def houses(self) -> dict[tuple[str, str], dict[str, str]]:
        """House waybills by carrier and number."""
        return {(row["logistics_code"], row["logistics_no"]): row for row in self.table("house_waybills")}

    def parcels(self, rows: list[KeyRow]) -> list[dict[str, str]]:
        """House waybills of rows of the key."""
        known = self.houses()
        return [known[row.logistics_code, row.logistics_no] for row in rows]


def _text(element: etree._Element) -> dict[str, str]:
    return {str(child.tag).removeprefix(NS): child.text or "" for child in element if not len(child)}


def read_messages(folder: Path) -> dict[str, list[Read]]:
    records: dict[str, list[Read]] = {}
    for path in sorted(folder.rglob("*.xml")):
        root = etree.parse(path).getroot()
        kind = str(root.tag).removeprefix(NS).removesuffix("Message")
        *elements, transfer = (element for element in root if not str(element.tag).endswith("}Signature"))
        sender = transfer.findtext(f"{NS}copCode") or ""
        for element in elements:
            head, *lines = [part for part in element if len(part)] or [element]
            records.setdefault(kind, []).append(Read(sender, _text(head), [_text(line) for line in lines]))
    return records


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Written:
    files = write_world(tmp_path_factory.mktemp("world") / "w", world_params("demo", n_orders=4000, seed=6, fraud_rate=0.04))
    return Written(files, read_key(files.key), read_messages(files.folder / "messages"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Large enough for every kind of group."""
    files = write_world(tmp_path_factory.mktemp("large") / "w", world_params("demo", n_orders=20_000, seed=1))
    return Written(files, read_key(files.key), read_messages(files.folder / "messages"))


@pytest.fixture(scope="session")
def schemas() -> Path:
    shared = Path(os.environ.get("SANDAN_SHARED") or Path(__file__).parents[3] / "shared")
    folder = shared / "ceb" / "xsd" / "202205"
    if not folder.is_dir():
        pytest.skip(f"the schemas of the electronic port are not at {folder}: set SANDAN_SHARED")
    return folder


@pytest.fixture(scope="session")
def import_records(large: Any) -> list[tuple[str, int, Any, Any]]:
    """Message, position among its kind, record, and row of the key, of each record of an import that the key knows."""
    rows = [row for row in large.key if row.flow == "import"]
    by = {"orderNo": {row.order_no: row for row in rows}, "logisticsNo": {row.logistics_no: row for row in rows}}
    return list(found(large.records, by))


def found(records: dict[str, list[Any]], by: dict[str, dict[str, Any]]) -> Iterator[tuple[str, int, Any, Any]]:
    for kind, element in LISTS.items():
        for position, record in enumerate(records[kind]):
            row = by[element].get(record.head[element].strip())
            if row is not None:
                yield kind, position, record, row


@pytest.fixture(scope="session")
def waybills(large: Any) -> list[tuple[dict[str, str], Any]]:
    """House waybills of parcels without lists, with their rows of the key."""
    rows = {row.logistics_no: row for row in large.key if not row.order_no}
    return [(waybill, rows[waybill["logistics_no"]]) for waybill in large.table("house_waybills") if waybill["logistics_no"] in rows]

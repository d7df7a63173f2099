"""Identity numbers never reach the disk: every number of a world is looked for in every file of a scored home."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import etree

from sandan.graph.store.access import open_store
from sandan.record.settings import load_settings

# Runs of letters and digits that are long enough to hold a number.
_RUN = re.compile(rb"[0-9A-Za-z]{6,}")


@pytest.fixture(scope="module")
def numbers(world: Path) -> frozenset[bytes]:
    """Every identity number that a message of the world names, whatever its element is called; companies' codes are public."""
    found = set()
    for file in world.rglob("*.xml"):
        for _, element in etree.iterparse(file):
            if re.search(r"Id(Number|No)$", etree.QName(element).localname) and element.text and len(element.text.strip()) >= 6:
                found.add(element.text.strip().encode())
            element.clear()
    with (world / "tables" / "companies.csv").open(encoding="utf-8-sig", newline="") as register:
        found -= {row[column].encode() for row in csv.DictReader(register) for column in ("code", "uscc")}
    assert len(found) > 500
    return frozenset(found)


def _contents(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            # Pages are compressed: read the strings back beside the bytes.
            table = pq.ParquetFile(path).read()
            for column in table.columns:
                yield path, "\n".join({str(value) for value in column.to_pylist()}).encode()


def _named(content: bytes, numbers: frozenset[bytes]) -> set[bytes]:
    """Numbers that stand in the content, alone or inside a longer run."""
    lengths = sorted({len(number) for number in numbers})
    return {run[i : i + n] for run in _RUN.findall(content) for n in lengths for i in range(len(run) - n + 1) if run[i : i + n] in numbers}


def test_the_search_finds_a_number_where_there_is_one(numbers: frozenset[bytes], world: Path, tmp_path: Path) -> None:
    number = min(numbers)
    pq.write_table(pa.table({"a": [f"x{number.decode()}9"] * 9}), tmp_path / "t.parquet")
    assert {n for _, content in _contents(tmp_path) for n in _named(content, numbers)} == {number}
    assert any(_named(path.read_bytes(), numbers) for path in world.rglob("*.xml"))


def test_no_identity_number_of_a_world_is_in_any_file_of_its_home(numbers: frozenset[bytes], scored_world: Path) -> None:
    told = {str(path.relative_to(scored_world)): found for path, content in _contents(scored_world) if (found := _named(content, numbers))}
    assert told == {}


def test_the_people_are_there_all_the_same(numbers: frozenset[bytes], scored_world: Path) -> None:
    with open_store(load_settings(scored_world)) as store:
        rows = store.query("MATCH (b:Buyer) RETURN b.masked_id, b.id", {}, max_rows=100_000, timeout_s=60).rows
    ends = {number[-4:].decode() for number in numbers}
    assert len(rows) > 300
    assert {str(masked)[-4:] for masked, _ in rows} <= ends
    assert not {str(id_).encode() for _, id_ in rows} & numbers

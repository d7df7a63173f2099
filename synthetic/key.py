"""The answer key: one row for each consignment, kept apart from the data."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

from sandan.synthetic.consignment import Trade, Truth
from sandan.synthetic.shipments import Shipment


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What is true of one consignment.

    Attributes:
        ebp_code: The platform's code on the register; where the lists have none, the seller's; empty for a parcel without lists.
        order_no: As declared; empty for a parcel without lists.
        truth: `honest`, `fraud` or `hard_negative`.
        typologies: `|`-separated; of a fraud what its lists bear, of a hard negative the sign that it shares with those frauds, else empty.
        kind: Name of the actor or of the hard negative; empty or `cancelled` for ordinary trade.
        group: Actor, household or firm.
        sentence: What was done.
        settled: `1` if all lists that it will ever have lie in the files, `0` in the last days of the world.
    """

    flow: str
    ebp_code: str
    order_no: str
    logistics_code: str
    logistics_no: str
    truth: str
    typologies: str
    kind: str
    group: str
    sentence: str
    settled: str = "1"


COLUMNS = tuple(field.name for field in fields(KeyRow))


def key_row(trade: Trade, truth: Truth, *, is_settled: bool = True) -> KeyRow:
    """The row of one consignment."""
    return KeyRow(
        trade.flow, trade.platform.company.code, trade.declared_no, trade.carrier.code, trade.logistics_no, truth.truth,
        "|".join(truth.typologies), truth.kind, truth.group, truth.sentence,
        str(int(is_settled)),
    )  # fmt: skip


def shipment_row(made: Shipment, *, is_settled: bool = True) -> KeyRow:
    """The row of a parcel that stands in no lists."""
    truth = made.truth
    return KeyRow(
        "export", "", "", made.carrier.code, made.number, truth.truth, "|".join(truth.typologies), truth.kind, truth.group, truth.sentence,
        str(int(is_settled)),
    )  # fmt: skip


def write_key(path: Path, rows: Iterable[KeyRow]) -> None:
    """Writes the key as CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(attrgetter(*COLUMNS), rows))


def read_key(path: Path) -> list[KeyRow]:
    """Reads a key that `write_key` wrote.

    Raises:
        ValueError: The columns are not those of a key.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader, ())) != COLUMNS:
            raise ValueError(f"{path}: not an answer key: its columns must be {', '.join(COLUMNS)}")
        return [KeyRow(*row) for row in reader]

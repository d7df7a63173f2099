"""The answer key: one row for each consignment, kept apart from the data."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import TextIO

from sandan.synthetic.documents.imports import yuan
from sandan.synthetic.documents.shipments import Shipment
from sandan.synthetic.market.goods import shelf_price
from sandan.synthetic.market.season import Season
from sandan.synthetic.trade.consignment import GroundTruth, Record, Trade, tax_on


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
        settled: `1` if all lists that an import will ever have lie in the files, but for a return; `0` in the last days of the world.
        tax_at_stake: CNY with two decimals, of a fraud with lists; empty else. The tax at the reduced rate of retail imports on the going
            price of the goods and their freight: what was claimed for a trade that was none. Where undervaluation is all that was done, the
            part of it that the declared prices leave out. Roughly: what the same goods would owe in general trade is not in it.
        buyer: Name of the true person behind this mention, such as `p123`: equal for one person in the whole world, and not the identity
            number. Where an identity was bought, the person whose it is. Empty where the lists mention nobody, or a company.
        payer: Likewise.
        consignee: Likewise.
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
    tax_at_stake: str = ""
    buyer: str = ""
    payer: str = ""
    consignee: str = ""


def persons_behind(trade: Trade, sent: Sequence[Record]) -> tuple[str, str, str]:
    """Identity numbers of buyer, payer and consignee as far as the records of an import mention them; a payer may be a company."""
    kinds = {record.kind for record in sent}
    paid = any(record.kind == "CEB411" and record.head.get("payerIdType") == "1" for record in sent)
    return (
        trade.buyer.number if kinds & {"CEB311", "CEB621"} else "",
        trade.payer.number if paid else "",
        trade.consignee.number if "CEB511" in kinds else "",
    )


COLUMNS = tuple(field.name for field in fields(KeyRow))
_values: Callable[[KeyRow], tuple[str, ...]] = attrgetter(*COLUMNS)


def key_row(
    trade: Trade, truth: GroundTruth, *, is_settled: bool = True, tax: str = "", persons: tuple[str, str, str] = ("", "", "")
) -> KeyRow:
    """The row of one consignment.

    Args:
        trade: What happened.
        truth: What is true of it.
        is_settled: Whether all of its lists lie in the files.
        tax: The tax at stake.
        persons: Identity numbers of buyer, payer and consignee; names of theirs come when the key is written.
    """
    return KeyRow(
        trade.flow, trade.platform.company.code, trade.declared_no, trade.carrier.code, trade.logistics_no, truth.truth,
        "|".join(truth.typologies), truth.kind, truth.group, truth.sentence,
        str(int(is_settled)), tax, *persons,
    )  # fmt: skip


def tax_at_stake(trade: Trade, truth: GroundTruth, calendar: Season) -> str:
    """The tax at stake of one consignment, see `KeyRow`."""
    if truth.truth != "fraud":
        return ""
    if not {"undervaluation", "overvaluation"}.intersection(truth.typologies):
        return yuan(trade.tax)
    # Only these declare prices that nobody else asks.
    day, level = trade.ordered.date(), trade.platform.level
    going = tax_on(sum(line.qty * shelf_price(line.item, day, calendar, level) for line in trade.lines) + trade.freight)
    return yuan(going - trade.tax if truth.typologies == ("undervaluation",) else going)


def shipment_row(made: Shipment, *, is_settled: bool = True) -> KeyRow:
    """The row of a parcel that stands in no lists."""
    truth = made.truth
    return KeyRow(
        "export", "", "", made.carrier.code, made.number, truth.truth, "|".join(truth.typologies), truth.kind, truth.group, truth.sentence,
        str(int(is_settled)),
    )  # fmt: skip


class KeyWriter:
    """Writes a key row by row, and names the persons as they first appear: no identity number stands in it.

    Args:
        file: Open for text.
    """

    def __init__(self, file: TextIO) -> None:
        self._csv = csv.writer(file, lineterminator="\n")
        self._csv.writerow(COLUMNS)
        self._ordinals: dict[str, int] = {}
        self.n_rows = 0

    def add(self, row: KeyRow) -> None:
        """Writes a row, in which persons stand by their identity numbers."""
        *rest, buyer, payer, consignee = _values(row)
        self._csv.writerow((*rest, self._name(buyer), self._name(payer), self._name(consignee)))
        self.n_rows += 1

    def _name(self, number: str) -> str:
        return f"p{self._ordinals.setdefault(number, len(self._ordinals) + 1)}" if number else ""


def read_key(path: Path) -> list[KeyRow]:
    """Reads a key.

    Raises:
        ValueError: The columns are not those of a key.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader, ())) != COLUMNS:
            raise ValueError(f"{path}: not an answer key: its columns must be {', '.join(COLUMNS)}")
        return [KeyRow(*row) for row in reader]

"""What the record's lists are made of: kinds of columns, and a list with its columns, keys and the time at which a row could be known.

The kind of a column says how its text is read and which columns it becomes in the lake (`stored`): a telephone is kept as written and,
beside it, in its normal form; an identity number is never kept, its keyed hash and what was read from it are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from sandan.record.values.nothing import ZEROLESS

MONEY = pa.decimal128(19, 5)
TIME = pa.timestamp("us", tz="UTC")

# kind -> columns in the lake: suffix -> type. The first one carries the value itself.
KINDS: dict[str, dict[str, pa.DataType]] = {
    "text": {"": pa.string()},
    "code": {"": pa.string()},
    # Commodity codes of the tariff, or the digits they begin with: one, several apart by `|`.
    "goods code": {"": pa.string()},
    "goods codes": {"": pa.string()},
    "flow": {"": pa.string()},
    "currency": {"": pa.string()},
    "country": {"": pa.string()},
    "number": {"": MONEY},
    "ratio": {"": pa.float64()},
    "integer": {"": pa.int64()},
    "time": {"": TIME},
    "day": {"": pa.date32()},
    "name": {"": pa.string(), "_norm": pa.string()},
    "telephone": {"": pa.string(), "_norm": pa.string()},
    "address": {
        "": pa.string(),
        "_norm": pa.string(),
        "_country": pa.string(),
        "_province": pa.string(),
        "_city": pa.string(),
        "_district": pa.string(),
        "_postcode": pa.string(),
        "_kind": pa.string(),
    },
    "goods": {"": pa.string(), "_norm": pa.string()},
    "barcode": {"": pa.string()},
    # Whom or what a watchlist names: a person's identity number becomes its keyed hash; the normal form is that of its kind.
    "watched": {"": pa.string(), "_norm": pa.string()},
    "identity": {
        "_hash": pa.string(),
        "_masked": pa.string(),
        "_birth_year": pa.int64(),
        "_sex": pa.string(),
        "_region": pa.string(),
        "_valid": pa.bool_(),
    },
}
# Texts that are codes or numbers of something by their use, beside those whose name ends with `_no`.
_IDENTIFIERS = frozenset(
    "pay_transaction_id app_type app_status return_status logistics_status status order_type buyer_id_type payer_id_type trade_mode "
    "traf_mode wrap_type ie_flag statistics_flag f_flag i_flag consignee_district pod unit unit1 unit2 uscc".split()
)
# Transmission facts and bookkeeping that every list has.
FACTS = pa.schema(
    [
        ("record_id", pa.string()),
        ("key_id", pa.string()),
        ("known_at", TIME),
        ("received_at", TIME),
        ("signature", pa.string()),
        ("defects", pa.string()),
        ("received_as", pa.string()),
        ("message_guid", pa.string()),
        ("cop_code", pa.string()),
        ("dxp_id", pa.string()),
        ("batch_id", pa.string()),
        ("file", pa.string()),
        ("position", pa.int64()),
    ]
)
# Lines of a head are found by the head's record.
LINE_FACTS = pa.schema([("parent_id", pa.string())])


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a list names it; `mandatory` in a table, `?` optional."""

    name: str
    kind: str
    mandatory: bool

    @property
    def is_identifier(self) -> bool:
        """Whether it names something by a number or code, so that signs and spaces are no part of it."""
        return self.kind == "code" or (self.kind == "text" and (self.name.endswith("_no") or self.name in _IDENTIFIERS))

    @property
    def is_zeroless(self) -> bool:
        """Whether nought is no value of it but a stand-in for nothing."""
        numbered = self.name.endswith(("_no", "_name")) or self.name in ("pay_transaction_id", "batch_numbers", "consignee_district")
        return self.kind in ZEROLESS or (self.kind == "text" and numbered)

    @property
    def is_beginning(self) -> bool:
        """Whether it is the first day on which something holds."""
        return self.kind == "day" and (self.name.endswith("_from") or self.name == "registered_on")

    @property
    def width(self) -> int:
        """How many columns of the lake it becomes."""
        return len(KINDS[self.kind])

    @property
    def stored(self) -> list[tuple[str, pa.DataType]]:
        """Names and types of the lake's columns for it."""
        base = self.name.removesuffix("_number") if self.kind == "identity" else self.name
        return [(base + suffix, kind) for suffix, kind in KINDS[self.kind].items()]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list of the record.

    Attributes:
        name: Its name in the account and in the lake.
        text: What it is, in one sentence.
        columns: In the reference's order.
        key: Columns that name one thing; several records of one key are versions of it.
        lines: The list of its lines, or "".
        known_by: Column whose time says when customs could know the row; "" for none but the receipt.
        replaces: A later batch replaces an earlier row of the key (reference tables); otherwise the newer time does.
        as_table: It may come as a table; otherwise in messages only.
        meanings: Column -> what it means and, behind ` @ `, its unit; of the other columns `meanings.py` has it.
    """

    name: str
    text: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    lines: str = ""
    known_by: str = ""
    replaces: bool = False
    as_table: bool = True
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def mandatory(self) -> tuple[str, ...]:
        """Columns that a table of this list must have."""
        return tuple(column.name for column in self.columns if column.mandatory)

    @property
    def is_lines(self) -> bool:
        """True for the lines of another list."""
        return self.name in {"order_items", "inventory_items", "tax_bill_items", "return_items"}

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the list in the lake."""
        own = [pa.field(name, kind) for column in self.columns for name, kind in column.stored]
        return pa.schema([*own, *FACTS, *(LINE_FACTS if self.is_lines else [])])

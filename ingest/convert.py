"""From the texts of one record to the typed row of its list, with keys, ids and nothing personal that must not be kept."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandan.ingest.reject import BadRecord
from sandan.record.catalog import CATALOG, Column, ListSpec
from sandan.record.ids import Keyring
from sandan.record.values import address, code, goods, identity, moment, name, telephone
from sandan.record.values.text import clean

Raw = Mapping[str, str | None]
_CENT_FRACTION = Decimal("0.00001")
_LARGEST = Decimal(10) ** 14
_FREE_TEXT = frozenset(
    "note item_describe gmodel goods_info item_name gname description buyer_reg_no batch_numbers "
    "consignee buyer_name payer_name consignee_address buyer_telephone consignee_telephone telephone "
    "sender_name receiver_name receiver_address sender_address address".split()
)
NO_PLATFORM = frozenset({"无", "NO", "NONE", "0"})


def _number(text: str) -> tuple[Decimal]:
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) >= _LARGEST:
            raise ValueError("not a number in range")
        return (value.quantize(_CENT_FRACTION),)
    except ArithmeticError as exc:  # neither a number nor one with a sane exponent
        raise ValueError("not a number") from exc


def _ratio(text: str) -> tuple[float]:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError("not in 0-1")
    return (value,)


def _integer(text: str) -> tuple[int]:
    return (int(_number(text)[0]),)


def _flow(text: str) -> tuple[str]:
    value = {"i": "import", "e": "export"}.get(text.lower(), text.lower())
    if value not in ("import", "export"):
        raise ValueError("neither import nor export")
    return (value,)


_SIMPLE: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "text": lambda text: (text,),
    "code": lambda text: (text.upper(),),
    "flow": _flow,
    "currency": lambda text: (code.currency(text),),
    "country": lambda text: (code.country(text),),
    "number": _number,
    "ratio": _ratio,
    "integer": _integer,
    "time": lambda text: (moment.parse_time(text),),
    "day": lambda text: (moment.parse_day(text),),
    "name": lambda text: (text, name.normal(text)),
    "telephone": lambda text: (text, telephone.normal(text)),
    "address": lambda text: (text, address.normal(text)),
    "goods": lambda text: (text, goods.normal(text)),
    "barcode": lambda text: (goods.barcode(text),),
}


@dataclass(frozen=True, slots=True)
class Intake:
    """What conversion needs to know of the run."""

    keyring: Keyring
    received_at: dt.datetime
    by_receipt: bool


@dataclass(slots=True)
class RowMaker:
    """Makes rows of one list.

    Attributes:
        spec: The list.
        intake: The run.
        columns: Names of the values that `values` returns, in order.
    """

    spec: ListSpec
    intake: Intake
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = tuple(name for column in self.spec.columns for name, _ in column.stored)

    def values(self, raw: Raw, numbers: Sequence[str] = ()) -> list[Any]:
        """Stored values of one record's own columns.

        Args:
            raw: Text by column.
            numbers: Identity numbers of the record (and its head), which are taken out of every other text.

        Raises:
            BadRecord: A value cannot be read; the text names its column only.
        """
        row: list[Any] = []
        for column in self.spec.columns:
            text = clean(raw.get(column.name))
            if text is not None and column.kind != "identity":
                text = self._scrubbed(column, text, numbers)
            if text is None:
                row.extend([None] * column.width)
            elif column.kind == "identity":
                row.extend(self._identity(text))
            else:
                try:
                    row.extend(_SIMPLE[column.kind](text))
                except (ValueError, OverflowError) as exc:
                    raise BadRecord("bad_value", f"{column.name}: not a {column.kind}") from exc
        return row

    def _identity(self, text: str) -> tuple[Any, ...]:
        number = identity.normal(text)
        told = identity.facts(number)
        hashed = self.intake.keyring.hash("identity", number)
        return hashed, identity.masked(number), told.birth_year, told.sex, told.region, told.is_valid

    def _scrubbed(self, column: Column, text: str, numbers: Sequence[str]) -> str:
        """The text with identity numbers replaced by their keyed hashes; keys stay, lists meet by them."""
        if column.name in self.spec.key:
            return text
        found = [number for number in numbers if number in text]
        if column.name in _FREE_TEXT:
            found += identity.found_in(text)
        for number in found:
            text = text.replace(number, self.intake.keyring.hash("identity", identity.normal(number)))
        return text


def identity_numbers(spec: ListSpec, raw: Raw) -> list[str]:
    """Identity numbers that a record names, as it writes them; too short ones cannot be told from other text."""
    texts = (clean(raw.get(column.name)) for column in spec.columns if column.kind == "identity")
    return [text for text in texts if text is not None and len(text) >= 6]


def record_key(list_name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The contract's key of a row, as texts.

    Raises:
        BadRecord: A part that identifies the record is empty.
    """
    spec = CATALOG[list_name]
    parts = {column: row.get(column) for column in spec.key}
    if parts.get("ebp_code", "") is None or parts.get("ebp_code") in NO_PLATFORM:
        parts["ebp_code"] = row.get("ebc_code")
    if list_name == "payments" and parts["pay_transaction_id"] is None:
        parts["pay_transaction_id"] = f"{row.get('pay_time')}+{row.get('amount_paid')}"
    if list_name == "inventories" and parts["cop_no"] is None:
        parts = {column: row.get(column) for column in ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")}
    missing = [column for column, value in parts.items() if value is None and column in _IDENTIFYING.get(list_name, spec.mandatory)]
    if missing:
        raise BadRecord("missing_key", f"{', '.join(missing)}: empty, but needed to identify the record")
    return tuple("" if value is None else str(value) for value in parts.values())


# Parts without which a CEB record is nobody's; the rest of a key may be empty.
_IDENTIFYING: dict[str, tuple[str, ...]] = {
    "orders": ("ebp_code", "order_no"),
    "payments": ("ebp_code", "order_no"),
    "waybills": ("logistics_code", "logistics_no"),
    "deliveries": ("logistics_code", "logistics_no", "logistics_status"),
    "inventories": ("agent_code", "order_no", "logistics_no"),
    "outcomes": ("flow", "inspected_at", "method"),
}


def digest(*parts: str) -> str:
    """Content hash of texts, 32 hexadecimal characters; not keyed, so only for texts that hold no personal data in clear form."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def content(columns: Sequence[str], values: Sequence[Any]) -> str:
    """What a row says, as one text: two rows that say the same give the same text whatever columns a later version adds."""
    return "\x1e".join(f"{column}={value}" for column, value in zip(columns, values, strict=True) if value is not None)


def known_at(spec: ListSpec, row: Mapping[str, Any], intake: Intake) -> tuple[dt.datetime, str | None]:
    """When customs could know a row, and the quality defect if its own time lies after its receipt."""
    own = row.get(spec.known_by) if spec.known_by else None
    if isinstance(own, dt.date) and not isinstance(own, dt.datetime):
        own = moment.day_start(own)
    if own is None or intake.by_receipt:
        return intake.received_at, None
    if own > intake.received_at:
        return intake.received_at, f"{spec.known_by}_in_future"
    return own, None

"""What identifies a record (contracts §1.4), and what it says, as texts to be hashed."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog.columns import ListSpec

Stored = Mapping[str, pa.Array]
# Ways in which a list says that the goods were sold on no platform.
NO_PLATFORM = frozenset({"无", "NO", "NONE", "0"})
# Parts without which a CEB record is nobody's; the rest of a key may be empty.
_IDENTIFYING: dict[str, tuple[str, ...]] = {
    "orders": ("ebp_code", "order_no"),
    "payments": ("ebp_code", "order_no"),
    "waybills": ("logistics_code", "logistics_no"),
    "deliveries": ("logistics_code", "logistics_no", "logistics_status"),
    "inventories": ("agent_code", "order_no", "logistics_no"),
    "receipts": ("kind", "return_status"),
    "outcomes": ("flow", "inspected_at", "method"),
    "cancellations": ("invt_no or cop_no",),
    "returns": ("invt_no or cop_no",),
}
Missing = dict[tuple[str, ...], npt.NDArray[np.int64]]


def key_of(spec: ListSpec, stored: Stored) -> tuple[pa.Array, Missing]:
    """The contract's key of every row as one text, and the rows that lack a part of it.

    Args:
        spec: The list.
        stored: Its columns as the lake keeps them.

    Returns:
        The keys, and for each combination of empty parts the rows that have it.
    """
    parts = {name: as_text(stored[name]) for name in spec.key}
    if "ebp_code" in parts and "ebc_code" in stored:
        parts["ebp_code"] = pc.if_else(_is_none(parts["ebp_code"]), stored["ebc_code"], parts["ebp_code"])
    if spec.name == "payments":
        paid = pc.binary_join_element_wise(*(pc.fill_null(as_text(stored[name]), "") for name in ("pay_time", "amount_paid")), "+")
        parts["pay_transaction_id"] = pc.coalesce(parts["pay_transaction_id"], paid)
    text = _joined(list(parts.values()))
    if spec.name == "inventories":
        # Without the declarant's own number the consignment is the key.
        platform = pc.if_else(_is_none(stored["ebp_code"]), stored["ebc_code"], stored["ebp_code"])
        by_consignment = _joined([stored["flow"], platform, *(stored[name] for name in ("order_no", "logistics_code", "logistics_no"))])
        numbered = pc.is_valid(stored["cop_no"])
        text = pc.if_else(numbered, text, by_consignment)
        there = pa.scalar("")
        parts["agent_code"] = pc.if_else(numbered, stored["agent_code"], there)
        parts |= {name: pc.if_else(numbered, there, stored[name]) for name in ("order_no", "logistics_no")}
    if "cop_no" in parts and "invt_no" in parts and spec.name != "receipts":
        parts["invt_no or cop_no"] = pc.coalesce(parts["invt_no"], parts["cop_no"])
    names = [name for name in needed(spec) if name in parts]
    return text, _missing(names, [parts[name] for name in names])


def needed(spec: ListSpec) -> tuple[str, ...]:
    """Columns without which a row of a list is nobody's."""
    return _IDENTIFYING.get(spec.name, spec.mandatory)


def content_of(spec: ListSpec, stored: Stored) -> pa.Array:
    """What every row says, as one text: rows that say the same give the same text whatever columns a later version adds.

    Normal forms and what was read from an identity number are left out: they follow from the rest.
    """
    said = []
    for column in spec.columns:
        name = column.stored[0][0]
        values = stored[name]
        if values.null_count < len(values):
            said.append(pc.binary_join_element_wise(f"{name}=", as_text(values), ""))
    if not said:
        return pa.array([""] * len(next(iter(stored.values()))), pa.string())
    return pc.binary_join_element_wise(*said, "\x1e", null_handling="skip")


def as_text(values: pa.Array) -> pa.Array:
    """A stored column as texts; instants as microseconds, so that no time zone plays in."""
    if pa.types.is_string(values.type):
        return values
    if pa.types.is_timestamp(values.type):
        values = pc.cast(values, pa.int64())
    return pc.cast(values, pa.string())


def _is_none(platform: pa.Array) -> pa.Array:
    return pc.or_(pc.is_null(platform), pc.is_in(platform, pa.array(sorted(NO_PLATFORM))))


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    return pc.binary_join_element_wise(*(pc.fill_null(part, "") for part in parts), "\x1f")


def _missing(names: Sequence[str], parts: Sequence[pa.Array]) -> Missing:
    if not any(part.null_count for part in parts):
        return {}
    absent = np.stack([part.is_null().to_numpy(zero_copy_only=False) for part in parts])
    rows = np.flatnonzero(absent.any(axis=0))
    found: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        found.setdefault(tuple(name for name, gone in zip(names, absent[:, row], strict=True) if gone), []).append(int(row))
    return {absent_names: np.array(at, dtype=np.int64) for absent_names, at in found.items()}

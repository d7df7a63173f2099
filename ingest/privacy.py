"""Takes identity numbers out of every text that is kept: what a record names as one, and what looks like one in free text."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog import ListSpec
from sandan.record.ids import Keyring
from sandan.record.values import identity

Texts = Mapping[str, pa.Array]
# Columns in which somebody may have written anything.
FREE_TEXT = frozenset(
    "note item_describe gmodel goods_info item_name gname description buyer_reg_no batch_numbers "
    "consignee buyer_name payer_name consignee_address buyer_telephone consignee_telephone telephone "
    "sender_name receiver_name receiver_address sender_address address return_info reason value sender_telephone receiver_telephone "
    "recognised image url source".split()
)
_LOOKS_LIKE_ONE = r"\p{Nd}{17}[\p{Nd}XxＸｘ]"


def scrubbed(spec: ListSpec, texts: Texts, numbers: Sequence[pa.Array], keyring: Keyring) -> dict[str, pa.Array]:
    """The texts with identity numbers replaced by their keyed hashes; keys stay, because lists meet by them.

    Args:
        spec: The list.
        texts: Cleaned texts by column.
        numbers: Columns of identity numbers that the rows name.
        keyring: Makes the hashes.
    """
    done = dict(texts)
    kept = {column.name for column in spec.columns if column.kind == "identity"} | (set(spec.key) - FREE_TEXT)
    names = [name for name, column in texts.items() if name not in kept and column.null_count < len(column)]
    free = [name for name in names if name in FREE_TEXT]
    rows = _suspicious(texts, names, free, numbers)
    if not rows:
        return done
    told = [column.to_pylist() for column in numbers]
    for name in names:
        values = done[name].to_pylist()
        changed = False
        for row in rows:
            text = values[row]
            if text is None:
                continue
            found = [column[row] for column in told if column[row] and column[row] in text]
            found += identity.found_in(text) if name in FREE_TEXT else []
            for number in found:
                text = text.replace(number, keyring.hash("identity", identity.normal(number)))
            if found:
                values[row], changed = text, True
        if changed:
            done[name] = pa.array(values, pa.string())
    return done


def _suspicious(texts: Texts, names: Sequence[str], free: Sequence[str], numbers: Sequence[pa.Array]) -> set[int]:
    """Rows that have to be looked at: one of their texts holds a number that they name, or what looks like one."""
    rows: set[int] = set()
    if free:
        joined = pc.binary_join_element_wise(*(texts[name] for name in free), "\x1f", null_handling="skip")
        looks = pc.match_substring_regex(joined, _LOOKS_LIKE_ONE)
        if pc.any(looks).as_py():
            rows.update(pc.indices_nonzero(looks).to_pylist())
    named = [column for column in numbers if column.null_count < len(column)]
    if names and named:
        whole = pc.binary_join_element_wise(*(texts[name] for name in names), "\x1f", null_handling="skip").to_pylist()
        for column in named:
            rows.update(row for row, (text, number) in enumerate(zip(whole, column.to_pylist(), strict=True)) if number and number in text)
    return rows

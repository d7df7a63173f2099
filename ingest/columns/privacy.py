"""Takes identity numbers out of every text that is kept: what a record names as one, and what is a valid one anywhere."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog.columns import ListSpec
from sandan.record.ids import Keyring
from sandan.record.values.parties import identity
from sandan.record.values.parties.identity_search import found, looks_like_one

Texts = Mapping[str, pa.Array]
# Columns in which somebody may have written anything.
FREE_TEXT = frozenset(
    "note item_describe gmodel goods_info item_name gname description buyer_reg_no batch_numbers "
    "consignee buyer_name payer_name consignee_address buyer_telephone consignee_telephone telephone "
    "sender_name receiver_name receiver_address sender_address address return_info reason value sender_telephone receiver_telephone "
    "recognised image url source".split()
)
_FEW_ROWS = 500


def without_numbers(text: str, keyring: Keyring, *, is_free: bool = True) -> str:
    """The text with every identity number in it replaced by its keyed hash: the same wherever the number stands.

    Args:
        text: Any text.
        keyring: Makes the hashes.
        is_free: Whether it is prose; in a code or a document's number fewer digits are meant to be one.
    """
    hits = found(text, is_prose=is_free)
    if not hits:
        return text
    pieces, end = [], 0
    for one in hits:
        pieces += [text[end : one.start], keyring.hash("identity", identity.normal(one.number))]
        end = one.end
    return "".join([*pieces, text[end:]])


def scrubbed(spec: ListSpec, texts: Texts, numbers: Sequence[pa.Array], keyring: Keyring) -> dict[str, pa.Array]:
    """The texts with identity numbers replaced by their keyed hashes.

    What a row names as a number goes from all its texts but its keys, because lists meet by them; what is a valid number goes from
    these too: it has the same hash in every list.

    Args:
        spec: The list.
        texts: Cleaned texts by column.
        numbers: Columns of identity numbers that the rows name.
        keyring: Makes the hashes.
    """
    done = dict(texts)
    own = {column.name for column in spec.columns if column.kind == "identity"}
    keys = set(spec.key) - FREE_TEXT
    names = [name for name, column in texts.items() if name not in own and column.null_count < len(column)]
    rows = _suspicious(texts, names, numbers)
    if not rows:
        return done
    by_column = [column.to_pylist() for column in numbers]
    for name in names:
        values = done[name].to_pylist()
        changed = False
        for row in rows:
            text = before = values[row]
            if text is None:
                continue
            for column in by_column if name not in keys else ():
                if column[row] and column[row] in text:
                    text = text.replace(column[row], keyring.hash("identity", identity.normal(column[row])))
            text = without_numbers(text, keyring, is_free=name in FREE_TEXT)
            if text != before:
                values[row], changed = text, True
        if changed:
            done[name] = pa.array(values, pa.string())
    return done


def _suspicious(texts: Texts, names: Sequence[str], numbers: Sequence[pa.Array]) -> set[int]:
    """Rows that have to be looked at: one of their texts holds a number that they name, or what looks like one."""
    if not names:
        return set()
    rows: set[int] = set()
    wholes: list[pa.Array] = []
    # What may be a number in pieces is rare in codes, so they are looked at by themselves; of few rows that takes longer.
    is_short = len(texts[names[0]]) < _FEW_ROWS
    for is_free in (True,) if is_short else (True, False):
        own = [texts[name] for name in names if is_short or (name in FREE_TEXT) == is_free]
        if own:
            # Arrow leaves rows out in which every part is empty, and all behind them would be taken for their neighbours: an empty text
            # in front keeps them.
            first = pa.repeat(pa.scalar("", pa.string()), len(own[0]))
            wholes.append(pc.binary_join_element_wise(first, *own, "\x1f", null_handling="skip"))
            rows.update(pc.indices_nonzero(pc.match_substring_regex(wholes[-1], looks_like_one(is_prose=is_free))).to_pylist())
    named = [column.to_pylist() for column in numbers if column.null_count < len(column)]
    for whole in wholes if named else ():
        said = whole.to_pylist()
        for column in named:
            rows.update(row for row, (text, number) in enumerate(zip(said, column, strict=True)) if number and number in text)
    return rows

"""Takes identity numbers out of every text that is kept: what a record names as one, and what is a valid one anywhere."""

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog import ListSpec
from sandan.record.ids import Keyring
from sandan.record.values import identity

Texts = Mapping[str, pa.Array]
_LENGTH = 18
# Born in this year or later is not taken for a person in a document's number.
_YOUNGEST = 2012
# Columns in which somebody may have written anything.
FREE_TEXT = frozenset(
    "note item_describe gmodel goods_info item_name gname description buyer_reg_no batch_numbers "
    "consignee buyer_name payer_name consignee_address buyer_telephone consignee_telephone telephone "
    "sender_name receiver_name receiver_address sender_address address return_info reason value sender_telephone receiver_telephone "
    "recognised image url source".split()
)
# As an identity number is written in a text: half or full width, in one piece or with spaces or hyphens between its parts.
_DATE = "(?:[1１][9９]|[2２][0０]){d}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])[0-3０-３]{d}"
_PARTS = "[1-9１-９]{d}{{5}}[ -]?" + _DATE + "[ -]?{d}{{3}}(?:{d}|[XxＸｘ])"
_LOOKS_LIKE_ONE = _PARTS.format(d=r"\p{Nd}")
_ONE = re.compile(r"(?<!\d)" + _PARTS.format(d=r"\d") + r"(?!\d)")
# First two digits of a resident's number. Foreigners' begin with 9, and so do companies' codes, which stay where no text is free.
_REGIONS = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)  # fmt: skip


def without_numbers(text: str, keyring: Keyring, *, is_free: bool = True) -> str:
    """The text with every valid identity number in it replaced by its keyed hash: the same wherever the number stands.

    Args:
        text: Any text.
        keyring: Makes the hashes.
        is_free: Whether it is prose; in a code or a document's number, only a resident's number is meant to be one.
    """
    if len(text) < _LENGTH:
        return text

    def hashed(found: re.Match[str]) -> str:
        number = identity.normal(found[0]).replace("-", "")
        told = identity.facts(number)
        # An order number may be made of a shop's code, the day and a serial: nobody of that age buys.
        is_one = told.is_valid and (is_free or (number[:2] in _REGIONS and (told.birth_year or 0) < _YOUNGEST))
        return keyring.hash("identity", number) if is_one else found[0]

    return _ONE.sub(hashed, text)


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
    told = [column.to_pylist() for column in numbers]
    for name in names:
        values = done[name].to_pylist()
        changed = False
        for row in rows:
            text = before = values[row]
            if text is None:
                continue
            for column in told if name not in keys else ():
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
    whole = pc.binary_join_element_wise(*(texts[name] for name in names), "\x1f", null_handling="skip")
    rows = set(pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(whole, _LOOKS_LIKE_ONE), False)).to_pylist())
    named = [column for column in numbers if column.null_count < len(column)]
    if named:
        said = whole.to_pylist()
        for column in named:
            rows.update(row for row, (text, number) in enumerate(zip(said, column.to_pylist(), strict=True)) if number and number in text)
    return rows

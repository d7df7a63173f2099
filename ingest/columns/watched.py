"""What a watchlist names: a person, a telephone, an address, a company, a brand or goods, each in the normal form of its kind."""

from collections.abc import Callable

import pyarrow as pa

from sandan.record.ids import Keyring
from sandan.record.values.addresses import address
from sandan.record.values.commodities import goods
from sandan.record.values.parties import company, identity, name, telephone

_NORMAL: dict[str, Callable[[str], str | None]] = {
    "telephone": telephone.normal,
    "address": address.normal,
    "company": company.normal,
    "brand": goods.normal,
    "goods": goods.normal,
}


def read_watched(values: pa.Array, kinds: pa.Array, keyring: Keyring) -> list[pa.Array]:
    """The values of a watchlist as they may be kept, and their normal forms.

    A person is named by an identity number, which becomes its keyed hash and so meets the hashes of the lists, or by a name. A text
    with a digit is taken for a number: no name has one.
    """
    kept: list[str | None] = []
    normal: list[str | None] = []
    for value, kind in zip(values.to_pylist(), kinds.to_pylist(), strict=True):
        if value is None:
            kept.append(None)
            normal.append(None)
        elif (kind or "").lower() != "person":
            kept.append(value)
            normal.append(_NORMAL.get((kind or "").lower(), goods.normal)(value))
        elif any(c.isdigit() for c in value):
            # One that was found in the text before is a hash already.
            number = value if _is_hash(value) else keyring.hash("identity", identity.normal(value))
            kept.append(number)
            normal.append(number)
        else:
            kept.append(value)
            normal.append(name.normal(value))
    return [pa.array(kept, pa.string()), pa.array(normal, pa.string())]


def _is_hash(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)

"""Columns of texts to the typed columns of the lake, many rows at a time.

What a text means is said once, in `record/values`. Here the same is done for whole columns: plain texts, which nearly all are, go
through Arrow; every other text is read by the function of its kind, once per distinct text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog.columns import KINDS, MONEY, TIME
from sandan.record.ids import Keyring
from sandan.record.values import code, identifier, moment, nothing
from sandan.record.values.addresses import address
from sandan.record.values.commodities import goods
from sandan.record.values.moment import BEIJING_US
from sandan.record.values.parties import identity, name, telephone
from sandan.record.values.text import clean

_CENT_FRACTION = Decimal("0.00001")
_LARGEST = Decimal(10) ** 14
_LONGEST_NUMBER = 200
# No `1_000`, no `1E2` and no other script's digits, which the decimal type would read.
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_RATIO = re.compile(r"\+?(?:\d+\.?\d*|\.\d+)(?:[eE]-?\d{1,3})?", re.ASCII)
_PLAIN_NUMBER = r"^-?[0-9]{1,14}(\.[0-9]{1,5})?$"
_PLAIN_TIME = r"^(198[1-9]|199[0-9]|20[0-9]{2}|21[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]$"
_PLAIN_MOBILE = r"^1[0-9]{10}$"
# Between an address and the country that the list gives for it: a cleaned text has no such character.
_BEHIND = "\x1f"
# Distinct texts of one kind that are remembered with what they mean; one person stands in three lists.
_REMEMBERED = 100_000
_LONGEST_REMEMBERED = 1_000
_STAND_INS = {
    is_zeroless: pa.array(sorted(nothing.WORDS | (nothing.ZEROES if is_zeroless else frozenset())), pa.string())
    for is_zeroless in (False, True)
}
_EXACT = pa.array(sorted(nothing.EXACT), pa.string())


def _number(text: str) -> tuple[Decimal]:
    if not _NUMBER.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        raise ValueError("not a number")
    with localcontext(prec=_LONGEST_NUMBER):
        value = Decimal(text).quantize(_CENT_FRACTION)
    # After rounding: what is rounded up to the limit has no room any more.
    if abs(value) >= _LARGEST:
        raise ValueError("not a number in range")
    return (value,)


def _ratio(text: str) -> tuple[float]:
    value = float(text) if _RATIO.fullmatch(text) else -1.0
    if not 0 <= value <= 1:
        raise ValueError("not in 0-1")
    return (value,)


def _integer(text: str) -> tuple[int]:
    (value,) = _number(text)
    if value != int(value):
        raise ValueError("not a whole number")
    return (int(value),)


def _flow(text: str) -> tuple[str]:
    value = {"i": "import", "e": "export"}.get(text.lower(), text.lower())
    if value not in ("import", "export"):
        raise ValueError("neither import nor export")
    return (value,)


def _address_in(text: str) -> tuple[Any, ...]:
    written, _, country = text.partition(_BEHIND)
    return (written, *address.parts(written, country).stored)


# How one text of a kind is read: the values of the kind's columns, in the order of the catalog.
SIMPLE: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "flow": _flow,
    "currency": lambda text: (code.currency(text),),
    "country": lambda text: (code.country(text),),
    "number": _number,
    "ratio": _ratio,
    "integer": _integer,
    "time": lambda text: (moment.parse_time(text),),
    "day": lambda text: (moment.parse_day(text),),
    "name": lambda text: (text, name.normal(text)),
    "telephone": lambda text: (text := identifier.restored(text), telephone.normal(text)),
    "address": lambda text: (text, *address.parts(text).stored),
    "address in": _address_in,
    "goods": lambda text: (text, goods.normal(text)),
    "barcode": lambda text: (goods.barcode(text),),
    "code": lambda text: ((identifier.normal(text) or "").upper() or None,),
    "identifier": lambda text: (identifier.normal(text),),
    "goods code": lambda text: (goods.code(text),),
    "goods codes": lambda text: (goods.codes(text),),
}


def cleaned(texts: pa.Array) -> pa.Array:
    """`record.values.text.clean` of every text of a column."""
    trimmed = pc.utf8_trim_whitespace(texts)
    if pc.all(pc.utf8_is_printable(trimmed)).as_py() is False:
        odd = pc.fill_null(pc.invert(pc.utf8_is_printable(trimmed)), False)
        trimmed = pc.replace_with_mask(trimmed, odd, pa.array([clean(text) for text in texts.filter(odd).to_pylist()], pa.string()))
    return pc.if_else(pc.equal(pc.binary_length(trimmed), 0), pa.scalar(None, pa.string()), trimmed)


def without_stand_ins(texts: pa.Array, *, is_zeroless: bool) -> pa.Array:
    """Cleaned texts without those that `record.values.nothing` knows as stand-ins for nothing."""
    if texts.null_count == len(texts):
        return texts
    short = pc.less_equal(pc.utf8_length(texts), nothing.LONGEST)
    if not pc.any(short).as_py():
        return texts
    small = pc.utf8_lower(pc.if_else(short, texts, pa.scalar(None, pa.string())))
    is_none = pc.or_(pc.is_in(small, _STAND_INS[is_zeroless]), pc.is_in(texts, _EXACT))
    is_none = pc.or_(is_none, pc.fill_null(pc.match_substring_regex(small, nothing.STROKES), False))
    return pc.if_else(is_none, pa.scalar(None, pa.string()), texts) if pc.any(is_none).as_py() else texts


def unmarked(texts: pa.Array, *, is_name: bool) -> pa.Array:
    """Cleaned texts without the signs by which a spreadsheet keeps a cell a text."""
    odd = pc.fill_null(pc.match_substring_regex(texts, identifier.MARKED), False)
    if not pc.any(odd).as_py():
        return texts
    plain = [clean(identifier.unmarked(text, is_name=is_name)) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(plain, pa.string()))


@dataclass(slots=True)
class Columns:
    """Reads columns; remembers what it read."""

    keyring: Keyring
    _known: dict[str, dict[str, tuple[Any, ...] | None]] = field(default_factory=dict)

    def read_address(self, texts: pa.Array, countries: pa.Array) -> list[pa.Array]:
        """The columns of the lake for addresses of which the list says the country."""
        return self._distinct("address in", pc.binary_join_element_wise(texts, pc.fill_null(countries, ""), _BEHIND), "address")[0]

    def read(self, kind: str, texts: pa.Array) -> tuple[list[pa.Array], pa.Array | None]:
        """The columns of the lake for one column of cleaned texts.

        Args:
            kind: As the catalog names it; `identifier` for a text that is one.
            texts: Strings; null where nothing is said.

        Returns:
            One array per stored column, and a mask of the texts that cannot be read (None: there are none).
        """
        if kind == "text":
            return [texts], None
        if texts.null_count == len(texts):
            return [pa.nulls(len(texts), type_) for type_ in _types(kind)], None
        if kind == "number":
            return self._with_plain(kind, texts, pc.match_substring_regex(texts, _PLAIN_NUMBER), lambda plain: [pc.cast(plain, MONEY)])
        if kind == "time":
            return self._with_plain(kind, texts, _real_days(texts, pc.match_substring_regex(texts, _PLAIN_TIME)), _times)
        if kind in ("code", "identifier"):
            is_plain = pc.invert(pc.match_substring_regex(texts, identifier.ODD))
            return self._with_plain(kind, texts, is_plain, lambda plain: [pc.utf8_upper(plain) if kind == "code" else plain])
        if kind == "telephone":
            return self._with_plain(kind, texts, pc.match_substring_regex(texts, _PLAIN_MOBILE), lambda plain: [plain, plain])
        return self._distinct(kind, texts)

    def _with_plain(
        self, kind: str, texts: pa.Array, is_plain: pa.Array, read: Callable[[pa.Array], list[pa.Array]]
    ) -> tuple[list[pa.Array], pa.Array | None]:
        """Plain texts by `read`, the others one by one."""
        none = pa.scalar(None, pa.string())
        is_plain = pc.fill_null(is_plain, True)
        n_odd = len(texts) - (pc.sum(is_plain).as_py() or 0)
        if not n_odd:
            return read(texts), None
        stored = read(pc.if_else(is_plain, texts, none))
        odd = pc.invert(is_plain)
        others, bad = self._distinct(kind, texts.filter(odd))
        stored = [pc.replace_with_mask(column, odd, other) for column, other in zip(stored, others, strict=True)]
        if bad is not None:
            bad = pc.replace_with_mask(pa.array([False] * len(texts)), odd, bad)
        return stored, bad

    def _distinct(self, kind: str, texts: pa.Array, stored_as: str = "") -> tuple[list[pa.Array], pa.Array | None]:
        """Read each distinct text once."""
        encoded = texts.dictionary_encode()
        found = self._each(kind, encoded.dictionary.to_pylist())
        types = _types(stored_as or kind)
        nothing = (None,) * len(types)
        columns = list(zip(*(nothing if row is None else row for row in found), strict=True)) or [()] * len(types)
        stored = [pa.array(values, type_).take(encoded.indices) for values, type_ in zip(columns, types, strict=True)]
        if None not in found:
            return stored, None
        bad = pa.array([row is None for row in found]).take(encoded.indices)
        return stored, pc.fill_null(bad, False)

    def _each(self, kind: str, texts: Sequence[str]) -> list[tuple[Any, ...] | None]:
        """Values of each text; None where it cannot be read."""
        known = self._known.setdefault(kind, {})
        if len(known) > _REMEMBERED:
            known.clear()
        read = self._identity if kind == "identity" else SIMPLE[kind]
        found: list[tuple[Any, ...] | None] = []
        for text in texts:
            if text in known:
                found.append(known[text])
                continue
            try:
                row: tuple[Any, ...] | None = read(text)
            except (ValueError, OverflowError):
                row = None
            if len(text) <= _LONGEST_REMEMBERED:
                known[text] = row
            found.append(row)
        return found

    def _identity(self, text: str) -> tuple[Any, ...]:
        number = identity.normal(identifier.restored(text))
        if identity.is_rounded(number):
            number = identity.without_rounding(number)
        if (shown := identity.shown(number)) is not None:
            # It fits many; whose it is cannot be said.
            text, facts = shown
            return None, text, facts.birth_year, facts.sex, facts.region, None
        facts = identity.facts(number)
        hashed = self.keyring.hash("identity", number)
        return hashed, identity.masked(number), facts.birth_year, facts.sex, facts.region, facts.is_valid


def _types(kind: str) -> list[pa.DataType]:
    return list(KINDS["text" if kind == "identifier" else kind].values())


def _times(texts: pa.Array) -> list[pa.Array]:
    local = pc.strptime(texts, format="%Y%m%d%H%M%S", unit="us", error_is_null=True)
    return [pc.cast(pc.subtract(pc.cast(local, pa.int64()), BEIJING_US), TIME)]


def _real_days(texts: pa.Array, plain: pa.Array) -> pa.Array:
    """Which of the plain times name a day that exists: Arrow reads 31 February as 3 March."""
    late = pc.and_(plain, pc.greater_equal(pc.utf8_slice_codeunits(texts, 6, 8), "29"))
    if not pc.any(late).as_py():
        return plain
    day = pc.day(pc.strptime(pc.if_else(late, texts, pa.scalar(None, pa.string())), format="%Y%m%d%H%M%S", unit="us", error_is_null=True))
    said = pc.cast(pc.if_else(late, pc.utf8_slice_codeunits(texts, 6, 8), pa.scalar(None, pa.string())), pa.int64())
    return pc.and_(plain, pc.fill_null(pc.equal(day, said), True))

"""Quality defects: what is wrong with a record that is kept all the same, by name, so that it can be counted and is never silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.catalog.columns import ListSpec
from sandan.record.values import code

# Defects by name, with what each says; `*_in_future` is one for each column that may say when a record could be known.
MEANINGS = {
    "unknown_currency": "records and lines with a currency that is neither ISO 4217 letters nor customs' number",
    "unreadable_goods_code": "records and lines with a commodity code that is no 8 or 10 digits of the tariff",
    "lost_barcode": "lines whose bar code lost its digits in a spreadsheet",
    "rounded_number": "records and lines with a long number that ends in noughts like all of its column: spreadsheets keep fifteen digits",
    "no_lines": "records without a line in a message that has to have one",
}
BETWEEN = "|"
_CURRENCIES = pa.array(sorted(code.all_currencies()), pa.string())
_GOODS_CODE = r"^[0-9]{8}([0-9]{2})?$"
# Columns of whole commodity codes; those of reference tables may be the first digits of many.
_WHOLE_CODES = frozenset({"gcode"})
# More digits than a spreadsheet's number has; those behind the fifteenth become noughts.
_LONG = r"^[0-9]{16,}$"
_ROUNDED = r"^[0-9]{15}0+$"
# From so many noughts in different numbers on they are not there by chance.
_TELLING_NOUGHTS = 6


@dataclass(slots=True)
class Defects:
    """Defects of the rows of one list, as they are found.

    Attributes:
        n: Number of rows.
        names: Names of the defects of each row that has any.
    """

    n: int
    names: dict[int, list[str]] = field(default_factory=dict)

    def add(self, name: str, mask: npt.NDArray[np.bool_] | pa.Array) -> None:
        """Count a defect of the rows of a mask; several columns with one defect count once."""
        rows = np.flatnonzero(mask if isinstance(mask, np.ndarray) else mask.to_numpy(zero_copy_only=False))
        for row in rows:
            named = self.names.setdefault(int(row), [])
            if name not in named:
                named.append(name)

    def look(self, spec: ListSpec, texts: Mapping[str, pa.Array], stored: Mapping[str, pa.Array]) -> None:
        """Find what the values of all rows show.

        Args:
            spec: Their list.
            texts: Columns as texts.
            stored: The same as the lake keeps them.
        """
        for column in spec.columns:
            name = column.name
            if column.kind == "currency":
                self._unless(pc.is_in(stored[name], _CURRENCIES), stored[name], "unknown_currency")
            elif name in _WHOLE_CODES:
                self._unless(pc.match_substring_regex(stored[name], _GOODS_CODE), stored[name], "unreadable_goods_code")
            elif column.kind == "barcode":
                lost = pc.match_substring_regex(
                    pc.if_else(pc.is_null(stored[name]), texts[name], None), r"^[0-9]+[.,]?[0-9]*[eE]\+?[0-9]+$"
                )
                if pc.any(lost).as_py():
                    self.add("lost_barcode", pc.fill_null(lost, False))

            if column.is_identifier or column.kind == "identity":
                self._rounded(texts[name])

    def _rounded(self, texts: pa.Array) -> None:
        long = texts.filter(pc.fill_null(pc.match_substring_regex(texts, _LONG), False))
        if not len(long) or not pc.all(pc.match_substring_regex(long, _ROUNDED)).as_py():
            return
        if pc.sum(pc.subtract(pc.utf8_length(pc.unique(long)), 15)).as_py() >= _TELLING_NOUGHTS:
            self.add("rounded_number", pc.fill_null(pc.match_substring_regex(texts, _ROUNDED), False))

    def _unless(self, is_good: pa.Array, values: pa.Array, name: str) -> None:
        bad = pc.and_(pc.is_valid(values), pc.invert(pc.fill_null(is_good, True)))
        if pc.any(bad).as_py():
            self.add(name, bad)

    def column(self, keep: npt.NDArray[np.bool_]) -> pa.Array:
        """The defects of the rows that are kept, as the lake keeps them: names apart by `|`; null for none."""
        texts: list[str | None] = [None] * self.n
        for row, names in self.names.items():
            texts[row] = BETWEEN.join(names)
        return pa.array(
            [text for text, kept in zip(texts, keep, strict=True) if kept] if self.names else [None] * int(keep.sum()), pa.string()
        )

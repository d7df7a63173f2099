"""Numbers as other people write them, in exact decimals."""

import functools
import re
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from sandan.record.values.commodities.unit import kilograms

_EXACT = Context(prec=120)
# Signs of currencies that stand before or behind an amount.
_AROUND = re.compile(r"^[\s¥￥$€£₩元]+|[\s¥￥$€£₩元圆]+$")
_LONGEST = 40
_SPACES = "[ \u00a0\u2009\u202f]"


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a column writes its numbers.

    Attributes:
        decimal: The decimal sign; "" for a point.
        thousands: The sign between groups of three digits; "" for none. A space stands for every kind of space.
        scale: Units of the target in one unit of the column.
        unit: The unit of a weight, which becomes kilograms; "" for none.
    """

    decimal: str = ""
    thousands: str = ""
    scale: Decimal | None = None
    unit: str = ""

    def read(self, text: str) -> str:
        """The number as the reference writes it.

        Raises:
            ValueError: It is not written in this form. `1.5` is none of a column whose decimal sign is the comma: it may be 1500.
        """
        plain = _AROUND.sub("", text)
        if self.unit and plain.casefold().endswith(self.unit.casefold()):
            plain = plain[: -len(self.unit)].rstrip()
        match = _pattern(self.decimal or ".", self.thousands).fullmatch(plain) if len(plain) <= _LONGEST else None
        if match is None:
            raise ValueError("not a number in this form")
        whole = re.sub(r"\D", "", match["whole"])
        value = _EXACT.create_decimal(f"{match['sign']}{whole}.{match['rest'] or '0'}{match['power'] or ''}")
        if self.scale is not None:
            value = _EXACT.multiply(value, self.scale)
        if self.unit:
            with localcontext(_EXACT):
                weight = kilograms(value, self.unit)
            if weight is None:
                raise ValueError("not a weight in this unit")
            value = weight
        written = format(value, "f")
        return written.rstrip("0").rstrip(".") if "." in written else written


@functools.lru_cache(64)
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    group = _SPACES if thousands.isspace() else re.escape(thousands)
    whole = rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+" if thousands else r"\d+"
    return re.compile(rf"(?P<sign>[+-]?)(?P<whole>{whole})(?:{re.escape(decimal)}(?P<rest>\d*))?(?P<power>[eE][+-]?\d{{1,2}})?", re.ASCII)

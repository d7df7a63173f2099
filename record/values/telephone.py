"""Telephone numbers."""

import re
import unicodedata

_PREFIX = re.compile(r"^(00)+")
_EMPTY = frozenset({"", "0", "无", "none", "null", "n/a"})


def normal(text: str) -> str | None:
    """Digits only, without the international prefix of a Chinese mobile number; None if there is no number.

    `+86 138-0013-8000`, `0086 13800138000` and `13800138000` are one number.
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    if folded in _EMPTY:
        return None
    digits = "".join(c for c in folded if c.isascii() and c.isdigit())
    if not digits.strip("0"):
        return None
    digits = _PREFIX.sub("", digits)
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits

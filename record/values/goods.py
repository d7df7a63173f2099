"""Names and bar codes of goods."""

import re

from sandan.record.values.text import folded

_NO_BARCODE = frozenset({"无", "none", "no", "null", "0", "/", "-"})
_NOT_NAME = re.compile(r"[^\w.%]+")


def normal(text: str) -> str | None:
    """The name in one writing: half width, small letters, words apart by one space; None if nothing is left."""
    return _NOT_NAME.sub(" ", folded(text)).strip() or None


def barcode(text: str | None) -> str | None:
    """The bar code, or None for one of the ways to say that there is none."""
    if text is None:
        return None
    code = "".join(folded(text).split())
    return None if not code or code in _NO_BARCODE else code

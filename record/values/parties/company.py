"""Names of companies."""

import re

from sandan.record.values.text import bare, folded, simplified

_CODE = re.compile(r"[0-9A-Z]{10}|[0-9A-Z]{18}")
# Two words for one form of company, which lists and seals use alike.
_LIMITED = re.compile("有限责任公司|有限責任公司")


def normal(text: str) -> str | None:
    """The name in one writing: simplified characters, half width, small letters, no spaces or signs; None if nothing is left.

    `跨境購（上海）有限責任公司` and `跨境购(上海)有限公司` are one. A code of customs (ten characters) or of the state (eighteen) stays a
    code, in capitals.
    """
    capital = "".join(folded(text).split()).upper()
    if _CODE.fullmatch(capital) and any(c.isdigit() for c in capital):
        return capital
    return _LIMITED.sub("有限公司", bare(simplified(folded(text)))) or None

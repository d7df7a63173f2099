"""Numbers and codes that name something: what spreadsheets and keyboards leave on them is taken off, what they lost is refused."""

import re
import unicodedata

# A cell that was typed as text: '2026…, `2026…, and the typographic signs that some programs make of them.
_APOSTROPHES = "'´‘’‛′‵＇ʹʼˊˋ"
_TEXT_SIGNS = _APOSTROPHES + "`｀"
_FORMULA = re.compile(r"""[=＝]\s*(?:T\(\s*)?["“”](.*?)["“”]\s*\)?""", re.DOTALL)
# A formula of a number alone is that number.
_BARE_FORMULA = re.compile(r"[=＝]\s*(\d+)", re.ASCII)
_QUOTED = re.compile(r"""["“”„‟″«「『【\[<]([^"“”„‟″«»「」『』【】\[\]<>]*)["“”‟″»」』】\]>]""")
# A number in groups of three, as a cell shows it.
_GROUPED = re.compile(r"\d{1,3}(?:[,，']\d{3}){2,}", re.ASCII)
# Left of a list in which it stood.
_LIST_SIGNS = ";,，；、。"
_POINT_NOUGHT = re.compile(r"(\d+)[.,]0+", re.ASCII)
_POWER = re.compile(
    r"[+-]?\d(?:[.,]\d*)?[eE]\+\d{1,3}|[+-]?\d+[.,]\d+[eE]\d{1,3}|[+-]?\d+(?:[.,]\d+)?\s*[x*×·]\s*10\s*(?:\^?\s*\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})",
    re.ASCII,
)
# A formula that the spreadsheet has not worked out.
_UNSOLVED = re.compile(r"[=＝]\s*[A-Za-z+(-].*", re.DOTALL)
# A binary fraction holds so many digits for certain; what stands behind them in a whole number that went through one is made up.
_SURE_DIGITS = 15
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HALF_WIDTH |= dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63), 0x2D)
# RE2 patterns, for whole columns: texts with a spreadsheet's sign on them, and numbers that are not in normal form for certain.
MARKED = rf"^[{_TEXT_SIGNS}\"“”„‟″«「『【\[<=＝]|[{_TEXT_SIGNS}\"“”]$"
ODD = rf"{MARKED}|[;,]|[x*]|[^!-~\x{{3400}}-\x{{9fff}}]|^[0-9]+[.,]0+$|^[+-]?[0-9]+([.,][0-9]*)?[eE]\+?[0-9]{{1,3}}$"


def normal(text: str) -> str | None:
    """The number or code in one writing: half width, without signs of text cells, without spaces in it; None if nothing is left.

    `'20261001`, `="20261001"`, `` `20261001 ``, `「20261001」`, `20,261,001`, `20261001;` and `20261001.0` are 20261001; digits of other
    scripts are ASCII's, dashes are hyphens. Spaces are no part of a number; between words, which have
    no digit, one stays.

    Raises:
        ValueError: As `restored`.
    """
    plain = text.translate(_HALF_WIDTH)
    if not plain.isascii():
        plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)
    plain = restored(plain)
    if any(c.isdigit() for c in plain):
        plain = plain.strip(_LIST_SIGNS)
        plain = re.sub(r"\D", "", plain) if _GROUPED.fullmatch(plain) else plain
    return ("" if any(c.isdigit() for c in plain) else " ").join(plain.split()) or None


def restored(text: str) -> str:
    """What stood in a cell before a spreadsheet or a data frame took it for a number or made it a text.

    Raises:
        ValueError: It lost digits on its way: `2.0261E+18`, or more than fifteen digits behind which `.0` shows a fraction; or it is a
            formula that nobody worked out.
    """
    plain = unmarked(text)
    if _UNSOLVED.fullmatch(plain):
        raise ValueError("a formula, not what it gives")
    if _POWER.fullmatch(plain):
        raise ValueError("written as a power of ten, its digits are lost")
    if match := _POINT_NOUGHT.fullmatch(plain):
        if len(match[1].lstrip("0")) > _SURE_DIGITS:
            raise ValueError("went through a fraction, its last digits are lost")
        return match[1]
    return plain


def unmarked(text: str, *, is_name: bool = False) -> str:
    """A text without the signs by which a spreadsheet keeps it a text: `="…"`, a leading apostrophe or backtick, quotes around it.

    Args:
        text: As written.
        is_name: Whether an apostrophe and quotes may be its own: 's-Hertogenbosch.
    """
    plain = text.strip()
    for _ in range(4):
        before = plain
        if match := _FORMULA.fullmatch(plain):
            plain = match[1].strip()
        if match := _BARE_FORMULA.fullmatch(plain):
            plain = match[1]
        if not is_name and (match := _QUOTED.fullmatch(plain)):
            plain = match[1].strip()
        bare = plain.lstrip("`｀" if is_name else _TEXT_SIGNS).strip()
        # Somebody closes what the sign seemed to open: '2026…'.
        # Or it stands behind alone.
        is_closed = not is_name and (bare != plain or any(c.isdigit() for c in bare))
        plain = bare.rstrip(_TEXT_SIGNS).strip() if is_closed else bare
        if plain == before:
            break
    return plain

"""Telephone numbers that a platform lends a parcel, so that its carrier never sees the receiver's.

Many share a mobile or service number, and the digits beside it lead to one of them: `18473461913-7804`, `18473461913转7804`,
`(+86)184-7346-1913[7804]`, `拨打18473461913按7804`, `[7804]18473461913`.
"""

import re

# Between the two in normal form.
SIGN = "#"
# A text that tells it says little else.
_LONGEST = 120
# Country code and trunk nought in every wrapping: (+86), [86], +86(0), 0086-0.
_COUNTRY = r"(?:[(\[{]? ?(?:\+|00 ?|\+00)?86 ?[)\]}]?[ :_.+-]{0,3}){0,2}(?:\(0\)|0)?[ -]{0,2}"
_APART = "[ ./·_-]{0,2}"
_MOBILE = rf"[(\[]?1[3-9]\d[)\]]?(?:{_APART}\d){{8}}"
_SERVICE = rf"95\d{{3,13}}|[48]00(?:{_APART}\d){{7}}"
_WORDS = (
    "请|先|再|后|後|按键?|拨打?|撥打?|转接?|轉接?|接|分机号?码?|分機號?碼?|内线|內線|输入|提取|加|键|码|号|密码|[末尾]?四?[位号]|电话|手机|联系|收件人?|"
    "虚拟号?|隐私号?|ext(?:ension|n)?|pin|code|tel|phone|mobile|to|x|p|w"
)
_STRAY = r"[^\w+]|_"
# Digits that begin another number are no one's: an area code, a mobile.
_OTHER_NUMBER = r"(?!0\d{2,3}[) -]{1,2}\d{7}|1[3-9]\d{9})"
# Digits that stand straight behind, as a third part of something (…-7804-1), are of no known form.
_END = r"(?![ .-]?\d)"
_BESIDE = re.compile(
    rf"[^\d+]{{0,20}}?{_COUNTRY}(?P<number>{_MOBILE}|{_SERVICE})(?!\d)"
    rf"(?:(?:{_WORDS}|{_STRAY}){{1,12}}{_OTHER_NUMBER}(?:(?P<short>\d{{1,2}})(?:{_WORDS}|{_STRAY}){{0,6}}$|(?P<signed>\d{{3,6}}){_END})"
    rf"|(?:{_WORDS}|[^\d+]){{1,16}}{_OTHER_NUMBER}(?P<said>\d{{3,6}})\D{{0,12}}$|\+(?P<added>\d{{3,6}})$)"
)
# Mobile number and four digits in one piece, as a column of numbers keeps them.
_ONE_PIECE = re.compile(r"(1[3-9]\d{9})(\d{4})")
_BEFORE = re.compile(
    rf"[(\[{{<【《]? ?(?!(?:0\d{{2,3}}|85[23]|886)[-/,:])(\d{{3,6}}) ?(?:[)\]}}>】》#,:/-]|转接?)[ ]?{_COUNTRY}({_MOBILE})(?!\d)\D{{0,12}}"
)
# Digits of the extension of which a part is hidden: -****, 转78**, (**04).
_TO = r"转接?|轉接?|接|分机号?|分機號?|ext\.?|[-,;:/~ (\[【<]"
_HIDDEN = re.compile(rf"[^\d+]{{0,20}}?{_COUNTRY}{_MOBILE}(?!\d)(?:{_TO}){{1,6}}\d{{0,5}}[*x?×●■□○△▲◆☆★_]{{2,6}}\d{{0,4}}\D{{0,3}}")
# Digits of the extension in Chinese: 转七八零四.
_SPELT = re.compile("(?<=[转轉机機按])[ :]?[〇零一二三四五六七八九幺]{3,6}")
_CHINESE = dict(zip("〇零一二三四五六七八九幺", "001234567891", strict=True))


def read(text: str) -> str | None:
    """A lent number with its digits, `18473461913#7804`; None if the text is none.

    Args:
        text: Half width, in small letters.
    """
    if len(text) > _LONGEST:
        return None
    if not text.isascii():
        text = _SPELT.sub(lambda match: "".join(_CHINESE.get(c, "") for c in match[0]), text)
    if found := _BESIDE.match(text):
        groups = found.groupdict()
        return f"{_digits(groups['number'])}{SIGN}{groups['short'] or groups['signed'] or groups['said'] or groups['added']}"
    if found := _BEFORE.fullmatch(text):
        return f"{_digits(found[2])}{SIGN}{found[1]}"
    found = _ONE_PIECE.fullmatch(text)
    return f"{found[1]}{SIGN}{found[2]}" if found else None


def is_hidden(text: str) -> bool:
    """Whether digits that lead to one of those who share a lent number are masked: it is nobody's then."""
    return len(text) <= _LONGEST and _HIDDEN.fullmatch(text) is not None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())

"""Values of which somebody hid a part: `138****1234`, `张*三`, `110101********1234`, `某某小区`. They fit many and name nobody."""

import re

# Signs that programs write over what they hide; a middle dot is none of them, it is a part of names.
_SHAPES = "".join(
    map(chr, (*range(0x2580, 0x2600), 0x2610, 0x2611, 0x2612, *range(0x2715, 0x2719), *range(0x2731, 0x273E), 0x2B1B, 0x2B1C))
)
_SIGNS = f"*×※★☆∗⁎♦⬤⭐¤＊{_SHAPES}"
# The same sign three times, whatever it is, between what is shown: 330106----4475.
_REPEATED = r"(?P<sign>[^\w\s])(?P=sign){2,}"
_WORDS = "已?隐藏|已?脱敏|保密|省略|年月日|某+"
_DOTS = "[•·∙・‧]{2,}"
_TELEPHONE = re.compile(rf"[{_SIGNS}]|{_DOTS}|x{{2,}}|#{{2,}}|\?{{2,}}|_{{2,}}|\.{{3,}}|…", re.IGNORECASE)
_IDENTITY = re.compile(
    rf"[{_SIGNS}]|{_DOTS}|x{{3,}}|\?{{2,}}|_{{2,}}|#{{2,}}|\.{{3,}}|…|{_REPEATED}|(?<=\d)(?:{_WORDS})+(?=[\dX])", re.IGNORECASE
)
_HAN = "㐀-鿿豈-﫿𠀀-𱍏"
# 张某, 张XX, 张_三, 张?三, X先生; letters alone are somebody's name.
_NAME = re.compile(
    rf"[{_SIGNS}\ufffd]|{_DOTS}|[{_HAN}]某|^某|[{_HAN}][x_?]|^[x_?]+[{_HAN}]|^x{{2,}}$|\.{{3,}}|…|(?:^|[^a-z])x{{3,}}(?:$|[^a-z])",
    re.IGNORECASE,
)
# 2*3 is a house and a flat, **路 and *号 are hidden; XX between Latin words is a Roman number.
_ADDRESS = re.compile(
    rf"[{_SIGNS}]{{2,}}|{_DOTS}|(?<![0-9a-z])[{_SIGNS}]|[{_SIGNS}](?![0-9a-z])|某+(?:小区|[号室幢栋楼村])|[{_HAN}]x{{2,}}|x{{2,}}[{_HAN}]|x{{4,}}|\.{{6,}}|…{{2,}}|\ufffd{{2,}}|"
    rf"[{_HAN}]_{{2,}}|[{_HAN}]\?{{2,}}",
    re.IGNORECASE,
)  # fmt: skip
_HIDDEN_OF_NAME = re.compile(rf"(?:[{_SIGNS}某x_]|[^\w])+", re.IGNORECASE)
_HAN_ONLY = re.compile(f"[{_HAN}]+")
_WHOLE_NUMBER = 11


def is_telephone(text: str) -> bool:
    """Whether digits of a telephone number, half width, are hidden; signs around a whole number hide nothing."""
    if not _TELEPHONE.search(text):
        return False
    inner = text.strip(f"{_SIGNS}xX#?_.…•· ")
    return bool(_TELEPHONE.search(inner)) or sum(c.isdigit() for c in inner) < _WHOLE_NUMBER


def shown_of_identity(number: str) -> tuple[str, str] | None:
    """What a masked identity number shows before the first and behind the last sign; None if nothing is hidden."""
    hidden = list(_IDENTITY.finditer(number))
    return (number[: hidden[0].start()], number[hidden[-1].end() :]) if hidden else None


def is_name(text: str) -> bool:
    """Whether a part of a person's name, half width, is hidden."""
    return bool(_NAME.search(text))


def shown_of_name(text: str) -> list[str] | None:
    """The parts of a masked name, in half width and without title, that can be read: between two of them something is hidden.

    An empty part stands for an end at which nothing is shown. None where nothing is hidden, nothing shown, or the name is no Chinese one.
    """
    shown = _HIDDEN_OF_NAME.split(text)
    is_told = len(shown) > 1 and any(shown) and all(_HAN_ONLY.fullmatch(part) for part in shown if part)
    return shown if is_told else None


def shown_of_address(text: str) -> str | None:
    """What an address, half width, says before its first hidden part; None if nothing is hidden."""
    hidden = _ADDRESS.search(text)
    return text[: hidden.start()] if hidden else None

"""Stand-ins for nothing: what programs and people write where they have no value. One list for every column of every list."""

# In small letters and half width. `na` is not among them: the letters of Namibia, and somebody's name.
_WORDS = frozenset(
    "null (null) <null> [null] none (none) nil nan <na> <nan> #n/a n/a n.a. n.a undefined nat \\n - -- --- ---- – — —— _ / // \\ . .. ... "
    "… ? ?? ??? ???? 无 無 (无) (空) 空 空值 空白 未知 不详 不明 暂无 没有 未填 未填写 未提供 未录入 无数据 暂缺 缺失 不适用 待定 unknown "
    "missing empty blank nothing \"\" '' “” ‘’ 不填 不提供 无法提供 （无） （空） （無） 未留 保密 匿名 隐藏 已隐藏 已脱敏 未公开".split()
)
# What spreadsheets and R write, and nobody else: only in these letters.
_EXACT = frozenset({"NA", "#NULL!", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!"})
# Kinds of columns in which nought is no value, as it is in amounts.
ZEROLESS = frozenset(
    {"code", "goods code", "currency", "country", "name", "telephone", "address", "goods", "barcode", "identity", "time", "day"}
)
_ZERO_DAYS = frozenset({"0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "0000-00-00t00:00:00"})


_LONGEST = 24


def _wide(word: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


# The same for whole columns: in small letters, and as they are.
WORDS = frozenset(_WORDS | {_wide(word) for word in _WORDS if word.isascii()})
EXACT = _EXACT
ZEROES = frozenset({"0" * n for n in range(1, 21)} | {"0.0", "0.00", "0.00000", "０", "００", "０００"} | _ZERO_DAYS)


def is_nothing(text: str | None, *, is_zeroless: bool = False) -> bool:
    """Whether a text is empty or one of the ways to say that there is nothing.

    Args:
        text: As written.
        is_zeroless: Whether nought says the same: it does for codes, names, numbers of persons and telephones, not for amounts.
    """
    plain = (text or "").strip()
    if not plain or plain in EXACT:
        return True
    plain = plain.lower() if len(plain) <= _LONGEST else plain
    return plain in WORDS or (is_zeroless and plain in ZEROES)

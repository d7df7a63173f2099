"""Stand-ins for nothing: what programs and people write where they have no value. One list for every column of every list."""

import re

# In small letters and half width. `na` is not among them: the letters of Namibia, and somebody's name.
_WORDS = frozenset(
    "null (null) <null> [null] none (none) nil nan <na> <nan> #n/a n/a n.a. n.a undefined nat \\n - -- --- ---- – — —— _ / // \\ . .. ... "
    "… ? ?? ??? ???? 无 無 (无) (空) 空 空值 空白 未知 不详 不明 暂无 没有 未填 未填写 未提供 未录入 无数据 暂缺 缺失 不适用 待定 unknown "
    "missing empty blank nothing unknow unkown tbd hidden masked redacted \"\" '' “” ‘’ 不填 不提供 无法提供 "
    "（无） （空） （無） 未留 保密 匿名 隐藏 已隐藏 已脱敏 未公开 "
    "无无 无名 无名氏 无内容 无此项 无信息 无资料 暂无数据 暂无信息 数据缺失 "
    "无法识别 未知姓名 未知地址 未知人 不便提供 个人隐私 不詳 無資料 無數據 沒有 暫無 未填寫 "
    "dbnull system.dbnull dbnull.value nul void \\\\n /n 沒有填寫 なし 無し ナシ 不明 未記入 없음 없슴 미상 해당없음 нет".split()
)
# What programs and people put around such a word, or write behind it.
_AROUND = ("()", "（）", "[]", "［］", "{}", "<>", "【】", "「」", "《》", "“”", "‘’", '""', "''", "``", "--", ("--", "--"), ("——", "——"))
_BEHIND = (".", "。", "!", ";", ",", "，", "；")
# A text of nothing but these is a stroke that somebody drew through the field, or a cell too narrow for its value.
_STROKES = r"[-–—―−－ー_/\\.·…~～〜,，。、!！?？#|+:;=^\s]+"
_ONLY_STROKES = re.compile(_STROKES)
# What spreadsheets and R write, and nobody else: only in these letters.
_EXACT = frozenset({"NA", "#NULL!", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "=NA()", "#CALC!", "#SPILL!", "#GETTING_DATA"})
# Kinds of columns in which nought is no value, as it is in amounts.
ZEROLESS = frozenset(
    {"code", "goods code", "currency", "country", "name", "telephone", "address", "goods", "barcode", "identity", "time", "day"}
)
# The first day that a database, a spreadsheet or a program knows: it is what they make of an empty field.
_FIRST_DAYS = ("0000-00-00", "1753-01-01", "1899-12-30", "1900-01-00", "1900-01-01", "1970-01-01")
# On which something begins, it says that it has always been so.
ALWAYS = frozenset(
    day for first in ("1753-01-01", "1900-01-01", "1970-01-01") for day in (first, first.replace("-", "/"), first.replace("-", ""))
)
_ZERO_DAYS = frozenset(
    f"{day}{clock}"
    for first in _FIRST_DAYS
    for day in (first, first.replace("-", "/"))
    for clock in ("", " 00:00", " 00:00:00", "t00:00:00", "t00:00:00z", " 00:00:00.0", " 00:00:00.000")
) | {"1970-01-01 08:00:00", "1970-01-01t08:00:00", "1970/01/01 08:00:00", "19700101080000"}


LONGEST = 24  # characters


def _wide(word: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


# The same for whole columns: in small letters, and as they are.
_PLAIN = [word for word in _WORDS if len(word) > 1 and word[0].isalpha()] + ["无", "無", "空"]
WORDS = frozenset(
    _WORDS
    | {_wide(word) for word in _WORDS if word.isascii()}
    | {f"{around[0]}{word}{around[1]}" for word in _PLAIN for around in _AROUND}
    | {f"{word}{sign}" for word in _PLAIN for sign in _BEHIND}
    | {f"={sign}{word}{sign}" for word in ("", "null", "none", "nan", "n/a") for sign in ("", '"')}
    | {f"{word}{sign}{word}" for word in ("null", "none", "nan", "undefined", "无") for sign in ",;/| "}
)
STROKES = f"^{_STROKES}$"
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
    plain = plain.lower() if len(plain) <= LONGEST else plain
    return plain in WORDS or (len(plain) <= LONGEST and _ONLY_STROKES.fullmatch(plain) is not None) or (is_zeroless and plain in ZEROES)

"""What other people call the columns of the reference, and how near two names are."""

import functools
import importlib.resources
import re
import tomllib
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

# Units and currencies that headers carry, `Weight (lb)` or `金额(分)`: unit of weight, or scale and currency.
UNITS: dict[str, str] = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms", "公斤", "千克"), "kg"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramm", "克"), "g"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "磅"), "lb"),
    **dict.fromkeys(("oz", "ounce", "ounces", "盎司"), "oz"),
    **dict.fromkeys(("t", "ton", "tons", "tonne", "吨"), "t"),
    **dict.fromkeys(("斤", "市斤"), "斤"),
}
# What a header says of money -> currency ("" if it is not said) and scale ("" for whole units).
MONEY: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("元", "+元", "-元", "人民币", "人民币元", "rmb", "cny", "¥"), ("CNY", "")),
    **dict.fromkeys(("分", "fen"), ("CNY", "0.01")),
    "角": ("CNY", "0.1"),
    "万元": ("CNY", "10000"),
    **dict.fromkeys(("cent", "cents", "minor", "minor units"), ("", "0.01")),
    **dict.fromkeys(("usd", "us$", "美元"), ("USD", "")),
    **dict.fromkeys(("eur", "€", "euro", "欧元"), ("EUR", "")),
    **dict.fromkeys(("gbp", "£", "英镑"), ("GBP", "")),
    **dict.fromkeys(("jpy", "日元"), ("JPY", "")),
    **dict.fromkeys(("hkd", "港币"), ("HKD", "")),
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"[(\[{（【]([^)\]}）】]{1,20})[)\]}）】]")
_LEAST_LIKE = 0.72


@functools.cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(importlib.resources.files("sandan.ingest.foreign").joinpath("names.toml").read_text(encoding="utf-8"))


@functools.cache
def country_names() -> dict[str, str]:
    """Names of countries, in plain small words -> ISO letters."""
    return {words(name): iso for iso, names in _data()["countries"].items() for name in names}


# Headings of export lists that no import list has, by list: a table that says none of them and has no flow is one of imports.
_OF_EXPORT: dict[str, frozenset[str]] = {
    "orders": frozenset(),
    "payments": frozenset({"收款金额", "到账时间"}),
    "waybills": frozenset({"电商企业代码", "电商企业名称", "电商企业电话"}),
    "inventories": frozenset(
        "出口日期 出口口岸代码 收发货人代码 收发货人名称 生产销售单位代码 生产销售单位名称 运抵国 指运港代码 电子口岸编号 企业唯一编号 "
        "总包号 运费币制 保费币制 申报业务类型".split()
    ),
    "inventory_items": frozenset({"企业唯一编号", "目的国"}),
}
_LEAST_OF_EXPORT = 2


def is_export(list_name: str, headers: Iterable[str]) -> bool:
    """Whether the headers of a table are those of an export list of the specification."""
    return len({words(header) for header in headers} & _OF_EXPORT.get(list_name, frozenset())) >= _LEAST_OF_EXPORT


@functools.cache
def _headings() -> dict[str, dict[str, list[str]]]:
    """Plain heading -> columns, by list."""
    text = importlib.resources.files("sandan.ingest.foreign").joinpath("headings.toml").read_text(encoding="utf-8")
    made: dict[str, dict[str, list[str]]] = {}
    for name, columns in tomllib.loads(text).items():
        for column, headings in columns.items():
            for heading in headings:
                made.setdefault(name, {}).setdefault(words(heading), []).append(column)
    return made


def column_of(list_name: str, header: str, *, export: bool = False) -> str:
    """The column of a list that a header names in customs' own words, or a post's or payment service's; "" for none.

    One heading may stand for two columns, of the import list and of the export list: `export` says which.
    """
    known, plain = _headings().get(list_name, {}), words(header)
    unit, currency, scale = hints(header)
    shorter = " ".join(plain.split()[:-1]) if unit or currency or scale else ""
    found = known.get(plain) or known.get(shorter) or [""]
    return found[-1 if export else 0]


# What the other side is called: a column of one side never comes from a heading of the other.
_SENDING = re.compile(
    r"\b(?:dispatch|origin|export(?:er|ing)?|departure|sender|shipper|consignor|seller|from)\b|起运|启运|原产|发运|出口国|寄件|寄方|发件|发货|출발|적출|원산|발송|송하|수출국"
)
_RECEIVING = re.compile(
    r"\b(?:destination|import(?:er|ing)?|receiver|recipient|addressee|consignee|delivery|ship to)\b|"
    r"收件|收货|收方|目的|运抵|指运|수하|수취|도착|수입국"
)


def is_opposed(column: str, header: str) -> bool:
    """Whether a header is that of the other side of the trade: `Country of dispatch` is no `receiver_country`."""
    plain = words(header)
    is_sent, is_received = bool(_SENDING.search(plain)), bool(_RECEIVING.search(plain))
    if column.startswith(("receiver_", "consignee")):
        return is_sent and not is_received
    return column.startswith("sender_") and is_received and not is_sent


def words(header: str) -> str:
    """A header as plain small words: `orderNo`, `ORDER_NO` and `Order-No.` give `order no`; what stands in brackets is left out."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _BRACKETS.sub(" ", header)))
    return " ".join(re.sub(r"[\W_]+", " ", text).casefold().split())


def hints(header: str) -> tuple[str, str, str]:
    """Unit of weight, currency and scale that a header names; "" for what it does not."""
    text = unicodedata.normalize("NFKC", header)
    said = [match.strip().casefold() for match in _BRACKETS.findall(text)]
    # A last word counts like brackets, `weight_g`, `amount cents`, but a lone t says nothing.
    plain = words(header).split()
    said += [word for word in plain[-1:] if len(plain) > 1 and word != "t"]
    unit = next((UNITS[part] for part in said if part in UNITS), "")
    currency, scale = next((MONEY[part] for part in said if part in MONEY), ("", ""))
    return unit, currency, scale


def likeness(column: str, header: str) -> float:
    """How near a header is to the names of a column, in [0, 1]; 1 for the same words, 0 for names that share nothing."""
    plain = words(header)
    unit, currency, scale = hints(header)
    shorter = " ".join(plain.split()[:-1])
    # Without its unit a header says as much.
    found = [_nearest(column, plain)] if plain else [0.0]
    if shorter and (unit or currency or scale):
        found.append(_nearest(column, shorter))
    return max(found)


@functools.lru_cache(100_000)
def _nearest(column: str, plain: str) -> float:
    return max(_near(words(name), plain) for name in (column, *_data()["columns"].get(column, ())))


def _near(name: str, plain: str) -> float:
    joined, other = name.replace(" ", ""), plain.replace(" ", "")
    if joined == other or sorted(name.split()) == sorted(plain.split()):
        return 1.0
    like = max(fuzz.ratio(joined, other), fuzz.token_sort_ratio(name, plain)) / 100
    # A known name inside a longer header: `Consignee name (full)`, `收件人姓名1`.
    long = len(joined) >= (2 if not joined.isascii() else 5)
    if long and (f" {name} " in f" {plain} " or (not joined.isascii() and joined in other)):
        like = max(like, 0.75 + 0.2 * len(joined) / max(len(other), 1))
    return min(like, 0.95) if like >= _LEAST_LIKE else 0.0

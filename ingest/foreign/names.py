"""What other people call the columns of the contract, and how near two names are."""

import functools
import importlib.resources
import re
import tomllib
import unicodedata

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
    **dict.fromkeys(("元", "人民币", "rmb", "cny", "¥"), ("CNY", "")),
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
    # A telling name inside a longer header: `Consignee name (full)`, `收件人姓名1`.
    long = len(joined) >= (2 if not joined.isascii() else 5)
    if long and (f" {name} " in f" {plain} " or (not joined.isascii() and joined in other)):
        like = max(like, 0.75 + 0.2 * len(joined) / max(len(other), 1))
    return min(like, 0.95) if like >= _LEAST_LIKE else 0.0

"""Recorded brands in what was sold and in what was declared."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

Brand = tuple[str, tuple[re.Pattern[str], ...], tuple[str, ...]]
# Shorter names are too near to ordinary words.
_LONG_NAME = 6
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class BrandTexts:
    """What the texts of consignments say of recorded brands.

    Attributes:
        declared: bool [n]; a recorded brand stands in the declared name or description.
        pointing: bool [n]; the shop's own words name a recorded brand that the declaration leaves out, or the declaration writes one
            so that a search does not find it ("Fer-nwick").
        expected: float64 [n] in [0, 1]; how often goods described like this carry a brand elsewhere.
        brand: The brand that the goods point at most, or empty.
    """

    declared: npt.NDArray[np.bool_]
    pointing: npt.NDArray[np.bool_]
    expected: npt.NDArray[np.float64]
    brand: list[str]


def read_brands(
    declared: Sequence[str],
    sold: Sequence[str],
    codes: Sequence[str],
    group: npt.NDArray[np.int64],
    brands: Sequence[Mapping[str, str | None]],
) -> BrandTexts:
    """Look for recorded brands, and for goods that are usually sold under one.

    Args:
        declared: Declared names and descriptions, one text per consignment.
        sold: The shop's names, same order; empty where unknown.
        codes: Goods codes, `|`-separated; empty where unknown.
        group: int64 [n]; consignments of one group do not witness for each other.
        brands: Rows with `brand`, `aliases`, `hs_prefixes`.
    """
    names = [(str(b["brand"]), _aliases(b), tuple(p.strip() for p in (b["hs_prefixes"] or "").split("|") if p.strip())) for b in brands]
    found = {text: _first(text, names) for text in {*declared, *sold}}
    in_declared = np.array([bool(found[text]) for text in declared], dtype=bool)
    disguised = {text: "" if found[text] else _disguised(text, names) for text in set(declared)}
    left_out = np.array([bool(found[s] or disguised[d]) and not found[d] for s, d in zip(sold, declared, strict=True)], dtype=bool)
    words = [(*_words(text, names), *_chapters(code, names)) for text, code in zip(declared, codes, strict=True)]
    expected, brand = _expected(words, [found[d] or found[s] for d, s in zip(declared, sold, strict=True)], group)
    for i in np.flatnonzero(left_out).tolist():
        expected[i], brand[i] = 1.0, disguised[declared[i]] or found[sold[i]]
    return BrandTexts(in_declared, left_out, expected, brand)


def _aliases(row: Mapping[str, str | None]) -> tuple[re.Pattern[str], ...]:
    texts = {t.strip().casefold() for t in (str(row["brand"]), *(row["aliases"] or "").split("|")) if len(t.strip()) > 1}
    # A Latin name must stand alone: "gap" is not in "gapless"; Chinese has no gaps between words.
    return tuple(re.compile(rf"(?<![a-z0-9]){re.escape(t)}(?![a-z0-9])" if t.isascii() else re.escape(t)) for t in sorted(texts))


def _first(text: str, names: Sequence[Brand]) -> str:
    folded = text.casefold()
    return next((name for name, patterns, _ in names if any(p.search(folded) for p in patterns)), "")


def _disguised(text: str, names: Sequence[Brand]) -> str:
    """The brand that a text writes with gaps in it or with one letter changed; empty for none."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    runs = {"".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    for name, _, _ in names:
        plain = re.sub(r"[^a-z0-9]", "", name.casefold())
        if len(plain) >= _LONG_NAME and any(
            abs(len(run) - len(plain)) <= 1 and OSA.distance(run, plain, score_cutoff=1) <= 1 for run in runs
        ):
            return name
    return ""


def _words(text: str, names: Sequence[Brand]) -> tuple[str, ...]:
    """Words of a description without brands: Latin words of three letters or more, pairs of Chinese characters."""
    folded = text.casefold()
    for _, patterns, _ in names:
        for pattern in patterns:
            folded = pattern.sub(" ", folded)
    words: set[str] = set()
    for run in _WORD.findall(folded):
        if run.isascii():
            if len(run) > 2 and not run.isdigit():
                words.add(run)
        else:
            words.update(run[i : i + 2] for i in range(len(run) - 1))
    return tuple(sorted(words))


def _chapters(codes: str, names: Sequence[Brand]) -> tuple[str, ...]:
    """Brands in whose chapters of the tariff the goods lie, as words."""
    own = [code for code in codes.split("|") if code]
    return tuple(f"hs:{name}" for name, _, prefixes in names if prefixes and any(code.startswith(prefixes) for code in own))


def _expected(
    words: Sequence[tuple[str, ...]], found: Sequence[str], group: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Share of branded consignments among others that use the most telling words of a description; and the brand they name."""
    total: dict[str, int] = defaultdict(int)
    branded: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    own_total: dict[tuple[int, str], int] = defaultdict(int)
    own_branded: dict[tuple[int, str], int] = defaultdict(int)
    for i, ws in enumerate(words):
        for w in ws:
            total[w] += 1
            own_total[int(group[i]), w] += 1
            if found[i]:
                branded[w][found[i]] += 1
                own_branded[int(group[i]), w] += 1
    expected, brand = np.zeros(len(words)), [""] * len(words)
    cache: dict[tuple[int, tuple[str, ...]], tuple[float, str]] = {}
    for i, ws in enumerate(words):
        key = (int(group[i]), ws)
        if key not in cache:
            rates = []
            for w in ws:
                n = total[w] - own_total[key[0], w]
                k = sum(branded[w].values()) - own_branded[key[0], w]
                # Drawn towards none: a word that two others use says little.
                rates.append((k / (n + 5.0), w))
            best = sorted(rates, reverse=True)[:2]
            telling = branded[best[0][1]] if best else {}
            named = max(telling.items(), key=lambda kv: (kv[1], kv[0]))[0] if telling else ""
            cache[key] = (float(np.mean([r for r, _ in best])) if best else 0.0, named)
        expected[i], brand[i] = cache[key]
    return expected, brand

"""What the same goods cost: with other sellers, and on the market."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from sandan.algorithms.prices.like_goods import fit
from sandan.algorithms.prices.names import nearest_names
from sandan.record.values.commodities.content import totals
from sandan.record.values.commodities.specification import Specification, specification
from sandan.record.values.text import bare, simplified

# Declarations and sellers from which the median of the peers is a reference.
_PEER_LINES, _PEER_SELLERS = 8, 3
# Articles of one name that others are compared with, the most usual: names that stand for hundreds of articles name none.
_ARTICLES = 200
# Shorter Latin names of brands stand in words.
_SHORTEST_BRAND = 3


def peer_prices(by_seller: pd.DataFrame, known: Mapping[str, Specification]) -> pd.DataFrame:
    """The median of the sellers' medians for the same goods, which one seller can not move.

    What a line leaves open may be anything that others state: the cheapest of these articles holds. Where no others sell the same pack,
    the nearest other pack is a bound, see `sandan.algorithms.prices.like_goods.fit`.

    Args:
        by_seller: goods_key, name_key, ebc_code, middle (CNY a piece), n (lines).
        known: Specification by goods_key.

    Returns:
        goods_key, peer and peer_high (CNY a piece; the dearest of the articles that fit, null where another pack was taken), n_peer
        (lines), peer_scaled (whether another pack was taken).
    """
    columns = ["goods_key", "peer", "peer_high", "n_peer", "peer_scaled"]
    if by_seller.empty:
        return pd.DataFrame(columns=columns).astype(
            {"goods_key": "string", "peer": float, "peer_high": float, "n_peer": "int64", "peer_scaled": bool}
        )
    by_seller = by_seller.assign(ebc_code=by_seller.ebc_code.fillna(""))
    pairs = pd.DataFrame(_pairs(by_seller, known), columns=["goods_key", "other", "factor", "distance"])
    exact = _medians(by_seller)
    pooled = pairs[pairs.distance == 0].merge(by_seller.rename(columns={"goods_key": "other"}).drop(columns="name_key"), on="other")
    sellers = pooled.groupby(["goods_key", "ebc_code"], as_index=False).agg(middle=("middle", "median"), n=("n", "sum"))
    same = _medians(sellers)
    pairs = pairs.merge(exact.rename(columns={"goods_key": "other"}), on="other")
    narrower = pairs[pairs.distance == 0].groupby("goods_key", as_index=False).agg(least=("peer", "min"), most=("peer", "max"))
    same = same.merge(narrower, on="goods_key", how="left")
    same["peer_high"] = same[["peer", "most"]].max(axis=1)
    same["peer"] = same[["peer", "least"]].min(axis=1)
    packs = pairs[(pairs.distance > 0) & ~pairs.goods_key.isin(same.goods_key)].assign(
        peer=lambda t: t.peer * t.factor, peer_high=float("nan")
    )
    packs = packs.sort_values(["goods_key", "distance", "peer", "other"]).drop_duplicates("goods_key")
    found = pd.concat([same.assign(peer_scaled=False), packs.assign(peer_scaled=True)])
    return found[columns].sort_values("goods_key", ignore_index=True)


def _medians(by_seller: pd.DataFrame) -> pd.DataFrame:
    found = by_seller.groupby("goods_key", as_index=False).agg(peer=("middle", "median"), n_peer=("n", "sum"), sellers=("n", "size"))
    return found[(found.n_peer >= _PEER_LINES) & (found.sellers >= _PEER_SELLERS)].drop(columns="sellers")


def _pairs(by_seller: pd.DataFrame, known: Mapping[str, Specification]) -> Iterable[tuple[str, str, float, float]]:
    usual: pd.DataFrame = by_seller.groupby(["name_key", "goods_key"], as_index=False).agg(n=("n", "sum"))
    usual = usual.assign(few=-usual.n).sort_values(["name_key", "few", "goods_key"])
    names = defaultdict[str, list[str]](list)
    for name, key in zip(usual.name_key.tolist(), usual.goods_key.tolist(), strict=True):
        names[name].append(key)
    for keys in names.values():
        for key in keys:
            yield key, key, 1.0, 0.0
            for other in keys[:_ARTICLES]:
                found = fit(known[key], known[other]) if other != key else None
                if found is not None:
                    yield key, other, found.factor, found.distance


def market_articles(
    seen: Iterable[tuple[str, str | None, str | None, str | None]], goods: pd.DataFrame, known: Mapping[str, Specification]
) -> pd.DataFrame:
    """Which articles of the market's price list are the goods of the lines.

    Args:
        seen: Distinct hs_code, item_name, brand, bar_code of the list.
        goods: Distinct goods_key and bar_code of lines that have a price by piece.
        known: Specification by goods_key.

    Returns:
        goods_key; article (number of the distinct row of `seen`); factor, distance as in `like_goods.fit`; article_kg (what the article
        holds, kg, null where it does not say).
    """
    listed = list(seen)
    specs = [specification((name,), None, brand) for _, name, brand, _ in listed]
    by_code, by_heading = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for place, (heading, _, _, code) in enumerate(listed):
        by_heading[heading[:6]].append(place)
        if code:
            by_code[code].append(place)
    named = {
        heading: _Names([specs[i].core for i in places], places, [listed[i][2] for i in places]) for heading, places in by_heading.items()
    }
    rows = []
    codes = defaultdict[str, list[str]](list)
    for key, code in zip(goods.goods_key.tolist(), goods.bar_code.tolist(), strict=True):
        codes[key] += [code] if isinstance(code, str) else []
    for key in sorted(codes):
        one, heading = known[key], key.split("|", 1)[0]
        places = {place for code in codes[key] for place in by_code.get(code, ())}
        places |= named[heading].like(one.core) if heading in named else set()
        for place in sorted(places):
            found = fit(one, specs[place])
            if found is not None:
                grams = totals(specs[place].content).get("g")
                rows.append((key, place, found.factor, found.distance, grams / 1000 if grams else None))
    return pd.DataFrame(rows, columns=["goods_key", "article", "factor", "distance", "article_kg"]).astype(
        {"goods_key": "string", "article": "int64", "factor": float, "distance": float, "article_kg": float}
    )


class _Names:
    """Names under one heading of the price list."""

    def __init__(self, cores: list[str], places: list[int], brands: list[str | None]) -> None:
        self._places = defaultdict[str, set[int]](set)
        for core, place in zip(cores, places, strict=True):
            self._places[core].add(place)
        self._brand = {place: bare(simplified(brand or "")) for place, brand in zip(places, brands, strict=True)}
        self._brands = {b for b in self._brand.values() if len(b) >= (_SHORTEST_BRAND if b.isascii() else 2)}

    def like(self, core: str) -> set[int]:
        """Places of the same name, else of those that are nearly the same; none of another brand of the list than the name bears."""
        cores = [core] if core in self._places else nearest_names(core, sorted(self._places))
        borne = {brand for brand in self._brands if brand in core}
        return {p for near in cores for p in self._places[near] if not borne or not self._brand[p] or self._brand[p] in borne}

"""Shipment clusters: parcels of one workshop under many names, brand left off, bound for few places."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from sandan.algorithms.groups.brands import BrandTexts, read_brands
from sandan.algorithms.groups.chance import SURE, Chance, days, false_discovery
from sandan.algorithms.network.communities import Communities
from sandan.algorithms.network.ties import Ties
from sandan.graph.view import GraphView

LEAST_PARCELS = 5
# A group of goods of which this share is one group of senders is that group.
_SAME = 0.8
# A few places: three at most, that take most of the parcels.
_MOST_PLACES, _MOST_OF = 3, 0.6


@dataclass(frozen=True, slots=True)
class Parcels:
    """What is known of the consignments that may be shipments, one entry each.

    Attributes:
        items: int64 [m], places in the view.
        declared, sold: Declared and shop's text.
        codes: Goods codes, `|`-separated.
        country: Destination.
        weight, value: kg, CNY; NaN where unknown.
    """

    items: npt.NDArray[np.int64]
    declared: Sequence[str]
    sold: Sequence[str]
    codes: Sequence[str]
    country: Sequence[str]
    weight: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shipment:
    """Parcels of one sender or of senders who share a telephone or an address.

    Attributes:
        items: Places of the parcels.
        n_senders: Different senders by name and telephone.
        n_shared: Telephones and addresses that several of them use.
        omitted: Parcels without a brand; `expected` how many would carry one if they were as other parcels of such goods.
        brand: The brand that the goods point at most.
        country: The commonest destination, with its share here and elsewhere.
        p_brand, p_place, p_sender: Chance of each sign; q-values after correction for the number of groups.
        pointing: Share of the parcels whose own texts point at the brand that the declaration leaves out.
        mark: The brand by which its parcels were gathered; "" for a group of senders, which may share parcels with one of those.
    """

    items: npt.NDArray[np.int64]
    n_senders: int
    n_shared: int
    omitted: int
    expected: float
    brand: str
    country: str
    share: float
    elsewhere: float
    span_days: float
    p_brand: float
    p_place: float
    p_sender: float
    q_brand: float = 1.0
    q_place: float = 1.0
    q_sender: float = 1.0
    pointing: float = 0.0
    mark: str = ""


def find_shipments(
    view: GraphView, ties: Ties, communities: Communities, parcels: Parcels, brands: Sequence[Mapping[str, str | None]], seed: int = 1
) -> list[Shipment]:
    """Look at every group of senders with several parcels.

    Each sign is held against parcels of the same goods (brand), all other parcels (destination), or random groups of the same size
    (likeness of text and weight); p-values are corrected for the number of groups.

    Source:
        `brand_omitted`, `destination_concentration`, `sender_cluster` of the domain notes; the POPMART case.
    """
    place = np.full(view.n, -1, dtype=np.int64)
    place[parcels.items] = np.arange(len(parcels.items))
    group = communities.label[parcels.items]
    group = np.where(group >= 0, group, communities.n + np.arange(len(group)))
    texts = read_brands(parcels.declared, parcels.sold, parcels.codes, group, brands)
    countries, country = np.unique(np.array([c or "" for c in parcels.country], dtype=str), return_inverse=True)
    likeness = _likeness(parcels, view.n)
    chance = Chance(parcels.items, view.known_at, seed)
    found = []
    candidates = [items[place[items] >= 0] for items in communities.members()]
    for mark, items in (*(("", items) for items in candidates), *_of_one_brand(parcels, texts, candidates)):
        if len(items) >= LEAST_PARCELS:
            looked = _looked_at(view, ties, items, place[items], texts, countries, country, likeness, chance, bool(brands))
            found.append(replace(looked, mark=mark))
    return _corrected(found)


def _of_one_brand(parcels: Parcels, texts: BrandTexts, seen: Sequence[npt.NDArray[np.int64]]) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """Parcels that point at one brand which they leave out, whoever sends them; those that one group of senders sent are seen already."""
    groups = []
    for brand in sorted({texts.brand[row] for row in np.flatnonzero(texts.pointing)} - {""}):
        items = parcels.items[[row for row in np.flatnonzero(texts.pointing) if texts.brand[row] == brand]]
        if max((np.isin(items, other).mean() for other in seen), default=0.0) < _SAME:
            groups.append((brand, items))
    return groups


def _looked_at(
    view: GraphView, ties: Ties, items: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], texts: BrandTexts,
    countries: npt.NDArray[np.str_], country: npt.NDArray[np.int64], likeness: npt.NDArray[np.int64], chance: Chance, any_brands: bool,
) -> Shipment:  # fmt: skip
    n = len(items)
    counts = np.bincount(country[rows], minlength=len(countries))
    all_counts = np.bincount(country, minlength=len(countries))
    few = _few_places(counts, all_counts, countries, n, len(country))
    branded, expected = int(texts.declared[rows].sum()), float(texts.expected[rows].sum())
    p_brand = float(stats.binom.cdf(branded, n, min(expected / n, 0.999))) if any_brands and expected > 0 else 1.0
    if texts.pointing[rows].mean() >= 0.5:
        p_brand = min(p_brand, 1e-3)
    party = ties.party[items]
    n_senders = len(np.unique(party))
    part = ties.incidence[items].tocoo()
    pairs = np.unique(np.stack([part.col.astype(np.int64), party[part.row]]), axis=1)
    n_shared = int((np.unique(pairs[0], return_counts=True)[1] >= 2).sum()) if pairs.size else 0
    p_sender = chance.alike(items, likeness) if n_senders >= 3 and n_shared else 1.0
    names = [texts.brand[r] for r in rows if texts.brand[r]]
    times = view.known_at[items]
    return Shipment(
        items, n_senders, n_shared, n - branded, expected, max(set(names), key=lambda b: (names.count(b), b)) if names else "",
        few.names, few.share, few.elsewhere, days(int(times.min()), int(times.max())), p_brand, few.p_value, p_sender,
        pointing=float(texts.pointing[rows].mean()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Places:
    """The countries to which most of a group goes, and the chance of that."""

    names: str
    share: float
    elsewhere: float
    p_value: float


def _few_places(
    counts: npt.NDArray[np.int64], all_counts: npt.NDArray[np.int64], countries: npt.NDArray[np.str_], n: int, n_all: int
) -> _Places:
    """The one, two or three commonest destinations that say most; each choice of countries is paid for in the p-value (Bonferroni)."""
    order = [int(c) for c in np.argsort(-counts, kind="stable") if countries[c] and counts[c]]
    n_known = int((countries != "").sum())
    best = _Places(str(countries[order[0]]) if order else "", 0.0, 0.0, 1.0)
    for k in range(1, min(_MOST_PLACES, len(order)) + 1):
        own = int(counts[order[:k]].sum())
        elsewhere = (int(all_counts[order[:k]].sum()) - own + 0.5) / (n_all - n + 1.0)
        p_value = min(1.0, float(stats.binom.sf(own - 1, n, min(elsewhere, 0.999))) * math.comb(n_known, k) * _MOST_PLACES)
        if own / n >= _MOST_OF and p_value < best.p_value:
            best = _Places(", ".join(str(countries[c]) for c in order[:k]), own / n, elsewhere, p_value)
    return best


def _corrected(found: list[Shipment]) -> list[Shipment]:
    q_brand, q_place, q_sender = ([*false_discovery([getattr(s, name) for s in found])] for name in ("p_brand", "p_place", "p_sender"))
    # A brand left off is asked first of the groups that stand out anyway: fewer questions, less to correct for.
    standing_out = [i for i in range(len(found)) if min(q_place[i], q_sender[i]) <= SURE]
    for i, q in zip(standing_out, false_discovery([found[i].p_brand for i in standing_out]), strict=True):
        q_brand[i] = min(q_brand[i], q)
    return [replace(s, q_brand=b, q_place=p, q_sender=q) for s, b, p, q in zip(found, q_brand, q_place, q_sender, strict=True)]


def _likeness(parcels: Parcels, n: int) -> npt.NDArray[np.int64]:
    """One code per item for description and weight to a tenth of a kilogram, -1 for items that are no parcels."""
    weights = np.nan_to_num(np.round(parcels.weight, 1), nan=-1.0)
    keys = np.array([f"{text}\x1f{weight}" for text, weight in zip(parcels.declared, weights, strict=True)], dtype=str)
    result = np.full(n, -1, dtype=np.int64)
    result[parcels.items] = np.unique(keys, return_inverse=True)[1]
    return result

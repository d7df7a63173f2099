"""Features of every consignment as of its own moment: the row, its findings, and what was known of its identifiers and community then.

Each row is looked at some days after it was declared, or on the date of the run if that comes first; rows that teach and rows that are
scored are so of the same age. Nothing that became known after that moment enters: no contact, no label, no community.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.network.aggregates import Contact, Timeline, before, merged, most, parties_on
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.ties import shared_identifiers
from sandan.algorithms.vocabulary.registry import registry
from sandan.graph.view import GraphView
from sandan.record.values.moment import DAY_US

# A row is looked at this many days after customs first knew of it: longer than the longest grace for a list, so that what is missing then
# is missing.
AGE_DAYS = 14.0
_RECENT_DAYS = 7.0
_SNAPSHOT_DAYS = 7.0
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KINDS: Mapping[str, tuple[str, ...]] = {
    "phone": ("OwnPhone", "DropPhone"),
    "address": ("Address",),
    "payer": ("Payer",),
    "account": ("Account",),
    "buyer": ("Buyer",),
    "sender": ("Sender",),
    "sender_phone": ("SenderPhone",),
    "sender_address": ("SenderAddress",),
    "seller": ("Seller",),
    "agent": ("Agent",),
    "goods": ("Goods",),
}
# Kinds that belong to one person; the others are businesses and goods, where many parties are the rule.
PERSONAL = ("phone", "address", "payer", "account", "sender", "sender_phone", "sender_address")
ROW = (
    "log_value", "log_weight", "log_price_ratio", "n_lines", "discount", "hours_paid", "hours_waybill", "alike", "export", "parcel",
    "order_only",
)  # fmt: skip
PER_KIND = ("items", "parties", "recent", "positive", "negative", "hop_value", "hop_parties", "hop_rules")
COMMUNITY = ("community_items", "community_parties", "community_recent")


def names() -> tuple[str, ...]:
    """Columns that look at the row alone, then those of its identifiers and its community; those of findings are the registry's."""
    flat = (*ROW, *(f"finding_{typology}" for typology in registry().ruled), "rules")
    return (*flat, *(f"{kind}_{stat}" for kind in KINDS for stat in PER_KIND), *COMMUNITY)


@dataclass(frozen=True, slots=True)
class Labels:
    """What officers found, by item.

    Attributes:
        items: int64 [m].
        positive: bool [m].
        known_at: int64 [m], microseconds.
        weight: float64 [m]; how many consignments each stands for: 1 / probability with which it was chosen, 1 where that is unknown.
    """

    items: Ints
    positive: npt.NDArray[np.bool_]
    known_at: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class Features:
    """One row per consignment.

    Attributes:
        values: float64 [n, len(names)]; NaN where unknown.
        names: Its columns.
        items: int64 [n]; place in the view, -1 for none.
        cut: int64 [n], microseconds; nothing later was used.
        settled: bool [n]; none of its own lists came after its moment, so that it teaches what a row of that age looks like.
        complete: float64 [items of the view, 2]; log value and log parties on its identifiers when the last list of each item had come.
        complete_at: int64 [items of the view], microseconds; when that was.
    """

    values: Floats
    names: tuple[str, ...]
    items: Ints
    cut: Ints
    settled: npt.NDArray[np.bool_]
    complete: Floats
    complete_at: Ints

    def columns(self, names: Sequence[str]) -> Floats:
        """Columns by name, float64 [n, len(names)]; NaN where there is no such column here."""
        place = {name: k for k, name in enumerate(self.names)}
        unknown = np.full(len(self.values), np.nan)
        found = [self.values[:, place[name]] if name in place else unknown for name in names]
        return np.stack(found, axis=1) if found else np.zeros((len(self.values), 0))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What an item tells of itself to those who share an identifier with it.

    Attributes:
        values: float64 [n, 3]; log value, log parties on its identifiers, strength of what its own lists show (absences left out,
            because those depend on the day).
        known_at: int64 [n], microseconds; when its last list had come: since then all of that is known.
    """

    values: Floats
    known_at: Ints


def make_features(
    view: GraphView, rows: Sequence[Mapping[str, Any]], ids: Sequence[str], findings: pa.Table, labels: Labels, as_of: dt.datetime
) -> Features:
    """Compute the features of all consignments of a run.

    Args:
        view: The graph as of the run's date.
        rows: Consignments with the columns of `sandan.algorithms.facts.facts` that `ROW` needs, `consignment_id`, `known_at`, `last_list`.
        ids: Node id of each consignment.
        findings: Findings on single consignments; those of groups are not used, they look at later members too.
        labels: Outcomes known by the date.
        as_of: The date.
    """
    items = view.places(pa.array(ids, pa.string())).astype(np.int64)
    end = round(as_of.timestamp() * 1_000_000)
    known = np.array([round(row["known_at"].timestamp() * 1_000_000) for row in rows], dtype=np.int64)
    cut = np.minimum(known + round(AGE_DAYS * DAY_US), end)
    last = np.array([round(row["last_list"].timestamp() * 1_000_000) if row["last_list"] else 0 for row in rows], dtype=np.int64)
    row_values = _rows(rows, findings)
    at = np.maximum(items, 0)
    # What a neighbour can tell: its value, what its own lists showed, how shared its identifiers were, all when it arrived.
    value_of, present_of = _by_item(view.n, items, row_values[:, 0]), _by_item(view.n, items, _present(rows, findings))
    last_of = np.zeros(view.n, dtype=np.int64)
    np.maximum.at(last_of, at[items >= 0], last[items >= 0])
    party = shared_identifiers(view).party
    contacts = {name: merged(view, kinds) for name, kinds in KINDS.items()}
    shared_of = np.zeros(view.n)
    for name in PERSONAL:
        c = contacts[name]
        parties = parties_on(c, party).count(c.targets, last_of[c.items]) * (c.times <= last_of[c.items])
        shared_of = np.maximum(shared_of, most(view.n, c.items, parties))
    tells = Neighbours(np.stack([np.nan_to_num(value_of), np.log1p(shared_of), np.nan_to_num(present_of)], axis=1), last_of)
    moments = np.zeros(view.n, dtype=np.int64)
    np.maximum.at(moments, at[items >= 0], cut[items >= 0])
    blocks = [row_values]
    for name in KINDS:
        blocks.append(_of_kind(view, contacts[name], party, moments, labels, tells)[at] * (items >= 0)[:, None])
    blocks.append(_of_community(view, cut, at, end) * (items >= 0)[:, None])
    return Features(np.concatenate(blocks, axis=1), names(), items, cut, last <= cut, tells.values[:, :2], tells.known_at)


def _rows(rows: Sequence[Mapping[str, Any]], findings: pa.Table) -> Floats:
    """Columns that look at the row alone."""

    def number(name: str) -> Floats:
        return np.array([np.nan if row.get(name) is None else float(row[name]) for row in rows], dtype=np.float64)

    kind = np.array([row["kind"] for row in rows], dtype=str)
    ratio = number("u_ratio")
    own = [
        np.log1p(np.maximum(number("declared_cny"), 0)),
        np.log1p(np.maximum(number("w_weight"), 0)),
        np.log(np.where(ratio > 0, ratio, np.nan)),
        *(number(name) for name in ("n_lines", "discount_share", "hours_paid", "hours_waybill", "alike")),
        np.array([row["flow"] == "export" for row in rows], float),
        (kind == "parcel").astype(float),
        (kind == "order").astype(float),
    ]
    place = {row["consignment_id"]: i for i, row in enumerate(rows)}
    ruled = {typology: k for k, typology in enumerate(registry().ruled)}
    scores = np.zeros((len(rows), len(ruled)))
    rest = np.ones(len(rows))
    strongest: dict[tuple[int, str], float] = {}
    for f in findings.select(["consignment_id", "typology", "cause", "score"]).to_pylist():
        i = place[f["consignment_id"]]
        if f["typology"] in ruled:
            column = ruled[f["typology"]]
            scores[i, column] = max(scores[i, column], f["score"])
        strongest[i, f["cause"]] = max(strongest.get((i, f["cause"]), 0.0), f["score"])
    for (i, _), score in strongest.items():
        rest[i] *= 1.0 - score
    return np.concatenate([np.stack(own, axis=1), scores, (1.0 - rest)[:, None]], axis=1)


def _present(rows: Sequence[Mapping[str, Any]], findings: pa.Table) -> Floats:
    """Strongest finding of each row that is not an absence."""
    best: dict[str, float] = {}
    reasons = registry().reasons
    for f in findings.select(["consignment_id", "reason", "score"]).to_pylist():
        if not reasons[f["reason"]].absence:
            best[f["consignment_id"]] = max(best.get(f["consignment_id"], 0.0), f["score"])
    return np.array([best.get(row["consignment_id"], 0.0) for row in rows])


def _by_item(n: int, items: Ints, values: Floats) -> Floats:
    result = np.full(n, np.nan)
    np.fmax.at(result, items[items >= 0], values[items >= 0])
    return result


def _of_kind(view: GraphView, c: Contact, party: Ints, moments: Ints, labels: Labels, tells: Neighbours) -> Floats:
    """Columns of `PER_KIND` for every item at its moment, the largest over its identifiers of one kind."""
    until = moments[c.items]
    known = c.times <= until
    everything = Timeline(c.targets, c.times, c.n_targets)
    n = everything.count(c.targets, until)
    parties = parties_on(c, party).count(c.targets, until)
    recent = n - everything.count(c.targets, before(until, _RECENT_DAYS))
    # A neighbour's values are known when the last of its lists has come.
    complete_at, complete = np.maximum(c.times, tells.known_at[c.items]), tells.values[c.items]
    own = (complete_at <= until).astype(np.float64)
    neighbours = Timeline(c.targets, complete_at, c.n_targets, complete)
    others = np.maximum(neighbours.count(c.targets, until) - own, 1.0)
    # Rounded: running sums differ in their last bits with what lies before them.
    hop = np.round((neighbours.total(c.targets, until) - complete * own[:, None]) / others[:, None], 9)
    found = []
    for positive in (True, False):
        labelled_at = np.full(view.n, np.iinfo(np.int64).max)
        chosen = labels.positive == positive
        np.minimum.at(labelled_at, labels.items[chosen], labels.known_at[chosen])
        has = labelled_at[c.items] < np.iinfo(np.int64).max
        outcomes = Timeline(c.targets[has], np.maximum(labelled_at[c.items[has]], c.times[has]), c.n_targets)
        # Its own outcome is what is to be learned, never a hint.
        mine = has & (np.maximum(labelled_at[c.items], c.times) <= until)
        found.append(outcomes.count(c.targets, until) - mine)
    values = np.concatenate([np.log1p(np.stack([n, parties, recent], axis=1)), np.stack(found, axis=1), hop], axis=1)
    return most(view.n, c.items, values * known[:, None])


def _of_community(view: GraphView, cut: Ints, at: Ints, end: int) -> Floats:
    """Size of the community of each consignment as it was seen at the last weekly look before its moment."""
    result = np.zeros((len(cut), len(COMMUNITY)))
    week = round(_SNAPSHOT_DAYS * DAY_US)
    looks = cut // week
    for look in np.unique(looks):
        moment = int(look) * week
        part = view.until(dt.datetime.fromtimestamp(moment / 1_000_000, dt.UTC))
        ties = shared_identifiers(part)
        labels = find_communities(ties).label
        rows = np.flatnonzero(looks == look)
        inside = labels >= 0
        n = int(labels.max(initial=-1)) + 1
        if not n:
            continue
        size = np.bincount(labels[inside], minlength=n)
        recent = np.bincount(labels[inside & (view.known_at > moment - week)], minlength=n)
        pairs = np.unique(np.stack([labels[inside], ties.party[inside]]), axis=1)
        parties = np.bincount(pairs[0], minlength=n)
        own = labels[at[rows]]
        counts = np.stack([size, parties, recent], axis=1)[np.maximum(own, 0)]
        result[rows] = np.log1p(counts) * (own >= 0)[:, None]
    return result

"""The figures of all indexes for a period."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sandan.algorithms.measurement.indexes import INDEXES, QUALITY
from sandan.algorithms.measurement.inspections import by_consignment
from sandan.algorithms.measurement.rates import Estimate, difference, middle, share, weighted_count, weighted_share
from sandan.record.values.moment import BEIJING, HOUR_S

GRADES = ("low", "medium", "high")
ALL = "all"
# Parts of `QUALITY` with their values.
Quality = tuple[tuple[str, Mapping[str, object]], ...]


def _said(name: str, **values: object) -> Quality:
    return ((name, values),)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: an index of a part, with what its data are worth."""

    index: str
    of: str
    estimate: Estimate
    quality: Quality
    days: tuple[str, str]

    @classmethod
    def made(cls, index: str, of: str, estimate: Estimate, quality: Quality, times: pd.Series) -> "Figure":
        """With the first and last day, in Beijing, of the data behind it."""
        days = (times.min(), times.max()) if len(times) else ()
        named = [f"{day.astimezone(BEIJING):%Y-%m-%d}" for day in days] or ["", ""]
        return cls(index, of, estimate, quality, (named[0], named[1]))


def trade_figures(alerts: pd.DataFrame, inspected: pd.DataFrame, start: dt.datetime | None, end: dt.datetime | None) -> Iterator[Figure]:
    """Every index that has data in a period.

    Args:
        alerts: The newest run's, of `sandan.algorithms.measurement.inspections.with_item`.
        inspected: From `sandan.algorithms.measurement.inspections.inspections`.
        start: Beginning of the period, included; None: of everything. Releases, inspections and when consignments became known count.
        end: Its end, included; None: of everything.
    """
    within = inspected[_within(inspected.inspected_at, start, end)]
    yield from _clearance(alerts[_within(alerts.released_at, start, end)])
    yield from _shares(alerts[(alerts.kind != "order") & _within(alerts.known_at, start, end)], inspected)
    yield from _hits(within)
    yield from _unbiased(by_consignment(within))
    yield from _budget(by_consignment(within))
    yield from _revenue(alerts, within, set(inspected.item))
    yield from _decay(within)


def _within(times: pd.Series, start: dt.datetime | None, end: dt.datetime | None) -> pd.Series:
    inside = times.notna()
    if start is not None:
        inside &= times >= start
    return inside & (times <= end) if end is not None else inside


def _parts(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """All rows, then those of each grade."""
    yield ALL, rows
    for grade in GRADES:
        yield f"grade:{grade}", rows[rows.grade == grade]


def _clearance(released: pd.DataFrame) -> Iterator[Figure]:
    for index, begin in (
        ("order_to_release", "ordered_at"), ("payment_to_release", "paid_at"), ("declaration_to_release", "declared_at"),
    ):  # fmt: skip
        hours = (released.released_at - released[begin]).dt.total_seconds() / HOUR_S
        timed = released.assign(hours=hours)[hours >= 0]
        for of, rows in _parts(timed):
            n_released = len(released if of == ALL else released[released.grade == of.removeprefix("grade:")])
            if len(rows):
                quality = _said("timed", n=len(rows), of=n_released)
                yield Figure.made(index, of, middle(rows.hours.to_numpy(float)), quality, rows.released_at)


def _shares(known: pd.DataFrame, inspected: pd.DataFrame) -> Iterator[Figure]:
    for of, rows in _parts(known):
        if len(rows):
            yield _counted(of, rows, rows.item.isin(set(inspected.item)))
    for method, own in inspected.groupby("method"):
        if len(known):
            yield _counted(f"method:{method}", known, known.item.isin(set(own.item)))


def _counted(of: str, rows: pd.DataFrame, is_inspected: pd.Series) -> Figure:
    value = _plain(float(is_inspected.mean()), len(rows))
    return Figure.made("inspection_share", of, value, _said("inspected", n=int(is_inspected.sum())), rows.known_at)


def _plain(value: float, n: int) -> Estimate:
    """What was counted, and needs no interval."""
    return Estimate(value, float("nan"), float("nan"), n)


def _hits(rows: pd.DataFrame) -> Iterator[Figure]:
    parts = [*_parts(rows), *((f"method:{name}", own) for name, own in rows.groupby("method"))]
    for of, own in parts:
        if len(own):
            yield Figure.made("hit_rate", of, share(int(own.is_hit.sum()), len(own)), _recorded(own), own.inspected_at)


def _recorded(rows: pd.DataFrame) -> Quality:
    """On what rates by grade and typology rest: a grade of a run after the inspection knows what it found."""
    later = int(rows.is_graded_later.sum())
    recorded = _said("recorded", n=int(_usable(rows).sum()), of=len(rows))
    return recorded + (_said("later", n=later) if later else ())


def _usable(rows: pd.DataFrame) -> pd.Series:
    probability = pd.to_numeric(rows.probability)
    return (probability > 0) & (probability <= 1)


def _unbiased(rows: pd.DataFrame) -> Iterator[Figure]:
    for of, own in _parts(rows):
        sampled = own[_usable(own)]
        if len(sampled):
            hit, probability = sampled.is_hit.to_numpy(bool), sampled.probability.to_numpy(float)
            quality = _recorded(own) + _said("certain", n=int((probability >= 1).sum()))
            yield Figure.made("breach_rate", of, weighted_share(hit, probability), quality, sampled.inspected_at)
            if of == "grade:low":
                yield Figure.made("missed_breaches", of, _missed(sampled), _recorded(own), sampled.inspected_at)


def _missed(sampled: pd.DataFrame) -> Estimate:
    """Breaches of low grade beside those that were drawn and found."""
    hit = sampled.is_hit.to_numpy(bool)
    every = weighted_count(hit, sampled.probability.to_numpy(float))
    seen = float(hit.sum())
    return Estimate(every.value - seen, every.low - seen, every.high - seen, every.n)


def _budget(rows: pd.DataFrame) -> Iterator[Figure]:
    chosen = rows[rows.why.isin(("risk", "cluster"))]
    if not len(chosen):
        return
    hits = int(chosen.is_hit.sum())
    yield Figure.made("precision_at_budget", ALL, share(hits, len(chosen)), _said("planned", n=len(chosen)), chosen.inspected_at)
    # One of low grade that was chosen by risk is found, not missed, though its probability is recorded too.
    drawn = rows[(rows.grade == "low") & _usable(rows) & ~rows.index.isin(chosen.index)]
    if len(drawn):
        low = weighted_count(drawn.is_hit.to_numpy(bool), drawn.probability.to_numpy(float))
        found, least, most = (hits / (hits + missed) if hits + missed else np.nan for missed in (low.value, low.high, low.low))
        quality = _said("budget", n=len(chosen), drawn=len(drawn))
        n, times = len(chosen) + len(drawn), pd.concat([chosen.inspected_at, drawn.inspected_at])
        yield Figure.made("recall_at_budget", ALL, Estimate(found, least, most, n), quality, times)


def _revenue(alerts: pd.DataFrame, inspected: pd.DataFrame, known: set[str]) -> Iterator[Figure]:
    hits = by_consignment(inspected)
    hits = hits[hits.is_hit] if len(hits) else hits
    # A forged trade owes the full tax, also where nothing spoke against it before it was opened.
    full = _money(hits.tax_full) - _money(hits.tax_charged).fillna(_money(hits.tax_due))
    forged = full.where(hits.outcome == "forged")
    hits = hits.assign(money=np.fmax(_money(hits.revenue_at_stake), forged), at=hits.inspected_at)
    open_ = alerts[(alerts.grade != "low") & ~alerts.item.isin(known)]
    open_ = open_.assign(money=_money(open_.revenue_at_stake), at=open_.known_at)
    for index, rows in (("revenue_found", hits), ("revenue_at_stake", open_)):
        for of, own in [(ALL, rows), *_by_typology(rows)]:
            known_of = own[own.money.notna()]
            if len(known_of):
                value = _plain(round(float(known_of.money.sum()), 2), len(known_of))
                yield Figure.made(index, of, value, _said("taxed", n=len(known_of), of=len(own)), known_of["at"])


def _money(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column).astype(float)


def _by_typology(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    named = rows.assign(typology=rows.typologies).explode("typology")
    for name, own in named[named.typology.notna() & (named.typology != "")].groupby("typology"):
        yield f"typology:{name}", own


def _decay(rows: pd.DataFrame) -> Iterator[Figure]:
    for of, own in _by_typology(rows):
        yield Figure.made("typology_hit_rate", of, share(int(own.is_hit.sum()), len(own)), _recorded(own), own.inspected_at)
    if not len(rows):
        return
    half = rows.inspected_at.min() + (rows.inspected_at.max() - rows.inspected_at.min()) / 2
    for of, own in _by_typology(rows):
        halves = [own[own.inspected_at <= half], own[own.inspected_at > half]]
        if all(len(part) for part in halves):
            earlier, later = (share(int(part.is_hit.sum()), len(part)) for part in halves)
            quality = _said("halves", n=earlier.n, later=later.n, day=f"{half.astimezone(BEIJING):%Y-%m-%d}")
            yield Figure.made("typology_decay", of, difference(later, earlier), quality, own.inspected_at)


def as_row(figure: Figure, language: str = "en") -> dict[str, Any]:
    """A figure with its definition, as a row of `sandan measure`; an unknown end of an interval is None."""
    index, (value, low, high, n) = INDEXES[figure.index], figure.estimate
    money = {"value": value, "low": low, "high": high}
    quality = "".join(QUALITY[name].render(language, values) for name, values in figure.quality)
    about = {name: getattr(index, name).render(language, {}) for name in ("definition", "origin", "method")}
    return {
        "index": figure.index, "unit": index.unit, "from": figure.days[0], "to": figure.days[1], "n": n, "of": figure.of, **about,
        "quality": quality, **{name: round(float(number), 4) if np.isfinite(number) else None for name, number in money.items()},
    }  # fmt: skip

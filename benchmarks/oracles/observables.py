"""What can be observed of every consignment of a run, as columns: what its own lists say, what its graph shows, what the rules found."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.oracles.observed_goods import MARKET, OWN_GOODS, SCAN, observe_goods
from sandan.algorithms.bench import Bench
from sandan.algorithms.network.aggregates import merged, most, parties_on
from sandan.algorithms.network.features import KINDS, ROW, make_features
from sandan.algorithms.network.features import names as feature_names
from sandan.algorithms.network.ties import shared_identifiers
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.scoring import Evidence, gather_evidence
from sandan.algorithms.vocabulary.registry import registry
from sandan.graph.arrays import shared_view
from sandan.graph.store.access import graph_layout
from sandan.graph.tables import write_graph_tables
from sandan.graph.view import GraphView, open_view
from sandan.record.amounts import with_rate
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

Floats = npt.NDArray[np.float64]

_AMOUNTS = (
    "o_goods_value", "o_freight", "o_discount", "o_tax_total", "o_actual_paid", "p_amount", "p_n", "lines_value", "declared_value",
    "w_weight",
)  # fmt: skip
_CODES = ("customs_code", "ebp_code", "ebc_code", "agent_code", "logistics_code", "p_pay_code", "country", "channel")
_THERE = {"order": "o_record_id", "payment": "p_records", "waybill": "w_record_id", "delivery": "t_delivered"}
_TIMES = {"paid": "p_first", "ordered": "o_app_time", "sent": "w_app_time", "declared": "decl_app", "delivered": "t_delivered"}
_HOUSE = ("declared_value", "weight_kg", "text_length", "telephone_length", "hour", "weekday")
# Of the lists of a consignment alone: amounts, counts, times, codes.
OWN = (
    *ROW,
    *_AMOUNTS,
    *(f"has_{name}" for name in _THERE),
    *(f"hours_from_payment_{name}" for name in _TIMES if name != "paid"),
    *(f"{part}_{name}" for name in ("paid", "declared") for part in ("hour", "weekday")),
    *(f"log_share_{code}" for code in _CODES),
    "log_unit_price", "gap_paid", "gap_declared",
    *OWN_GOODS,
    *(f"house_{name}" for name in _HOUSE),
)  # fmt: skip
# Over the whole time of the run, not only up to a consignment's own moment.
_WHOLE = tuple(f"{kind}_{stat}_in_all" for kind in KINDS for stat in ("items", "parties"))
TYPOLOGIES = tuple(name for name, typology in registry().items() if typology.family != "learned")
_CLUSTER = ("n_orders", "n_payers", "n_consignees", "n_addresses", "p_value", "score", "strength")
_FOUND = (*(f"found_{typology}" for typology in TYPOLOGIES), "found_in_all", *(f"cluster_{name}" for name in _CLUSTER))
EVERY = (*OWN, *MARKET, *SCAN, *(name for name in feature_names() if name not in ROW), *_WHOLE, *_FOUND)


@dataclass(frozen=True, slots=True)
class Observables:
    """One row per consignment of a run.

    Attributes:
        ids: Id of each consignment, as in the run's alerts.
        names: Columns, in order.
        values: float64 [n, len(names)]; NaN where unknown.
        inspected: bool [n]; an outcome of it is known.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    inspected: npt.NDArray[np.bool_]


def observe(settings: Settings, results: Results) -> Observables:
    """All observables of a run's consignments, from the lake as of the run's date, its graph, and its results.

    A learned model's findings are not among them: they depend on what a home was taught.

    Args:
        settings: The home.
        results: The run.
    """
    with _evidence(settings, results) as evidence:
        outcomes = known_outcomes(evidence.bench, evidence.view)
        features = make_features(evidence.view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, evidence.as_of)
        ids = tuple(str(row["consignment_id"]) for row in evidence.rows)
        own, whole, found = _lists(evidence, ids), _in_all(evidence.view, features.items), _found(results, ids)
        parts = [features.columns(ROW), own, features.columns([name for name in feature_names() if name not in ROW]), whole, found]
        return Observables(ids, EVERY, np.concatenate(parts, axis=1), np.isin(features.items, outcomes.labels.items))


@contextlib.contextmanager
def _evidence(settings: Settings, results: Results) -> Iterator[Evidence]:
    con = connect()
    try:
        with tempfile.TemporaryDirectory(prefix="sandan-observables-") as scratch:
            bench = Bench(Frames(Lake(HomePaths(settings.home).lake), con, results.as_of), Path(scratch))
            yield gather_evidence(bench, _view(settings, results, bench, Path(scratch)), settings, results.as_of, results.run_id)
    finally:
        con.disconnect()


def _view(settings: Settings, results: Results, bench: Bench, scratch: Path) -> GraphView:
    """The run's graph; made again where it is not kept any more."""
    kept = graph_layout(settings).tables(results.run_id)
    if kept.is_dir():
        return shared_view(kept)
    write_graph_tables(bench.current, open_keyring(settings), scratch / "graph", bench.frames.con)
    return open_view(scratch / "graph")


def _lists(evidence: Evidence, ids: Sequence[str]) -> Floats:
    """Columns of `OWN` but those of `ROW`, then `MARKET` and `SCAN`."""
    wanted = {*_AMOUNTS, *_CODES, *_THERE.values(), *_TIMES.values(), "logistics_no"}
    facts = evidence.facts.table.select("consignment_id", *sorted(wanted)).to_pyarrow().to_pandas()
    facts = facts.drop_duplicates("consignment_id").set_index("consignment_id").reindex(list(ids))
    made = pd.DataFrame(index=facts.index)
    for name in _AMOUNTS:
        made[name] = facts[name].astype(float)
    for name, column in _THERE.items():
        made[f"has_{name}"] = facts[column].notna().astype(float)
    moments = {name: pd.to_datetime(facts[column], utc=True) for name, column in _TIMES.items()}
    for name in list(_TIMES)[1:]:
        made[f"hours_from_payment_{name}"] = (moments[name] - moments["paid"]).dt.total_seconds() / 3600
    for name in ("paid", "declared"):
        made[f"hour_{name}"], made[f"weekday_{name}"] = _clock(moments[name])
    for code in _CODES:
        made[f"log_share_{code}"] = _log_share(facts[code])
    goods = observe_goods(evidence.bench, facts)
    made = made.join(goods)
    made["log_unit_price"] = np.log1p(made["declared_value"].clip(lower=0)) - np.log(goods["pieces"].where(goods["pieces"] > 0))
    made["gap_paid"] = made["p_amount"] - made["o_actual_paid"]
    made["gap_declared"] = made["declared_value"] - made["o_goods_value"]
    house = _house(evidence.bench).reindex(pd.MultiIndex.from_frame(facts[["logistics_code", "logistics_no"]]))
    for name in _HOUSE:
        made[f"house_{name}"] = house[name].to_numpy(dtype=float)
    return made[[*(name for name in OWN if name not in ROW), *MARKET, *SCAN]].to_numpy(dtype=float)


def _clock(moments: "pd.Series[Any]") -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Hour with its fraction, and day of the week, in Beijing."""
    local = moments.dt.tz_convert(BEIJING)
    return local.dt.hour + local.dt.minute / 60, local.dt.day_of_week.astype(float)


def _log_share(codes: "pd.Series[Any]") -> "pd.Series[Any]":
    """How common each code is among all consignments: a code itself says nothing in another world."""
    return codes.map(codes.value_counts(normalize=True)).astype(float).map(np.log)


def _house(bench: Bench) -> pd.DataFrame:
    """What house waybills say, by carrier and number."""
    columns = ["logistics_code", "logistics_no", "weight_kg", "description", "sender_telephone_norm", "shipped_at"]
    house = with_rate(bench.current, bench.current("house_waybills"))
    house = house.select(*columns, declared_value=house.declared_value.cast("float64") * house.to_cny)
    rows: pd.DataFrame = house.to_pyarrow().to_pandas()
    rows = rows.drop_duplicates(["logistics_code", "logistics_no"]).set_index(["logistics_code", "logistics_no"])
    rows["text_length"] = rows["description"].str.len()
    rows["telephone_length"] = rows["sender_telephone_norm"].str.len()
    rows["hour"], rows["weekday"] = _clock(pd.to_datetime(rows["shipped_at"], utc=True))
    return rows[list(_HOUSE)].astype(float)


def _in_all(view: GraphView, items: npt.NDArray[np.int64]) -> Floats:
    """Columns of `_WHOLE`: the largest count over a consignment's identifiers of one kind."""
    party = shared_identifiers(view).party
    blocks = []
    for kinds in KINDS.values():
        contact = merged(view, kinds)
        end = np.full(len(contact.items), np.iinfo(np.int64).max)
        parties = parties_on(contact, party).count(contact.targets, end)
        n = np.bincount(contact.targets, minlength=contact.n_targets)[contact.targets].astype(float)
        blocks.append(most(view.n, contact.items, np.log1p(np.stack([n, parties], axis=1))))
    result: Floats = np.concatenate(blocks, axis=1)[np.maximum(items, 0)] * (items >= 0)[:, None]
    return result


def _found(results: Results, ids: Sequence[str]) -> Floats:
    """Columns of `_FOUND`: the strongest finding of each typology, all together, and the strongest cluster."""
    findings = results.table("findings").select(["consignment_id", "typology", "cause", "score"]).to_pandas()
    findings = findings[findings["typology"] != "gnn"]
    by_typology = findings.pivot_table(index="consignment_id", columns="typology", values="score", aggfunc="max")
    made = by_typology.reindex(index=list(ids), columns=list(TYPOLOGIES)).fillna(0.0)
    strongest = findings.groupby(["consignment_id", "cause"])["score"].max().reset_index()
    made["found_in_all"] = 1 - (1 - strongest["score"]).groupby(strongest["consignment_id"]).prod().reindex(list(ids)).fillna(1.0)
    members, clusters = results.table("members").to_pandas(), results.table("clusters").to_pandas()
    both = members.merge(clusters, on="cluster_id", how="inner").sort_values("strength", ascending=False)
    both = both.drop_duplicates("consignment_id").set_index("consignment_id").reindex(list(ids))
    return np.concatenate([made.to_numpy(dtype=float), both[list(_CLUSTER)].to_numpy(dtype=float)], axis=1)

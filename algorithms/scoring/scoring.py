"""One scoring of everything that is known on a date: match, find, grade."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit

from sandan.algorithms.bench import Bench
from sandan.algorithms.context.context import Context, gather_context
from sandan.algorithms.facts.facts import Facts, firm_payers, gather_facts
from sandan.algorithms.groups.cluster_tables import Clustered
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.cluster_typologies import cluster_typologies
from sandan.algorithms.scoring.clusters import find_clusters
from sandan.algorithms.scoring.detect import Detected, cluster_findings, detect, of_run, renamed, sign_findings, subject, with_bits
from sandan.algorithms.scoring.evidence import NEAR_MEDIUM, PRIOR, Bits, probability, weigh
from sandan.algorithms.scoring.grading import grade_consignments
from sandan.algorithms.scoring.operators import ROLES, grade_operators
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.regrading import regrade
from sandan.algorithms.scoring.revenue import NEEDED, with_revenue
from sandan.algorithms.scoring.spread import spread
from sandan.algorithms.scoring.suspects import suspect_clusters, with_groups
from sandan.algorithms.vocabulary.statement import Statement
from sandan.algorithms.wording.messages import CALIBRATED, NOT_CALIBRATED
from sandan.graph.view import GraphView
from sandan.record.lake.portable import hours_between
from sandan.record.settings import GradeSettings, Settings

Floats = npt.NDArray[np.float64]
_COLUMNS = (
    "consignment_id",
    "kind",
    "flow",
    "ebp_code",
    "order_no",
    "invt_no",
    "logistics_no",
    "logistics_code",
    "cop_no",
    "known_at",
    "ebc_code",
    "agent_code",
    "p_pay_code",
    "customs_code",
    "declared_cny",
    "status",
)
_MEASURES = ("u_ratio", "w_weight", "n_lines", "discount_share", "hours_paid", "hours_waybill", "alike", "last_list")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of every consignment on a date, before anybody judges.

    Attributes:
        bench: The lists.
        view: The graph.
        facts: Matched lists.
        rows: Consignments in the order of `consignment_id`: keys, operators, status, and what
            `sandan.algorithms.network.features.ROW` needs.
        ids: Node id of each consignment.
        detected: Findings on single consignments.
        clustered: Groups that the network raised.
        ruled: Findings on single consignments and of groups.
        context: Circumstances of the consignments, in the same order.
        as_of: The date.
        run_id: The run.
        kept: What alerts keep of each consignment, columns of `sandan.algorithms.scoring.revenue.NEEDED`.
    """

    bench: Bench
    view: GraphView
    facts: Facts
    rows: list[dict[str, Any]]
    ids: list[str]
    detected: Detected
    clustered: Clustered
    ruled: pa.Table
    context: Context
    as_of: dt.datetime
    run_id: str
    kept: pa.Table

    def of_run(self, run_id: str, view: GraphView) -> "Evidence":
        """The same of another run of the same lists, with its own view of the same graph."""
        return replace(
            self,
            run_id=run_id,
            view=view,
            detected=replace(self.detected, findings=of_run(self.detected.findings, run_id)),
            ruled=of_run(self.ruled, run_id),
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """What a learned model says of a run.

    Attributes:
        probability: float64 [n]; of a breach, in the order of the consignments.
        bits: Weights of the evidence that it was given.
        findings: `gnn` findings, columns of `sandan.algorithms.scoring.detect.FINDINGS`.
        model_id: The model.
        as_of: Date by which its outcomes were known, ISO 8601.
        report: What to record with the run.
        notes: What the run is to say of it.
    """

    probability: Floats
    bits: Bits
    findings: pa.Table
    model_id: str
    as_of: str
    report: dict[str, Any]
    notes: tuple[Statement, ...] = ()


Learner = Callable[[Evidence], Learned | None]
# Scores of a run without a model, float64 [n] in [0, 1]; None for those that the evidence alone makes.
Smoother = Callable[[Evidence, Bits], Floats | None]


def gather_evidence(bench: Bench, view: GraphView, settings: Settings, as_of: dt.datetime, run_id: str) -> Evidence:
    """Match the lists, run the rules, find groups, and weigh what was found."""
    facts = gather_facts(bench, settings, as_of)
    detected = detect(facts, run_id)
    # In a fixed order: the network draws neighbours row by row, and the engine gives rows as its threads finish.
    every = _consignments(bench, facts).order_by("consignment_id").to_pyarrow()
    rows, kept = every.select([*_COLUMNS, *_MEASURES]).to_pylist(), every.select(NEEDED)
    ids = [subject(row)[1] for row in rows]
    clustered = find_clusters(bench, view, rows, ids, firm_payers(bench))
    grouped = cluster_findings(rows, view.places(pa.array(ids, pa.string())), clustered, run_id)
    context = gather_context(bench)
    ruled = pa.concat_tables([detected.findings, grouped])
    return Evidence(bench, view, facts, rows, ids, detected, clustered, ruled, context, as_of, run_id, kept)


def weights_of(evidence: Evidence, breaches: float = 0.0) -> Bits:
    """Weights of the signs and of all findings; see `sandan.algorithms.scoring.evidence.weigh`."""
    places = evidence.view.places(pa.array(evidence.ids, pa.string())).astype(np.int64)
    explained = np.isin(places, evidence.clustered.explained) & (places >= 0)
    rules = pd.DataFrame(evidence.ruled.select(["consignment_id", "reason", "cause", "score"]).to_pydict())
    return weigh(evidence.context, rules, explained, breaches, evidence.detected.grounds)


def score_evidence(
    evidence: Evidence, settings: Settings, folder: Path, learner: Learner | None = None, smoother: Smoother | None = None
) -> Results:
    """Score every consignment with what is known on a date.

    Args:
        evidence: What is known.
        settings: Thresholds and tolerances.
        folder: Where the run's results will be kept.
        learner: A learned model; None: rules and groups alone.
        smoother: Of the evidence where there is no model; None: the evidence alone.

    Returns:
        The run's tables and report, in memory; `model_id` of the report names the model that took part, if any.
    """
    facts, detected, rows, run_id = evidence.facts, evidence.detected, evidence.rows, evidence.run_id
    learned = learner(evidence) if learner else None
    bits = learned.bits if learned else weights_of(evidence, PRIOR)
    smoothed = smoother(evidence, bits) if smoother and not learned else None
    scores = learned.probability if learned else smoothed
    scores_say = scores is not None
    if scores is None:
        scores = expit(spread(evidence.context.rows, probability(bits.total), lower=False))
    findings = pa.concat_tables(
        [
            with_bits(evidence.ruled, bits, rows),
            sign_findings(rows, evidence.context, bits, scores >= NEAR_MEDIUM * settings.grade.t_medium, run_id),
            *([learned.findings] if learned else []),
        ]
    )
    suspects = evidence.clustered
    if scores_say:
        # Where the evidence alone ranks, nobody says which of the groups that the network raised are suspect: all are shown.
        suspects = suspect_clusters(
            evidence.view, evidence.clustered, evidence.context.rows, rows, evidence.ids, scores, findings, settings.grade
        )
        of_members = cluster_typologies(rows, findings, suspects.members, run_id)
        if not learned:
            names = [row["consignment_id"] for row in rows]
            suspects = with_groups(suspects, evidence.clustered, names, scores, settings.grade)
        findings = pa.concat_tables([renamed(findings, evidence.clustered.members, suspects.members), of_members])
    scores, of_outcomes = _regraded(
        evidence, suspects, scores, settings.grade, dt.datetime.fromisoformat(learned.as_of) if learned else None
    )
    findings = pa.concat_tables([findings, of_outcomes])
    alerts = with_revenue(grade_consignments(rows, findings, suspects.members, settings.grade, run_id, scores), evidence.kept)
    operators = grade_operators(rows, alerts, _names(evidence.bench), settings.grade, run_id)
    report = _report(facts, detected.notes, alerts, learned) | {
        "network": {**evidence.clustered.report, "clusters": dict(Counter(suspects.clusters["kind"].to_pylist()))},
        "model": learned.report if learned else None,
    }
    made = {"alerts": alerts, "operators": operators, "findings": findings, "clusters": suspects.clusters, "members": suspects.members}
    return Results(run_id, folder, made, report)


def _regraded(
    evidence: Evidence, suspects: Clustered, scores: Floats, grades: GradeSettings, learned_by: dt.datetime | None
) -> tuple[Floats, pa.Table]:
    """Scores that know the outcomes in clusters which grade medium or high as such, and the findings of that.

    What a model has learned from is in its scores already: only what became known since then counts.
    """
    strong = suspects.clusters.filter(pc.greater_equal(suspects.clusters["score"], grades.t_medium))["cluster_id"]
    members = suspects.members.filter(pc.is_in(suspects.members["cluster_id"], strong.combine_chunks()))
    places = evidence.view.places(pa.array(evidence.ids, pa.string())).astype(np.int64)
    outcomes = known_outcomes(evidence.bench, evidence.view, learned_by)
    return regrade(scores, evidence.rows, places, members, outcomes, evidence.run_id, learned_by)


def _consignments(bench: Bench, facts: Facts) -> ir.Table:
    """`_COLUMNS`, `_MEASURES` and `NEEDED` of each consignment."""
    t, cleared = facts.table, bench.current("clearance")
    computed = _measures(t) | _states(facts, cleared)
    wanted = dict.fromkeys((*_COLUMNS, *_MEASURES, *NEEDED))
    joined = t.left_join(cleared, "consignment_id")
    return joined.select(**{name: computed[name] if name in computed else t[name] for name in wanted})


def _measures(t: ir.Table) -> dict[str, ir.Value]:
    """Figures of single consignments that a model may learn from."""
    return {
        "w_weight": t.w_weight.cast("float64"),
        "discount_share": t.o_discount.cast("float64") / t.o_goods_value.cast("float64").nullif(0),
        "hours_paid": hours_between(ibis.coalesce(t.decl_app, t.known_at), t.p_first),
        "hours_waybill": hours_between(t.w_app_time, t.p_first),
        "last_list": ibis.greatest(*[ibis.coalesce(at, t.known_at) for at in (t.o_known_at, t.p_known, t.w_known_at, t.t_delivered)]),
    }


def _states(facts: Facts, cleared: ir.Table) -> dict[str, ir.Value]:
    """What customs did with a consignment; else `pending` while a list that is still missing may yet come, else `declared`."""
    t = facts.table
    waiting = [
        column.isnull() & ~facts.overdue(name) & facts.received(feed)
        for name, feed, column in (
            ("order", "orders", t.o_record_id),
            ("payment", "payments", t.p_records),
            ("waybill", "waybills", t.w_record_id),
        )
    ]
    pending = (t.kind == "order") | ((t.kind == "declaration") & (waiting[0] | waiting[1] | waiting[2]))
    return {
        "status": ibis.coalesce(cleared.customs_status, pending.ifelse("pending", "declared")),
        "invt_no": ibis.coalesce(t.invt_no.nullif(""), cleared.customs_no, ""),
        "customs_no": cleared.customs_no,
        "customs_status": cleared.customs_status,
        "released_at": cleared.released_at,
        "ordered_at": t.o_ordered_at,
        "paid_at": t.p_first,
        "declared_at": (t.kind == "declaration").ifelse(ibis.coalesce(t.decl_app, t.known_at), ibis.null(t.known_at.type())),
    }


def _names(bench: Bench) -> dict[tuple[str, str], str]:
    """Names of operators: the register's, else what the lists call them."""
    names: dict[tuple[str, str], str] = {}
    sources = [
        (
            "inventories",
            {
                "seller": ("ebc_code", "ebc_name"),
                "agent": ("agent_code", "agent_name"),
                "logistics": ("logistics_code", "logistics_name"),
                "platform": ("ebp_code", "ebp_name"),
            },
        ),
        ("orders", {"seller": ("ebc_code", "ebc_name"), "platform": ("ebp_code", "ebp_name")}),
        ("payments", {"payment": ("pay_code", "pay_name")}),
        ("waybills", {"logistics": ("logistics_code", "logistics_name")}),
    ]
    for table_name, roles in sources:
        table = bench.current(table_name)
        for role, (code, name) in roles.items():
            pairs = table.filter(table[code].notnull() & table[name].notnull()).group_by(code).aggregate(name=table[name].max())
            for row in pairs.to_pyarrow().to_pylist():
                names.setdefault((role, row[code]), row["name"])
    for row in bench.current("companies").select("code", "name", "role").to_pyarrow().to_pylist():
        if row["role"] in ROLES:
            names[(row["role"], row["code"])] = row["name"]
    return names


def _report(facts: Facts, notes: list[Statement], alerts: pa.Table, learned: Learned | None) -> dict[str, Any]:
    grades = alerts["grade"].to_pylist()
    first = Statement(CALIBRATED.name if learned else NOT_CALIBRATED.name)
    return {
        "as_of": facts.as_of.isoformat(),
        "calibrated": learned is not None,
        "notes": [one.as_json() for one in (first, *(learned.notes if learned else ()), *notes)],
        "grades": {g: grades.count(g) for g in ("low", "medium", "high")},
        "grace": [{"flow": g.flow, "list": g.list_name, "hours": round(g.hours, 2), "n": g.n, "learned": g.learned} for g in facts.grace],
        "price_threshold": round(facts.price_threshold, 4),
        "n_reference_prices": facts.n_prices,
        "rows": dict(facts.rows),
    }

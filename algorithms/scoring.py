"""One scoring of everything that is known on a date: match, find, grade."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.clusters import find_clusters
from sandan.algorithms.detect import cluster_findings, detect, subject
from sandan.algorithms.facts import Facts, gather_facts
from sandan.algorithms.grading import ROLES, grade_consignments, grade_operators
from sandan.graph.view import GraphView
from sandan.record.settings import Settings
from sandan.record.values import name as written_name

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


@dataclass(frozen=True, slots=True)
class Scored:
    """Everything one scoring found.

    Attributes:
        alerts: One row per consignment.
        operators: One row per operator.
        findings: One row per finding.
        clusters: One row per cluster.
        members: One row per cluster and consignment.
        report: What was compared with what, what was not run, what was learned.
    """

    alerts: pa.Table
    operators: pa.Table
    findings: pa.Table
    clusters: pa.Table
    members: pa.Table
    report: dict[str, Any]


def score_lists(bench: Bench, view: GraphView, settings: Settings, as_of: dt.datetime, run_id: str) -> Scored:
    """Score every consignment with what is known on a date.

    Args:
        bench: The lists as of that date.
        view: The graph as of that date.
        settings: Thresholds and tolerances.
        as_of: The date.
        run_id: Name of the run.
    """
    facts = gather_facts(bench, settings, as_of)
    detected = detect(facts, run_id)
    rows = _with_status(facts).select(*_COLUMNS).to_pyarrow().to_pylist()
    nodes = [subject(row)[1] for row in rows]
    clustered = find_clusters(bench, view, rows, nodes, _firms(bench))
    findings = pa.concat_tables([detected.findings, cluster_findings(rows, view.places(pa.array(nodes)), clustered, run_id)])
    alerts = grade_consignments(rows, findings, clustered.members, settings.grade, run_id)
    operators = grade_operators(rows, alerts, _names(bench), settings.grade, run_id)
    report = _report(facts, detected.notes, alerts) | {"network": clustered.report}
    return Scored(alerts, operators, findings, clustered.clusters, clustered.members, report)


def _firms(bench: Bench) -> list[str]:
    """Payers that are companies of the register, by name, or that paid with a document that is no person's."""
    names = bench.current("companies").select("name").to_pyarrow()["name"].to_pylist()
    paid = bench.current("payments")
    known = {written_name.normal(text) for text in names if text}
    rows = paid.filter(paid.payer_id_hash.notnull()).select("payer_id_hash", "payer_name_norm").distinct().to_pyarrow().to_pylist()
    return sorted({row["payer_id_hash"] for row in rows if row["payer_name_norm"] in known})


def _with_status(facts: Facts) -> ir.Table:
    """`pending` while a list that is still missing may yet come, else `declared`."""
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
    value = ibis.coalesce(t.u_declared, t.declared_value, t.o_goods_value.cast("float64"))
    return t.mutate(status=pending.ifelse("pending", "declared"), declared_cny=value)


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


def _report(facts: Facts, notes: list[str], alerts: pa.Table) -> dict[str, Any]:
    grades = alerts["grade"].to_pylist()
    return {
        "as_of": facts.as_of.isoformat(),
        "calibrated": False,
        "notes": ["not calibrated: the score is a ranking by rules", *notes],
        "grades": {g: grades.count(g) for g in ("low", "medium", "high")},
        "grace": [{"flow": g.flow, "list": g.list_name, "hours": round(g.hours, 2), "n": g.n, "learned": g.learned} for g in facts.grace],
        "price_threshold": round(facts.price_threshold, 4),
        "n_reference_prices": facts.n_prices,
        "rows": dict(facts.rows),
    }

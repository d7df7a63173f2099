"""Runs the rules of every typology over one run's facts, and makes the findings of groups and signs; their words come later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.context.context import Context
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.groups.cluster_tables import Clustered
from sandan.algorithms.scoring.evidence import Bits, Ground, probability, shown
from sandan.algorithms.vocabulary.check import fault_of_rule
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.statement import Statement, values_text
from sandan.algorithms.vocabulary.typology import Reason, Rule, Typology
from sandan.algorithms.wording.messages import COMMON_REASON, MISSING_TABLE
from sandan.record.catalog.keys import consignment_key, parcel_id, without_prefix
from sandan.record.lake.portable import n_where
from sandan.record.masks import mask_address

FINDINGS = pa.schema(
    [
        ("finding_id", pa.string()),
        ("run_id", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("typology", pa.string()),
        ("reason", pa.string()),
        ("cause", pa.string()),
        ("score", pa.float64()),
        ("bits", pa.float64()),
        ("values", pa.string()),
        ("evidence", pa.list_(pa.string())),
        ("marked", pa.list_(pa.string())),
        ("cypher", pa.string()),
        ("consignment_id", pa.string()),
    ]
)
# Consignments of a group that a finding names.
ITEMS_SHOWN = 20
# A rule that fires on more than this share of many consignments describes how these lists are written, not who forges them.
_COMMON, _MANY = 0.2, 500


@dataclass(frozen=True, slots=True)
class Detected:
    """All findings of a run, what has to be said about how they came about, and of what rules by reason that cannot be found everywhere."""

    findings: pa.Table
    notes: list[Statement]
    grounds: Mapping[str, Ground] = field(default_factory=dict)


def detect(facts: Facts, run_id: str) -> Detected:
    """Run the rules of every typology.

    A rule that fires on more than a fifth of 500 consignments or more counts half and is named in the notes: so common a sign is a
    convention of the senders or a missing feed, and would drown what is rare.

    Raises:
        ConfigError: The rules of an installation's own typology cannot be run.
    """
    n = facts.n
    known = registry()
    rows: list[dict[str, Any]] = []
    notes = [
        Statement(MISSING_TABLE.name, {"typology": name, "of": name, "table": need.table})
        for name, typology in known.items()
        for need in typology.needs
        if need.is_missing(facts)
    ]
    grounds: dict[str, Ground] = {}
    asked: dict[Any, tuple[int, int]] = {}  # rules of one table ask for the same consignments
    for typology in known.values():
        with known.blamed(typology.name):
            for rule in _rules(facts, typology):
                if rule.asked is not None:
                    condition = rule.asked.op()
                    asked[condition] = asked.get(condition) or _asked(facts, rule.asked)
                    grounds[rule.reason.name] = Ground(*asked[condition], rule.reason.usual)
                found = _found(facts, rule)
                common = n >= _MANY and len(found) > _COMMON * n
                if common:
                    values = {"typology": typology.name, "reason": rule.reason.name, "share": len(found) / n}
                    notes.append(Statement(COMMON_REASON.name, values))
                rows.extend(_finding(rule, row, run_id, 0.5 if common else 1.0) for row in found)
    rows.sort(key=lambda row: (row["subject_type"], row["subject_id"], row["consignment_id"], row["typology"], row["reason"]))
    return Detected(pa.Table.from_pylist(rows, schema=FINDINGS), notes, grounds)


def _rules(facts: Facts, typology: Typology) -> list[Rule]:
    rules = typology.rules(facts) if typology.rules else []
    for rule in rules:
        if fault := fault_of_rule(rule, typology):
            raise ValueError(fault)
    return rules


def _asked(facts: Facts, asked: ir.BooleanValue) -> tuple[int, int]:
    """Imports and exports of which a condition is true."""
    every = facts.table.select("flow", asked=asked.fill_null(False))
    n, imports = n_where(every, (every.asked, every.asked & (every.flow == "import")))
    counts = every.aggregate(n=n, imports=imports)
    [row] = counts.to_pyarrow().to_pylist()
    return row["imports"], row["n"] - row["imports"]


_SUBJECT = ("consignment_id", "kind", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "p_pay_code", "p_transaction")
# Column of the facts that says whether a list is there; the declaration is the consignment itself.
_THERE = {"order": "o_record_id", "payment": "p_records", "waybill": "w_record_id", "tracking": "t_record_id"}


def _found(facts: Facts, rule: Rule) -> list[dict[str, Any]]:
    table = facts.table
    score = ibis.literal(float(rule.score)) if isinstance(rule.score, int | float) else rule.score
    values = {f"v_{name}": value for name, value in rule.values.items()}
    there = [_THERE[name] for name in rule.reason.evidence if name in _THERE]
    # Narrow first: the facts have hundreds of columns, and each costs Ibis time in whatever stands on all of them.
    narrow = table.select(*_SUBJECT, *there, _fires=rule.when.fill_null(False), score=score, **values)
    rows: list[dict[str, Any]] = narrow.filter(narrow._fires).drop("_fires").to_pyarrow().to_pylist()
    return rows


def _finding(rule: Rule, row: Mapping[str, Any], run_id: str, weight: float) -> dict[str, Any]:
    values = {name: row[f"v_{name}"] for name in rule.values}
    values |= {name: mask_address(values[name]) for name in rule.addresses}
    label, node = subject(row)
    return finding_row(
        run_id,
        row,
        rule.reason,
        values,
        score=float(row["score"]) * weight,
        evidence=_evidence(rule.reason, row),
        cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r]-(n) RETURN s, r, n LIMIT 100",
    )


def finding_row(
    run_id: str,
    row: Mapping[str, Any],
    reason: Reason,
    values: Mapping[str, Any],
    *,
    score: float,
    evidence: Sequence[str],
    cypher: str,
    group: str = "",
    bits: float = 0.0,
) -> dict[str, Any]:
    """One finding on a consignment, in the columns of `FINDINGS`.

    Args:
        run_id: The run.
        row: The consignment: `consignment_id` and its keys.
        reason: What it says; with the consignment, and the group if it is of one, it names the finding.
        values: Of its sentence.
        score: Strength in (0, 1).
        evidence: Ids that prove it.
        cypher: Query that shows it in the graph.
        group: Cluster whose reason it is.
        bits: Weight of the evidence; 0 until the whole stream is known.
    """
    subject_type, subject_id = subject(row)
    name = f"{reason.name}:{group}" if group else reason.name
    return {
        "finding_id": f"{run_id}:{row['consignment_id']}:{name}",
        "run_id": run_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "typology": registry().typology_of[reason.name],
        "reason": reason.name,
        "cause": reason.cause,
        "score": round(score, 6),
        "bits": round(bits, 4),
        "values": values_text(values),
        "evidence": list(evidence),
        "marked": list(reason.marks),
        "cypher": cypher,
        "consignment_id": row["consignment_id"],
    }


def subject(row: Mapping[str, Any]) -> tuple[str, str]:
    """Label and id, in the graph, of the node that a consignment is about."""
    return "Order" if row["order_no"] is not None else "Parcel", without_prefix(consignment_key(row))


def list_name(row: Mapping[str, Any]) -> str:
    """A consignment as an officer would look it up: `order:…` or `waybill:…`."""
    label, node = subject(row)
    return f"{'order' if label == 'Order' else 'waybill'}:{node}"


def cypher_of_cluster(row: Mapping[str, Any]) -> str:
    """Query that shows the cluster of a consignment."""
    label, node = subject(row)
    return f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r:IN_CLUSTER]->(c) RETURN s, r, c LIMIT 100"


def _evidence(reason: Reason, row: Mapping[str, Any]) -> list[str]:
    """Names of the lists that prove a finding, as an officer would look them up."""
    order, parcel = without_prefix(consignment_key(row)), parcel_id(row)
    names = {
        "declaration": f"declaration:{order}" if row["kind"] == "declaration" else None,
        "order": f"order:{order}",
        "payment": f"payment:{row['p_pay_code']}:{row['p_transaction']}" if row["p_transaction"] else None,
        "waybill": f"waybill:{parcel}" if parcel else None,
        "tracking": f"tracking:{parcel}" if parcel else None,
    }
    return [name for key in reason.evidence if (name := names[key]) and (key not in _THERE or row.get(_THERE[key]))]


def cluster_findings(rows: Sequence[Mapping[str, Any]], places: npt.NDArray[np.int32], clustered: Clustered, run_id: str) -> pa.Table:
    """One finding per consignment and sign of the groups it belongs to.

    Args:
        rows: Consignments with their keys.
        places: Item of each consignment in the view, -1 for none.
        clustered: The groups.
        run_id: The run.
    """
    found = []
    for row, place in zip(rows, places.tolist(), strict=True):
        for cluster_id, sign in clustered.signs.get(place, ()):
            found.append(
                finding_row(
                    run_id,
                    row,
                    sign.reason,
                    sign.values,
                    score=sign.score,
                    evidence=[cluster_id],
                    cypher=f"MATCH (c:Cluster {{id: '{cluster_id}'}})<-[r:IN_CLUSTER]-(s) RETURN s, r, c LIMIT 500",
                    group=cluster_id,
                )
            )
    found.sort(key=lambda f: f["finding_id"])
    return pa.Table.from_pylist(found, schema=FINDINGS)


def with_bits(findings: pa.Table, bits: Bits, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Findings of rules and groups with the weight of their evidence; their score becomes the chance of a breach by that sign alone.

    Args:
        findings: Columns of `FINDINGS`.
        bits: Weights of all findings, consignments in the order of `rows`.
        rows: Consignments.
    """
    place = {row["consignment_id"]: i for i, row in enumerate(rows)}
    weight = np.array(
        [bits.of_rules[f["reason"]][place[f["consignment_id"]]] for f in findings.select(["reason", "consignment_id"]).to_pylist()]
    )
    named = {"bits": np.round(weight, 4), "score": np.round(probability(weight), 6)}
    for name, values in named.items():
        findings = findings.set_column(findings.schema.get_field_index(name), name, pa.array(values, pa.float64()))
    return findings


def sign_findings(
    rows: Sequence[Mapping[str, Any]], context: Context, bits: Bits, near: npt.NDArray[np.bool_], run_id: str
) -> pa.Table:  # fmt: skip
    """Findings of the signs that show with what surrounds a consignment, where they say enough to be read.

    Args:
        rows: Consignments.
        context: Their circumstances.
        bits: Their weights.
        near: bool [n]; whether each is graded medium or high, or comes near.
        run_id: The run.
    """
    found = []
    for sign, place, weight, values in shown(context, bits, near):
        label, node = subject(rows[place])
        found.append(
            finding_row(
                run_id,
                rows[place],
                sign.reason,
                values,
                score=float(probability(np.array(weight))),
                evidence=[node],
                cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r*1..2]-(n) RETURN s, r, n LIMIT 100",
                bits=weight,
            )
        )
    found.sort(key=lambda f: f["finding_id"])
    return pa.Table.from_pylist(found, schema=FINDINGS)


def of_run(findings: pa.Table, run_id: str) -> pa.Table:
    """The same findings in the name of another run."""
    former = findings["run_id"][0].as_py() if findings.num_rows else ""
    names = pc.binary_join_element_wise(run_id, pc.utf8_slice_codeunits(findings["finding_id"], len(former)), "")
    findings = findings.set_column(FINDINGS.get_field_index("finding_id"), "finding_id", names)
    return findings.set_column(FINDINGS.get_field_index("run_id"), "run_id", pa.repeat(pa.scalar(run_id), findings.num_rows))


def renamed(findings: pa.Table, groups: pa.Table, clusters: pa.Table) -> pa.Table:
    """Findings of groups that name the run's cluster which holds most of the group; without one, the consignments of the group.

    Args:
        findings: Columns of `FINDINGS`.
        groups: Groups that the network raised, with their consignments (`cluster_id`, `consignment_id`).
        clusters: Clusters of the run, likewise.
    """
    home = {m["consignment_id"]: m["cluster_id"] for m in clusters.select(["cluster_id", "consignment_id"]).to_pylist()}
    items: dict[str, list[str]] = {}
    homes: dict[str, Counter[str]] = {}
    for m in groups.select(["cluster_id", "consignment_id", "item"]).to_pylist():
        items.setdefault(m["cluster_id"], []).append(m["item"])
        homes.setdefault(m["cluster_id"], Counter())[home.get(m["consignment_id"], "")] += 1
    evidence, cypher = findings["evidence"].to_pylist(), findings["cypher"].to_pylist()
    for i, own in enumerate(evidence):
        group = own[0] if len(own) == 1 else ""
        if group not in items:
            continue
        [(cluster, n)] = homes[group].most_common(1)
        if cluster and 2 * n >= len(items[group]):
            evidence[i], cypher[i] = [cluster], cypher[i].replace(group, cluster)
        else:
            shown = list(dict.fromkeys(items[group]))[:ITEMS_SHOWN]
            among = ", ".join(f"'{quoted(item)}'" for item in shown)
            evidence[i], cypher[i] = shown, f"MATCH (s)-[r]-(n) WHERE s.id IN [{among}] RETURN s, r, n LIMIT 500"
    for name, values in (("evidence", evidence), ("cypher", cypher)):
        kind = FINDINGS.field(name).type
        findings = findings.set_column(findings.schema.get_field_index(name), name, pa.array(values, kind))
    return findings


def quoted(text: str) -> str:
    """A text as it stands between single quotes in Cypher."""
    return text.replace("\\", "\\\\").replace("'", "\\'")

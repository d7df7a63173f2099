"""Runs the detectors over one run's facts and tells each finding in words."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.cluster_tables import Clustered
from sandan.algorithms.context import Context
from sandan.algorithms.evidence import Bits, Ground, probability, shown
from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule
from sandan.algorithms.registry import DETECTORS, NOT_RUN
from sandan.record.catalog.keys import consignment_key, parcel_id, without_prefix
from sandan.record.masks import mask_address

FINDINGS = pa.schema(
    [
        ("finding_id", pa.string()),
        ("run_id", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("typology", pa.string()),
        ("score", pa.float64()),
        ("bits", pa.float64()),
        ("because", pa.string()),
        ("because_zh", pa.string()),
        ("evidence", pa.string()),
        ("cypher", pa.string()),
        ("consignment_id", pa.string()),
        ("reason", pa.string()),
        ("cause", pa.string()),
        ("fields", pa.string()),
    ]
)
# Consignments of a group that a finding names.
_ITEMS_SHOWN = 20
# A rule that fires on more than this share of many consignments describes how these lists are written, not who forges them.
_COMMON, _MANY = 0.2, 500
_SOURCES_ZH = {"order": "订单", "declaration": "清单", "waybill": "运单", "delivery": "实际签收"}
# What a finding marks in the lists, by reason: (list, column) pairs for the officer's side-by-side view.
MARKS: dict[str, tuple[str, ...]] = {
    "missing_order": ("order",),
    "missing_payment": ("payment",),
    "missing_waybill": ("waybill",),
    "other_platform": ("order.ebp_code", "payment.ebp_code", "declaration.ebp_code"),
    "other_provider": ("order.pay_code", "payment.pay_code"),
    "no_service": ("payment.pay_code", "declaration.ebp_code", "order.ebp_code"),
    "service_near": ("payment.pay_code", "declaration.ebp_code", "order.ebp_code"),
    "not_on_sale": ("declaration.items", "declaration.ebp_code"),
    "stranger_pays": ("order.buyer", "payment.payer", "declaration.buyer"),
    "payer_of_many": ("order.buyer", "payment.payer", "declaration.buyer"),
    "shown_stranger": ("order.buyer", "payment.payer", "declaration.buyer"),
    "two_names": ("order.buyer", "payment.payer", "declaration.buyer"),
    "formula": ("order.actual_paid", "order.goods_value"),
    "payment_sum": ("order.actual_paid", "payment.amount_paid"),
    "line_sum": ("order.goods_value", "order.items"),
    "declared_less": ("order.goods_value", "declaration.items"),
    "other_province": ("address",),
    "other_place": ("address",),
    "pickup": ("address",),
    "similar_place": ("address",),
    "paid_later": ("payment.pay_time", "declaration.app_time"),
    "paid_a_little_later": ("payment.pay_time", "declaration.app_time"),
    "waybill_first": ("payment.pay_time", "waybill.app_time"),
    "delivered_first": ("delivery.delivered_at", "declaration.app_time"),
    "delivered_unpaid": ("delivery.delivered_at", "payment.pay_time"),
    "under_market": ("declaration.items",),
    "under_peers": ("declaration.items",),
    "over_prices": ("declaration.items",),
    "over_slip": ("declaration.items",),
    "listed_control": ("order.buyer", "declaration.buyer", "address", "declaration.items"),
    "listed": ("order.buyer", "declaration.buyer", "address", "declaration.items"),
    "listed_name": ("order.buyer", "payment.payer", "declaration.buyer"),
    "signature_invalid": ("order", "payment", "waybill", "declaration"),
    "signature_untrusted": ("order", "payment", "waybill", "declaration"),
    "scan_prohibited": ("declaration.items",),
    "scan_other": ("declaration.items", "order.items"),
    "scan_more": ("declaration.items", "order.items"),
    "scan_brand": ("declaration.items", "order.items"),
    "tax_billed": ("declaration.items", "order.tax_total"),
    "tax_withheld": ("declaration.items", "order.tax_total"),
}
# The same by the cause of a sign.
_SIGN_MARKS: dict[str, tuple[str, ...]] = {
    "order": ("order",),
    "payment_platform": MARKS["no_service"],
    "payer": MARKS["stranger_pays"],
    "address": MARKS["other_place"],
    "amount": MARKS["payment_sum"] + MARKS["declared_less"],
    "price": MARKS["under_market"],
    "pay_time": MARKS["waybill_first"],
    "ring": ("address", "order.buyer", "declaration.buyer"),
    "lot": ("declaration.items", "address"),
    "quota": ("declaration.items", "order.buyer", "declaration.buyer"),
    "goods": ("order.items", "declaration.items"),
    "operators": ("declaration.agent_code", "waybill.logistics_code", "declaration.ebc_code"),
}


@dataclass(frozen=True, slots=True)
class Detected:
    """All findings of a run, what has to be said about how they came about, and of what rules by reason that cannot be found everywhere."""

    findings: pa.Table
    notes: list[str]
    grounds: Mapping[str, Ground] = field(default_factory=dict)


def detect(facts: Facts, run_id: str) -> Detected:
    """Run every detector.

    A rule that fires on more than a fifth of 500 consignments or more counts half and is named in the notes: so common a sign is a
    convention of the senders or a missing feed, and would drown what is rare.
    """
    n = int(facts.table.count().execute())
    rows: list[dict[str, Any]] = []
    notes = [note for told in NOT_RUN for note in told(facts)]
    grounds: dict[str, Ground] = {}
    asked: dict[Any, tuple[int, int]] = {}  # rules of one table ask for the same consignments
    for detector in DETECTORS:
        for rule in detector(facts):
            if rule.asked is not None:
                condition = rule.asked.op()
                asked[condition] = asked.get(condition) or _asked(facts, rule.asked)
                grounds[rule.reason] = Ground(*asked[condition], rule.usual)
            found = _found(facts, rule)
            common = n >= _MANY and len(found) > _COMMON * n
            if common:
                share = len(found) / n
                notes.append(f"{rule.typology}/{rule.reason}: fires on {share:.0%} of all consignments; counted half, look at the feed")
            rows.extend(_told(rule, values, run_id, 0.5 if common else 1.0) for values in found)
    rows.sort(key=lambda row: (row["subject_type"], row["subject_id"], row["consignment_id"], row["typology"], row["reason"]))
    return Detected(pa.Table.from_pylist(rows, schema=FINDINGS), notes, grounds)


def _asked(facts: Facts, asked: ir.BooleanValue) -> tuple[int, int]:
    """Imports and exports of which a condition is true."""
    found = facts.table.filter(asked.fill_null(False))
    [row] = found.aggregate(n=found.count(), imports=found.count(where=found.flow == "import")).to_pyarrow().to_pylist()
    return row["imports"], row["n"] - row["imports"]


_SUBJECT = ("consignment_id", "kind", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "p_pay_code", "p_transaction")


def _found(facts: Facts, rule: Rule) -> list[dict[str, Any]]:
    table = facts.table
    score = ibis.literal(rule.score) if isinstance(rule.score, float) else rule.score
    values = {f"v_{name}": value for name, value in rule.values.items()}
    chosen = table.filter(rule.when.fill_null(False)).select(*_SUBJECT, *rule.evidence_columns, score=score, **values)
    rows: list[dict[str, Any]] = chosen.to_pyarrow().to_pylist()
    return rows


def _told(rule: Rule, row: Mapping[str, Any], run_id: str, weight: float) -> dict[str, Any]:
    values = {name: row[f"v_{name}"] for name in rule.values}
    for side in ("a", "b"):
        if f"{side}_text" in values:
            values[f"{side}_masked"] = mask_address(values.pop(f"{side}_text"))
    for side in ("a_first", "a_second"):
        if side in values:
            values[f"{side}_zh"] = _SOURCES_ZH.get(values[side], values[side])
    label, node = subject(row)
    return finding_row(
        run_id,
        row,
        rule.reason,
        typology=rule.typology,
        cause=rule.cause,
        score=float(row["score"]) * weight,
        because=(rule.sentence.told("en", values), rule.sentence.told("zh", values)),
        evidence="|".join(_evidence(rule, row)),
        cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r]-(n) RETURN s, r, n LIMIT 100",
        fields=MARKS.get(rule.reason, ()),
    )


def finding_row(
    run_id: str,
    row: Mapping[str, Any],
    reason: str,
    *,
    typology: str,
    cause: str,
    score: float,
    because: tuple[str, str],
    evidence: str,
    cypher: str,
    fields: Sequence[str] = (),
    bits: float = 0.0,
) -> dict[str, Any]:
    """One finding on a consignment, in the columns of `FINDINGS`.

    Args:
        run_id: The run.
        row: The consignment: `consignment_id` and its keys.
        reason: Name of the finding's reason; with the consignment it names the finding.
        typology: Name of the contract's vocabulary.
        cause: Of one cause only the strongest finding counts.
        score: Strength in (0, 1).
        because: The sentence in English and in Chinese.
        evidence: Ids that prove it, `|`-separated.
        cypher: Query that shows it in the graph.
        fields: Lists and fields that it points at.
        bits: Weight of the evidence; 0 until the whole stream is known.
    """
    subject_type, subject_id = subject(row)
    return {
        "finding_id": f"{run_id}:{row['consignment_id']}:{reason}",
        "run_id": run_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "typology": typology,
        "score": round(score, 6),
        "bits": round(bits, 4),
        "because": because[0],
        "because_zh": because[1],
        "evidence": evidence,
        "cypher": cypher,
        "consignment_id": row["consignment_id"],
        "reason": reason.partition(":")[0],
        "cause": cause,
        "fields": json.dumps(list(fields)),
    }


def subject(row: Mapping[str, Any]) -> tuple[str, str]:
    """Label and id, in the graph, of the node that a consignment is about."""
    return "Order" if row["order_no"] is not None else "Parcel", without_prefix(consignment_key(row))


def _evidence(rule: Rule, row: Mapping[str, Any]) -> list[str]:
    """Names of the lists that prove a finding, as an officer would look them up."""
    order, parcel = without_prefix(consignment_key(row)), parcel_id(row)
    names = {
        "consignment_id": f"declaration:{order}" if row["kind"] == "declaration" else None,
        "o_record_id": f"order:{order}",
        "p_records": f"payment:{row['p_pay_code']}:{row['p_transaction']}" if row["p_transaction"] else None,
        "w_record_id": f"waybill:{parcel}" if parcel else None,
        "t_record_id": f"tracking:{parcel}" if parcel else None,
    }
    return [name for key in rule.evidence if (name := names.get(key)) and (key == "consignment_id" or row.get(key))]


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
                    f"{sign.reason}:{cluster_id}",
                    typology=sign.typology,
                    cause=sign.cause,
                    score=sign.score,
                    because=(sign.sentence.told("en", sign.values), sign.sentence.told("zh", sign.values)),
                    evidence=cluster_id,
                    cypher=f"MATCH (c:Cluster {{id: '{cluster_id}'}})<-[r:IN_CLUSTER]-(s) RETURN s, r, c LIMIT 500",
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
    rows: Sequence[Mapping[str, Any]], context: Context, bits: Bits, alarmed: npt.NDArray[np.bool_], run_id: str
) -> pa.Table:  # fmt: skip
    """Findings of the signs that show with what surrounds a consignment, where they say enough to be read.

    Args:
        rows: Consignments.
        context: Their circumstances.
        bits: Their weights.
        alarmed: bool [n]; whether each is graded medium or high.
        run_id: The run.
    """
    found = []
    for sign, place, weight, values in shown(context, bits, alarmed):
        label, node = subject(rows[place])
        found.append(
            finding_row(
                run_id,
                rows[place],
                sign.name,
                typology=sign.typology,
                cause=sign.cause,
                score=float(probability(np.array(weight))),
                bits=weight,
                fields=_SIGN_MARKS.get(sign.cause, ("declaration.items",)),
                because=(sign.sentence.told("en", values), sign.sentence.told("zh", values)),
                evidence=node,
                cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r*1..2]-(n) RETURN s, r, n LIMIT 100",
            )
        )
    found.sort(key=lambda f: f["finding_id"])
    return pa.Table.from_pylist(found, schema=FINDINGS)


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
    for i, group in enumerate(evidence):
        if group not in items:
            continue
        [(cluster, n)] = homes[group].most_common(1)
        if cluster and 2 * n >= len(items[group]):
            evidence[i], cypher[i] = cluster, cypher[i].replace(group, cluster)
        else:
            shown = list(dict.fromkeys(items[group]))[:_ITEMS_SHOWN]
            among = ", ".join(f"'{quoted(item)}'" for item in shown)
            evidence[i], cypher[i] = "|".join(shown), f"MATCH (s)-[r]-(n) WHERE s.id IN [{among}] RETURN s, r, n LIMIT 500"
    for name, values in (("evidence", evidence), ("cypher", cypher)):
        findings = findings.set_column(findings.schema.get_field_index(name), name, pa.array(values, pa.string()))
    return findings


def quoted(text: str) -> str:
    """A text as it stands between single quotes in Cypher."""
    return text.replace("\\", "\\\\").replace("'", "\\'")

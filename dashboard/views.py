"""Rows of a run as the tables of the pages show them: words for codes, texts for numbers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.read_models.operator import LINKED_ROLES
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import because, operator_reasons, strongest_first, summary
from sandan.dashboard.address import NETWORK, Address, Scene, consignment_path, operator_path
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.theme import GLYPHS


def grade_cell(grade: str, language: Language) -> dict[str, str]:
    """A grade as its sign, its word and its key."""
    return {"key": grade, "glyph": GLYPHS.get(grade, ""), "word": word("grade", grade, language)}


def typology_names(names: Iterable[str], language: Language) -> list[str]:
    """The labels of typologies."""
    return [registry().label(name, language) for name in names]


def alert_row(
    row: Mapping[str, Any],
    platforms: Mapping[str, str],
    address: Address,
    clusters: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    as_of: dt.datetime | None = None,
) -> dict[str, Any]:
    """One row of the queue.

    Args:
        row: The alert, with its findings, and with `n_folded` consignments of its cluster where it stands for them.
        platforms: Names of the platforms, by code.
        address: That of the queue.
        clusters: Size and typologies of clusters, by id.
        as_of: Up to when the run knew: its ages are counted to there.
    """
    language = address.language
    reasons = [because(finding, language) for finding in strongest_first(row["findings"])]
    known = beijing(dt.datetime.fromtimestamp(row["known_us"] / 1e6, dt.UTC)) if row["known_us"] is not None else ""
    parcel = row["logistics_no"]
    return {
        "id": row["consignment_id"],
        "key": full_key(row),
        "path": consignment_path(full_key(row) if row.get("is_unique", True) else row["consignment_id"]),
        "grade": grade_cell(row["grade"], language),
        "score": f"{row['score']:.2f}",
        "number": row["order_no"] or parcel,
        "under": text("waybill_short", language, no=parcel) if row["order_no"] and parcel else "",
        "platform": platforms.get(row["ebp_code"], "") or row["ebp_code"],
        "platform_code": row["ebp_code"] if platforms.get(row["ebp_code"]) else "",
        "typologies": typology_names(row["typologies"], language),
        "cluster": cluster_cell(clusters.get(row.get("cluster_id") or ""), address, row.get("n_folded") or 1),
        "reason": reasons[0] if reasons else text("no_reason", language),
        "more": text("n_more", language, n=len(reasons) - 1) if len(reasons) > 1 else "",
        "all_reasons": "\n".join(reasons),
        "value": money(row["declared_cny"]),
        "stake": money(row.get("stake")),
        "where": " · ".join(part for part in (word("flow", row["flow"], language), row["customs_code"]) if part),
        "status": word("status", row["status"], language),
        "known": known[:10],
        "age": _age(row["known_us"], as_of, language),
    }


def operator_row(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """One row of the operators' table; its link shows the operator's consignments where the alerts name that role."""
    reasons = operator_reasons(row, language, labels=True)
    return {
        "id": f"{row['role']}:{row['code']}",
        "grade": grade_cell(row["grade"], language),
        "score": f"{row['score']:.2f}",
        "role": word("role", row["role"], language),
        "code": row["code"],
        "path": operator_path(row["role"], row["code"]),
        "operator": row["code"] if row["role"] in LINKED_ROLES else "",
        "name": row["name"],
        "n_orders": row["n_orders"],
        "n_high": row["n_high"],
        "typologies": typology_names(row["typologies"], language),
        "reason": "\n".join(reasons) or text("no_excess", language),
    }


def cluster_row(row: Mapping[str, Any], grade: str, address: Address) -> dict[str, Any]:
    """One row of the clusters' table, with the way to its network."""
    language = address.language
    return {
        "id": row["cluster_id"],
        "path": NETWORK,
        "search": address.drawing(Scene(cluster=row["cluster_id"])).search_with_scene,
        "grade": grade_cell(grade, language),
        "score": f"{row['score']:.2f}",
        "number": row["cluster_id"],
        "under": text(f"cluster_kind_{row['kind']}", language),
        "typologies": typology_names(row["typologies"], language),
        "n_orders": row["n_orders"],
        "n_payers": row["n_payers"],
        "n_addresses": row["n_addresses"],
        "first": beijing(row["first_seen"])[:10],
        "last": beijing(row["last_seen"])[:10],
        "summary": summary(row, language),
    }


def _age(known_us: int | None, as_of: dt.datetime | None, language: Language) -> str:
    if known_us is None or as_of is None:
        return ""
    hours = int((as_of.timestamp() - known_us / 1e6) // 3600)
    return text("age_days", language, n=hours // 24) if hours >= 48 else text("age_hours", language, n=max(hours, 0))


def cluster_cell(cluster: Mapping[str, Any] | None, address: Address, n_folded: int = 1) -> dict[str, str] | None:
    """The cluster of an alert: its first typology, its size, and the way to its network; to its rows in the queue where they are folded."""
    if cluster is None:
        return None
    names = typology_names(cluster["typologies"], address.language)
    return {
        "name": names[0] if names else cluster["cluster_id"],
        "under": text("cluster_n", address.language, n=cluster["n_orders"]),
        "path": NETWORK,
        "search": address.drawing(Scene(cluster=cluster["cluster_id"])).search_with_scene,
        "folded": text("n_folded", address.language, n=n_folded) if n_folded > 1 else "",
        "rows": address.having(cluster=cluster["cluster_id"]).search if n_folded > 1 else "",
    }


def money(value: float | None) -> str:
    """A sum with two decimals; empty text for none."""
    return "" if value is None else f"{value:,.2f}"

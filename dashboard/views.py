"""Rows of a run as the tables of the pages show them: words for codes, texts for numbers."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sandan.algorithms.consignment import full_key
from sandan.algorithms.labels import TYPOLOGIES, label
from sandan.dashboard.address import consignment_path
from sandan.dashboard.i18n import Language, text, with_typologies_named, word
from sandan.dashboard.run_summary import beijing
from sandan.dashboard.theme import GLYPHS

# Roles whose code is a column of the alerts, so that the queue can show their consignments.
_LINKED_ROLES = ("seller", "platform", "logistics")


def grade_cell(grade: str, language: Language) -> dict[str, str]:
    """A grade as its sign, its word and its key."""
    return {"key": grade, "glyph": GLYPHS.get(grade, ""), "word": word("grade", grade, language)}


def typology_names(joined: str, language: Language) -> list[str]:
    """The names of typologies that stand in one text, separated by bars."""
    return [label(TYPOLOGIES, key, language) for key in joined.split("|") if key]


def sentences(row: Mapping[str, Any], language: Language) -> list[str]:
    """The reasons of an alert or an operator in one language."""
    return [part for part in (row["reasons_zh" if language == "zh" else "reasons"] or "").split("|") if part]


def alert_row(row: Mapping[str, Any], platforms: Mapping[str, str], language: Language) -> dict[str, Any]:
    """One row of the queue."""
    reasons = sentences(row, language)
    known = beijing(dt.datetime.fromtimestamp(row["known_us"] / 1e6, dt.UTC)) if row["known_us"] is not None else ""
    parcel = row["logistics_no"]
    return {
        "id": row["consignment_id"],
        "path": consignment_path(full_key(row) if row.get("is_unique", True) else row["consignment_id"]),
        "grade": grade_cell(row["grade"], language),
        "score": f"{row['score']:.2f}",
        "number": row["order_no"] or parcel,
        "under": text("waybill_short", language, no=parcel) if row["order_no"] and parcel else "",
        "platform": platforms.get(row["ebp_code"], "") or row["ebp_code"],
        "platform_code": row["ebp_code"] if platforms.get(row["ebp_code"]) else "",
        "typologies": typology_names(row["typologies"], language),
        "reason": reasons[0] if reasons else text("no_reason", language),
        "more": text("n_more", language, n=len(reasons) - 1) if len(reasons) > 1 else "",
        "all_reasons": "\n".join(reasons),
        "value": money(row["declared_cny"]),
        "customs": row["customs_code"] or "",
        "flow": word("flow", row["flow"], language),
        "status": word("status", row["status"], language),
        "known": known[:10],
        "known_time": known[11:],
    }


def operator_row(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """One row of the operators' table; its link shows the operator's consignments where the alerts name that role."""
    reasons = [with_typologies_named(sentence, language) for sentence in sentences(row, language)]
    return {
        "id": f"{row['role']}:{row['code']}",
        "grade": grade_cell(row["grade"], language),
        "score": f"{row['score']:.2f}",
        "role": word("role", row["role"], language),
        "code": row["code"],
        "operator": row["code"] if row["role"] in _LINKED_ROLES else "",
        "name": row["name"],
        "n_orders": row["n_orders"],
        "n_high": row["n_high"],
        "typologies": typology_names(row["typologies"], language),
        "reason": "\n".join(reasons) or text("no_excess", language),
    }


def money(value: float | None) -> str:
    """A sum with two decimals; empty text for none."""
    return "" if value is None else f"{value:,.2f}"

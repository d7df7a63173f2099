"""Counts that may be given to others: none of them is so small that it speaks of single consignments, nor lets one be worked out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

STATISTICS: Mapping[str, str] = {
    "consignments": "consignments of the newest run, by flow and grade",
    "inspections": "inspections, by method or typology, and how many of them found a breach",
}


def shown_counts(counts: Mapping[str, int], least: int) -> dict[str, int]:
    """The parts of a whole that are large enough to be shown.

    Where the parts that are left out would sum to fewer than `least`, somebody who knows the whole could work them out: then the
    smallest parts that are large enough are left out too.

    Args:
        counts: Part -> how many.
        least: The smallest count that is shown.

    Source:
        Cell suppression with complementary cells, Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.
    """
    shown = {name: n for name, n in counts.items() if n >= least}
    hidden = sum(n for n in counts.values() if n < least)
    for name in sorted(shown, key=lambda name: (shown[name], name)):
        if not 0 < hidden < least:
            break
        hidden += shown.pop(name)
    return shown


def shared_statistics(alerts: pd.DataFrame, inspected: pd.DataFrame, least: int) -> Iterator[dict[str, Any]]:
    """Rows for others: statistic, of, n, breaches (None where it is not said).

    Args:
        alerts: flow and grade of each consignment.
        inspected: method, typologies (`|`-separated or lists) and is_hit of each inspection.
        least: The smallest count that is shown.
    """
    graded = Counter(f"flow:{flow} grade:{grade}" for flow, grade in zip(alerts.flow, alerts.grade, strict=True))
    for of, n in shown_counts(graded, least).items():
        yield {"statistic": "consignments", "of": of, "n": n, "breaches": None}
    every: dict[str, Counter[str]] = {"method": Counter(), "typology": Counter()}
    found: dict[str, Counter[str]] = {"method": Counter(), "typology": Counter()}
    for method, typologies, is_hit in zip(inspected.method, inspected.typologies, inspected.is_hit, strict=True):
        for kind, names in (("method", [method]), ("typology", _names(typologies))):
            every[kind].update(names)
            found[kind].update(names if is_hit else [])
    for kind, counts in every.items():
        for name, n in sorted(shown_counts(counts, least).items()):
            hits = found[kind][name]
            # Few breaches, and few that are none, would both speak of single consignments.
            told = hits if hits >= least and n - hits >= least else None
            yield {"statistic": "inspections", "of": f"{kind}:{name}", "n": n, "breaches": told}


def _names(value: Any) -> list[str]:
    names = value.split("|") if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
    return [name for name in names if name]

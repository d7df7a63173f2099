"""How long a list may stay away before its absence means something: learned from the lists that did arrive."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from sandan.record.lake.portable import hours_between
from sandan.record.settings import GraceSettings

# Arrivals after which a delay counts as learned; and the share of honest arrivals that lie inside the grace.
ENOUGH = 200
COVERED = 0.995
# What a list of any flow is called in the report, and the column with its arrival.
LISTS = {"order": "o_known_at", "payment": "p_known", "waybill": "w_known_at"}


@dataclass(frozen=True, slots=True)
class Grace:
    """Grace of one list in one flow.

    Attributes:
        flow: `import` or `export`.
        list_name: `order`, `payment` or `waybill`.
        hours: From the declaration on.
        n: Arrivals seen.
        learned: False if the setting was used for want of arrivals.
    """

    flow: str
    list_name: str
    hours: float
    n: int
    learned: bool


def learn_grace(matched: ir.Table, settings: GraceSettings) -> list[Grace]:
    """Grace per flow and list from the delays of the lists that arrived, in hours after the declaration's arrival.

    A list that came before its declaration has no delay. The grace covers 99.5 % of the arrivals and half as much again, between the
    shortest and the longest of the settings; with fewer than 200 arrivals the default of the settings holds.
    """
    found = []
    declared = matched.filter(matched.kind == "declaration")
    for name, column in LISTS.items():
        arrived = declared.filter(declared[column].notnull())
        delay = ibis.greatest(hours_between(arrived[column], arrived.known_at), 0.0)
        rows = arrived.group_by("flow").aggregate(n=arrived.count(), q=delay.quantile(COVERED)).order_by("flow").to_pyarrow().to_pylist()
        learned = {row["flow"]: (row["n"], row["q"]) for row in rows}
        for flow in ("import", "export"):
            n, quantile = learned.get(flow, (0, None))
            weeks = flow == "export" and name == "payment"
            longest = (settings.export_payment_days if weeks else settings.longest_days) * 24
            if n >= ENOUGH and quantile is not None and not weeks:
                found.append(Grace(flow, name, min(max(1.5 * quantile, settings.shortest_hours), longest), n, True))
            else:
                found.append(Grace(flow, name, longest if weeks else settings.default_hours, n, False))
    return found

"""Whether the signatures of a consignment's lists are valid."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench

_LISTS = {"inventories": "consignment_id", "orders": "o_record_id", "waybills": "w_record_id"}
CHECKED = ("valid", "untrusted", "invalid")


def signatures(bench: Bench) -> ir.Table:
    """Lists of each consignment whose signature is invalid or untrusted.

    Returns:
        consignment_id, signed_invalid and signed_untrusted (names of lists, `, ` between them; null for none), a row for each consignment
        with either.
    """
    matched = bench.current("matched")
    parts = []
    for name, column in _LISTS.items():
        states = bench.current(name).select(_record="record_id", state="signature")
        joined = matched.select("consignment_id", _id=matched[column]).inner_join(states, [("_id", "_record")])
        parts.append(joined.select("consignment_id", "state", list_name=ibis.literal(name)))
    paid = bench.current("payments").select(_record="record_id", state="signature")
    links = bench.current("payment_links").select("consignment_id", _id="q_record_id")
    joined = links.inner_join(paid, [("_id", "_record")])
    parts.append(joined.select("consignment_id", "state", list_name=ibis.literal("payments")))
    every = ibis.union(*parts).filter(lambda t: t.state.isin(("invalid", "untrusted"))).distinct()
    return every.group_by("consignment_id").aggregate(
        **{
            f"signed_{state}": every.list_name.collect(where=every.state == state).sort().join(", ").nullif("")
            for state in ("invalid", "untrusted")
        }
    )


def n_checked(bench: Bench) -> int:
    """Declarations, orders, payments and waybills whose signature was checked against the anchors."""
    names = (*_LISTS, "payments")
    return sum(bench.current(name).filter(lambda t: t.signature.isin(CHECKED)).count().to_pyarrow().as_py() for name in names)

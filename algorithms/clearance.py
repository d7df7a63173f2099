"""What became of a consignment at customs, from receipts, cancellations, returns and inspections."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench, first_by

# returnStatus of 622 and 604 (field reference, section 4). States of the procedure before these change nothing for the goods.
HELD = ("500", "501", "502", "503", "505", "599", "600")
RELEASED = ("800", "899")
RETURNED = ("700",)
# An application (623, 625) that customs sent back, as 624 and 626 say it; negative states are errors.
_REFUSED = r"^(100|-.*)$"
_REPLIES = {"CEB624": "cancelled", "CEB626": "returned"}


def clearance(bench: Bench, consignments: ir.Table) -> ir.Table:
    """The state of each consignment of which anything is known at customs.

    The last event decides between held and released: a receipt, or an inspection, which holds what it found wrong and releases what it
    found compliant. A cancellation or a return that was applied for and not refused comes before either.

    Args:
        bench: The lists as of the run's date.
        consignments: consignment_id, flow, ebp_code, order_no, logistics_code, logistics_no.

    Returns:
        consignment_id, `customs_status` (`held`, `released`, `returned`, `cancelled`), `customs_no` (the number that customs gave the
        declaration, from its receipts; null if none came).
    """
    declared = bench.current("inventories")
    declared = declared.select("flow", "agent_code", "cop_no", "pre_no", "invt_no", consignment_id=declared.record_id)
    receipts = bench.current("receipts")
    by_own = _by_own_number(declared, receipts)
    numbers = ibis.union(
        *[t.select("consignment_id", "flow", number=t[name]) for t in (declared, by_own) for name in ("pre_no", "invt_no")], distinct=True
    )
    numbers = bench.keep("customs_numbers", numbers.filter(numbers.number.notnull()))
    answered = bench.keep("receipts_of", _of(declared, numbers, receipts))
    state = ibis.cases(
        (answered.return_status.isin(HELD), "held"),
        (answered.return_status.isin(RELEASED), "released"),
        (answered.return_status.isin(RETURNED), "returned"),
        else_=ibis.null("string"),
    )
    events = answered.select("consignment_id", at=answered.return_time, state=state)
    events = ibis.union(events, *_inspected(bench, consignments))
    events = events.filter(events.state.notnull())
    last = first_by(events, "consignment_id", events.at.desc(), events.state)
    applied = _applied(bench, declared, numbers)
    given = answered.filter(answered.invt_no.notnull()).group_by("consignment_id").aggregate(customs_no=answered.invt_no.max())
    found = consignments.select("consignment_id").left_join(last.select("consignment_id", "state"), "consignment_id")
    found = found.drop("consignment_id_right").left_join(applied, "consignment_id").drop("consignment_id_right")
    found = found.left_join(given, "consignment_id").drop("consignment_id_right")
    return bench.keep("clearance", found.select("consignment_id", "customs_no", customs_status=ibis.coalesce(found.applied, found.state)))


def _by_own_number(declared: ir.Table, told: ir.Table) -> ir.Table:
    """Rows that name a declaration by its declarant's own number; the declarant himself may be left out."""
    named = told.filter(told.cop_no.notnull()).select("agent_code", "cop_no", "flow", "pre_no", "invt_no", _id=told.record_id)
    named = named.rename(_agent="agent_code", _cop="cop_no", _flow="flow", _pre="pre_no", _invt="invt_no")
    joined = declared.inner_join(named, [declared.cop_no == named._cop, declared.flow == named._flow])
    joined = joined.filter(joined._agent.isnull() | (joined._agent == joined.agent_code))
    return joined.select("consignment_id", "flow", "_id", pre_no=joined._pre, invt_no=joined._invt)


def _of(declared: ir.Table, numbers: ir.Table, told: ir.Table) -> ir.Table:
    """Rows of a list with the consignment that they are about, by any of its numbers."""
    by_own = _by_own_number(declared, told).select("consignment_id", "_id")
    by_number = []
    for name in ("pre_no", "invt_no"):
        given = told.filter(told[name].notnull()).select(_number=told[name], _flow=told.flow, _id=told.record_id)
        joined = numbers.inner_join(given, [numbers.number == given._number, numbers.flow == given._flow])
        by_number.append(joined.select("consignment_id", "_id"))
    links = ibis.union(by_own, *by_number, distinct=True)
    return links.inner_join(told, links._id == told.record_id).drop("_id")


def _inspected(bench: Bench, consignments: ir.Table) -> list[ir.Table]:
    """Events of inspections, found by the order and by the parcel."""
    found = bench.current("outcomes")
    state = (found.outcome == "compliant").ifelse("released", "held")
    by_order = found.select("flow", "ebp_code", "order_no", at=found.inspected_at, state=state)
    by_parcel = found.select("logistics_code", "logistics_no", at=found.inspected_at, state=state)
    return [
        consignments.inner_join(by_order.drop_null(["order_no"]), ["flow", "ebp_code", "order_no"]).select("consignment_id", "at", "state"),
        consignments.inner_join(by_parcel.drop_null(["logistics_no"]), ["logistics_code", "logistics_no"]).select(
            "consignment_id", "at", "state"
        ),
    ]


def _applied(bench: Bench, declared: ir.Table, numbers: ir.Table) -> ir.Table:
    """Consignments whose declaration was cancelled, or whose goods were returned, unless customs refused it: consignment_id, applied."""
    asked = [
        _of(declared, numbers, bench.current(name)).select("consignment_id", applied=ibis.literal(state))
        for name, state in (("cancellations", "cancelled"), ("returns", "returned"))
    ]
    every = ibis.union(*asked, distinct=True)
    answered = _of(declared, numbers, _replies(bench))
    answered = answered.mutate(about=answered.consignment_id + answered.applied)
    last = first_by(answered, "about", answered.at.desc(), answered.record_id)
    refused = last.filter(last.status.re_search(_REFUSED)).select("consignment_id", "applied")
    standing = every.anti_join(refused, ["consignment_id", "applied"])
    return standing.group_by("consignment_id").aggregate(applied=standing.applied.min())


def _replies(bench: Bench) -> ir.Table:
    """The receipts of applications, which are kept as they came: their elements are read out of their text."""
    kept = bench.current("other")
    kept = kept.filter(kept.kind.isin(list(_REPLIES)))

    def element(name: str) -> ir.StringValue:
        return kept.content.re_extract(rf"<(?:[A-Za-z0-9_.-]+:)?{name}(?: [^>]*)?>\s*([^<]*?)\s*<", 1).nullif("")

    return kept.select(
        "record_id",
        flow=ibis.literal("import"),
        applied=ibis.cases(*[(kept.kind == kind, state) for kind, state in _REPLIES.items()], else_=ibis.null("string")),
        at=kept.app_time,
        status=element("returnStatus"),
        agent_code=element("agentCode").upper(),
        cop_no=element("copNo"),
        pre_no=element("preNo"),
        invt_no=element("invtNo"),
    )

"""What became of a consignment at customs, from receipts, cancellations, returns and inspections."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench, first_by
from sandan.algorithms.matching.replies import replies
from sandan.record.lake.frames import beside_each

# returnStatus of 622 and 604 (field reference, section 4). States of the procedure before these change nothing for the goods.
HELD = ("500", "501", "502", "503", "505", "599", "600")
RELEASED = ("800", "899")
RETURNED = ("700",)
# The declaration was sent back (退单), or could not even be sent; negative states are errors of the e-port.
SENT_BACK = "100"
_NOT_SENT = r"^(4|-[0-9]+)$"
# It is on its way again, or in customs' hands.
_UNDER_WAY = ("1", "2", "3", "120", "300", "399")
# Customs has it: an error of a later message about it sends nothing back.
_ENTERED = ("120", "300", "399", *HELD, *RELEASED, *RETURNED)
# An application (623, 625, 605) that customs granted, as its answer says.
_GRANTED = ("399", "700", "800", "899")


def clearance(bench: Bench, consignments: ir.Table) -> ir.Table:
    """The state of each consignment of which anything is known at customs.

    The last event decides between held and released: a receipt, or an inspection, which holds what it found wrong and releases what it
    found compliant. A declaration that customs sent back is refused until it is sent again. A cancellation or a return counts when
    customs granted it; an application alone changes nothing.

    Args:
        bench: The lists as of the run's date.
        consignments: consignment_id, flow, ebp_code, order_no, logistics_code, logistics_no.

    Returns:
        consignment_id, `customs_status` (`held`, `released`, `returned`, `cancelled`, `refused`), `customs_no` (the number that customs
        gave the declaration, from its receipts; null if none came), `released_at` (of the first receipt that says so).
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
    events = ibis.union(events, _refusals(answered), *_inspected(bench, consignments))
    events = events.filter(events.state.notnull())
    last = first_by(events, "consignment_id", events.at.desc(), events.state)
    applied = _granted(bench, declared, numbers)
    given = answered.group_by("consignment_id").aggregate(
        customs_no=answered.invt_no.max(), released_at=answered.return_time.min(where=answered.return_status.isin(RELEASED))
    )
    found = beside_each(consignments.select("consignment_id"), [last.select("consignment_id", "state"), applied, given], "consignment_id")
    found = found.mutate(customs_status=ibis.coalesce(found.applied, found.state))
    return bench.keep("clearance", found.select("consignment_id", "customs_no", "customs_status", "released_at"))


def _by_own_number(declared: ir.Table, rows: ir.Table) -> ir.Table:
    """Rows that name a declaration by its declarant's own number; the declarant himself may be left out."""
    named = rows.filter(rows.cop_no.notnull()).select("agent_code", "cop_no", "flow", "pre_no", "invt_no", _id=rows.record_id)
    named = named.rename(_agent="agent_code", _cop="cop_no", _flow="flow", _pre="pre_no", _invt="invt_no")
    joined = declared.inner_join(named, [declared.cop_no == named._cop, declared.flow == named._flow])
    joined = joined.filter(joined._agent.isnull() | (joined._agent == joined.agent_code))
    return joined.select("consignment_id", "flow", "_id", pre_no=joined._pre, invt_no=joined._invt)


def _of(declared: ir.Table, numbers: ir.Table, rows: ir.Table) -> ir.Table:
    """Rows of a list with the consignment that they are about, by any of its numbers."""
    by_own = _by_own_number(declared, rows).select("consignment_id", "_id")
    by_number = []
    for name in ("pre_no", "invt_no"):
        given = rows.filter(rows[name].notnull()).select(_number=rows[name], _flow=rows.flow, _id=rows.record_id)
        joined = numbers.inner_join(given, [numbers.number == given._number, numbers.flow == given._flow])
        by_number.append(joined.select("consignment_id", "_id"))
    links = ibis.union(by_own, *by_number, distinct=True)
    return links.inner_join(rows, links._id == rows.record_id).drop("_id")


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


def _refusals(answered: ir.Table) -> ir.Table:
    """Events of declarations that were sent back and not sent again since: consignment_id, at, state."""
    at = answered.return_time
    per = answered.group_by("consignment_id").aggregate(
        _first_in=at.min(where=answered.return_status.isin(_ENTERED)), _last_way=at.max(where=answered.return_status.isin(_UNDER_WAY))
    )
    joined = answered.inner_join(per, "consignment_id")
    back = joined.return_status == SENT_BACK
    failed = joined.return_status.re_search(_NOT_SENT) & (joined._first_in.isnull() | (joined._first_in > joined.return_time))
    again = (joined._last_way > joined.return_time).fill_null(False)
    refused = joined.filter((back | failed) & ~again)
    return refused.select("consignment_id", at=refused.return_time, state=ibis.literal("refused"))


def _granted(bench: Bench, declared: ir.Table, numbers: ir.Table) -> ir.Table:
    """Consignments whose declaration was cancelled or whose goods were returned, as the last answer says: consignment_id, applied."""
    answered = bench.keep("replies_of", _of(declared, numbers, replies(bench.current("other"))))
    answered = answered.mutate(about=answered.consignment_id + answered.applied)
    last = first_by(answered, "about", answered.at.desc(), answered.record_id)
    granted = last.filter(last.status.isin(_GRANTED))
    return granted.group_by("consignment_id").aggregate(applied=granted.applied.min())

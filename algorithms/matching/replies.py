"""What customs answered to applications for a cancellation or a return; these answers are kept as they came, so they are read here."""

import ibis
import ibis.expr.types as ir

# Kind of message -> flow, and what was applied for.
REPLIES = {"CEB624": ("import", "cancelled"), "CEB626": ("import", "returned"), "CEB606": ("export", "cancelled")}


def replies(kept: ir.Table) -> ir.Table:
    """The answers among messages that are kept as they came.

    Args:
        kept: Rows of the list `other`.

    Returns:
        record_id, flow, applied (`cancelled`, `returned`), at, status, info, agent_code, cop_no, pre_no, invt_no.
    """
    kept = kept.filter(kept.kind.isin(list(REPLIES)))

    def element(name: str) -> ir.StringValue:
        return kept.content.re_extract(rf"<(?:[A-Za-z0-9_.-]+:)?{name}(?: [^>]*)?>\s*([^<]*?)\s*<", 1).nullif("")

    def by_kind(place: int) -> ir.StringValue:
        return ibis.cases(*[(kept.kind == kind, said[place]) for kind, said in REPLIES.items()], else_=ibis.null("string"))

    return kept.select(
        "record_id",
        flow=by_kind(0),
        applied=by_kind(1),
        at=kept.app_time.coalesce(kept.known_at),
        status=element("returnStatus"),
        info=element("returnInfo"),
        agent_code=element("agentCode").upper(),
        cop_no=element("copNo"),
        pre_no=element("preNo"),
        invt_no=element("invtNo"),
    )

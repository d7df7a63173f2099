"""Three-list matching: one row per consignment with what order, payment, waybill, delivery and declaration say of it.

A consignment is a declaration; or an order that nobody declared yet; or a parcel of express or post that has no order. How a list was
found is kept with it (`o_how`, `p_how`, `w_how`): by its key, or by a weaker path that explains why the key failed. Without the weaker
paths a payment that names another platform would look like no payment at all.
"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench, first_by, prefixed
from sandan.algorithms.matching.masked import same_telephone, shown_of_payer
from sandan.record.lake.frames import beside
from sandan.record.lake.portable import trimmed
from sandan.record.values.parties import company

# A sub-order or split-payment number: the order's number with a short tail.
_TAIL = r"[-_/#.]\d{1,3}$"
_ORDER = (
    "record_id", "order_no", "ebp_code", "ebp_name", "ebc_code", "known_at", "app_time", "ordered_at", "goods_value", "freight",
    "discount", "tax_total", "actual_paid", "currency", "buyer_id_hash", "buyer_id_masked", "buyer_id_region",
    "buyer_id_birth_year", "buyer_name", "buyer_name_norm", "buyer_telephone_norm", "pay_code", "pay_transaction_id",
    "consignee_norm", "consignee_telephone", "consignee_telephone_norm", "consignee_address", "consignee_address_norm",
)  # fmt: skip
_WAYBILL = (
    "record_id", "logistics_code", "logistics_no", "order_no", "known_at", "app_time", "weight", "consignee_norm",
    "consignee_telephone", "consignee_telephone_norm", "consignee_address", "consignee_address_norm",
)  # fmt: skip
_BUYER = ("buyer_id_hash", "buyer_id_masked", "buyer_id_region", "buyer_id_birth_year", "buyer_name")
# By what payment and waybill of a consignment are found, of its declaration and its order.
_KNOWN = (
    "flow", "ebp_code", "order_no", "order_base", "logistics_code", "logistics_no", "consignee_address_norm", "buyer_hash",
    *_BUYER, "o_pay_code", "o_pay_transaction_id", "o_actual_paid", "o_consignee_telephone", "o_consignee_telephone_norm",
    "o_consignee_address_norm",
)  # fmt: skip
_DELIVERED = r"^(s|d|已?签收.*|妥投|已?送达|已收货|received|completed|delivered.*|signed.*)$"


def match_lists(bench: Bench) -> ir.Table:
    """Match the lists in force and keep the result as `matched`.

    Each list is found by the few columns that name it, and its own columns are put beside the consignment once, at the end: rows of
    all lists together are wide, and each time they are written costs as much as a match.

    Returns:
        One row per consignment: its own columns (`consignment_id`, `kind`, keys, `decl_day`, ...), then those of the order (`o_`),
        the payments together (`p_`), the waybill (`w_`) and the delivery (`t_`); null where no such list was found.
    """
    base = bench.keep("consignments", _consignments(bench))
    ordered = beside(base, _orders(bench, base), "consignment_id")
    known = bench.keep("known_of", _with_buyer(ordered).select("consignment_id", *_KNOWN))
    paid, sent = _payments(bench, known), _waybills(bench, known)
    joined = _with_carrier(beside(beside(_with_buyer(ordered), paid, "consignment_id"), sent, "consignment_id"))
    carried = beside(known.select("consignment_id", "logistics_code", "logistics_no"), sent, "consignment_id")
    return bench.keep("matched", _with_delivery(bench, joined, _with_carrier(carried)))


def _consignments(bench: Bench) -> ir.Table:
    declared, orders, parcels = bench.current("inventories"), bench.current("orders"), bench.current("house_waybills")
    own = declared.select(
        "flow",
        "ebp_code",
        "ebp_name",
        "order_no",
        "ebc_code",
        "agent_code",
        "logistics_code",
        "logistics_no",
        "customs_code",
        *_BUYER,
        "buyer_name_norm",
        "buyer_telephone_norm",
        "consignee_address",
        "consignee_address_norm",
        "known_at",
        "cop_no",
        "country",
        consignment_id=declared.record_id,
        kind=ibis.literal("declaration"),
        channel=ibis.literal("cbec"),
        invt_no=declared.invt_no.fill_null(""),
        decl_day=declared.decl_time,
        decl_app=declared.app_time,
    )
    loose = orders.anti_join(declared, ["flow", "ebp_code", "order_no"])
    loose = loose.select(
        "flow",
        "ebp_code",
        "ebp_name",
        "order_no",
        "ebc_code",
        *_BUYER,
        "buyer_name_norm",
        "buyer_telephone_norm",
        "consignee_address",
        "consignee_address_norm",
        "known_at",
        consignment_id=loose.record_id,
        kind=ibis.literal("order"),
        channel=ibis.literal("cbec"),
        **_nulls(own, "agent_code logistics_code logistics_no customs_code cop_no country invt_no decl_day decl_app"),
    )
    # A parcel whose order is not here stands for itself, whatever number it names.
    here = orders.select("flow", "ebp_code", "order_no").union(declared.select("flow", "ebp_code", "order_no"))
    alone = parcels.anti_join(here, ["flow", "ebp_code", "order_no"]).anti_join(declared, ["logistics_code", "logistics_no"])
    alone = alone.select(
        "flow",
        "logistics_code",
        "logistics_no",
        "known_at",
        "channel",
        consignment_id=alone.record_id,
        kind=ibis.literal("parcel"),
        country=alone.receiver_country,
        consignee_address=alone.receiver_address,
        consignee_address_norm=alone.receiver_address_norm,
        **_nulls(
            own,
            f"ebp_code ebp_name order_no ebc_code {' '.join(_BUYER)} buyer_name_norm buyer_telephone_norm agent_code customs_code cop_no "
            "invt_no decl_day decl_app",
        ),
    )
    columns = own.columns
    every = own.union(loose.select(*columns)).union(alone.select(*columns))
    return every.mutate(order_base=every.order_no.re_replace(_TAIL, ""), invt_no=every.invt_no.fill_null(""))


def _nulls(like: ir.Table, columns: str) -> dict[str, ir.Value]:
    return {column: ibis.null(like[column].type()) for column in columns.split()}


def _orders(bench: Bench, base: ir.Table) -> ir.Table:
    """The order of each consignment: by its key; else by the number of the order of which it is a part, for one buyer and platform."""
    orders = prefixed(bench.current("orders"), "o_", (*_ORDER, "flow"))
    orders = orders.mutate(o_base=orders.o_order_no.re_replace(_TAIL, ""))
    by_key = base.inner_join(orders, [base.flow == orders.o_flow, base.ebp_code == orders.o_ebp_code, base.order_no == orders.o_order_no])
    direct = by_key.select("consignment_id", "o_record_id", o_rank=ibis.literal(1))
    rest = base.anti_join(direct, "consignment_id").filter(base.kind == "declaration")
    same_buyer = rest.inner_join(orders, [rest.flow == orders.o_flow, rest.buyer_id_hash == orders.o_buyer_id_hash])
    same_buyer = _with_platform_names(bench, same_buyer)
    same_place = (same_buyer.ebp_code == same_buyer.o_ebp_code) | (same_buyer._platform == same_buyer._o_platform).fill_null(False)
    part = (same_buyer.order_base == same_buyer.o_order_no) | (same_buyer.order_no == same_buyer.o_base)
    weaker = same_buyer.filter(same_place & (part | (same_buyer.order_no == same_buyer.o_order_no)))
    weaker = weaker.select("consignment_id", "o_record_id", o_rank=ibis.literal(2))
    links = direct.union(weaker)
    links = bench.keep("order_links", first_by(links, "consignment_id", links.o_rank, links.o_record_id))
    linked = links.select("consignment_id", "o_rank", _order="o_record_id").inner_join(orders, [("_order", "o_record_id")])
    how = ibis.cases((linked.o_rank == 1, "key"), (linked.o_rank == 2, "part"), else_=ibis.null("string"))
    return linked.mutate(o_how=how).drop("o_rank", "_order", "o_flow", "o_base")


def _with_buyer(joined: ir.Table) -> ir.Table:
    """Consignments with their order beside them, and the buyer as that list names him which says most."""
    # What is said of the number comes from the list that says whose it is.
    by_order = joined.o_buyer_id_hash.notnull() | (joined.buyer_id_hash.isnull() & joined.o_buyer_id_masked.notnull())
    return joined.mutate(
        buyer_hash=ibis.coalesce(joined.o_buyer_id_hash, joined.buyer_id_hash),
        **{
            column: by_order.ifelse(joined[f"o_{column}"], joined[column])
            for column in ("buyer_id_masked", "buyer_id_region", "buyer_id_birth_year")
        },
        buyer_name=ibis.coalesce(joined.o_buyer_name, joined.buyer_name),
        buyer_norm=ibis.coalesce(joined.o_buyer_name_norm, joined.buyer_name_norm),
    )


def _with_platform_names(bench: Bench, pairs: ir.Table) -> ir.Table:
    """The normal forms of the platforms' names beside them, as `_platform` and `_o_platform`; read in Python, once per name."""
    named = [bench.current(name).select("ebp_name") for name in ("orders", "inventories")]
    names = [text for text in named[0].union(named[1]).distinct().to_pyarrow()["ebp_name"].to_pylist() if text]
    for column, new in (("ebp_name", "_platform"), ("o_ebp_name", "_o_platform")):
        forms = pa.table(
            {
                f"{new}_as_written": pa.array(names, pa.string()),
                new: pa.array([company.normal(text) for text in names], pa.string()),
            }
        )
        pairs = pairs.left_join(ibis.memtable(forms), [(column, f"{new}_as_written")])
    return pairs


def _payments(bench: Bench, base: ir.Table) -> ir.Table:
    """The payments of each consignment, all that are found on the strongest path, as one."""
    paid = bench.current("payments")
    paid = paid.select(
        "ebp_code",
        "order_no",
        "pay_code",
        "pay_transaction_id",
        "pay_time",
        "payer_id_hash",
        "payer_id_masked",
        "payer_id_region",
        "payer_id_birth_year",
        "payer_name",
        "payer_name_norm",
        "payer_id_type",
        "known_at",
        "flow",
        "record_id",
        "app_time",
        amount=paid.amount_paid.cast("float64"),
        base=paid.order_no.re_replace(_TAIL, ""),
    )
    paid = prefixed(paid, "q_", tuple(paid.columns))
    flow = base.flow == paid.q_flow
    key = base.inner_join(paid, [flow, base.ebp_code == paid.q_ebp_code, base.order_no == paid.q_order_no])
    by_transaction = base.inner_join(
        paid, [flow, base.o_pay_code == paid.q_pay_code, base.o_pay_transaction_id == paid.q_pay_transaction_id]
    )
    part = base.inner_join(paid, [flow, base.ebp_code == paid.q_ebp_code, base.order_no == paid.q_base])
    whole = base.inner_join(paid, [flow, base.ebp_code == paid.q_ebp_code, base.order_base == paid.q_order_no])
    number = base.inner_join(paid, [flow, base.order_no == paid.q_order_no])
    alone = paid.group_by("q_flow", "q_order_no").aggregate(n_platforms=paid.q_ebp_code.nunique())
    alone = alone.filter((alone.n_platforms == 1) & (alone.q_order_no.length() >= 6)).rename(_flow="q_flow", _no="q_order_no")
    number = number.left_join(alone, [number.q_flow == alone._flow, number.q_order_no == alone._no])
    same = (number.q_payer_id_hash == number.buyer_hash) | ((number.q_amount - number.o_actual_paid.cast("float64")).abs() < 0.005)
    number = number.filter(same.fill_null(False) | number._no.notnull())
    paths = [(key, 1), (by_transaction, 2), (part, 3), (whole, 4), (number, 5)]
    links = ibis.union(*[t.select("consignment_id", "q_record_id", q_rank=ibis.literal(rank)) for t, rank in paths])
    best = links.mutate(_best=links.q_rank.min().over(ibis.window(group_by=links.consignment_id)))
    best = bench.keep("payment_links", best.filter(best.q_rank == best._best).drop("_best").distinct())
    payers = best.select("consignment_id", "q_rank", _payment="q_record_id").inner_join(paid, [("_payment", "q_record_id")])
    stranger = beside(payers, base.select("consignment_id", "buyer_hash", *_BUYER), "consignment_id")
    shown, differs = shown_of_payer(stranger)
    is_other = (stranger.q_payer_id_hash != stranger.buyer_hash).fill_null(False)
    summed = stranger.group_by("consignment_id").aggregate(
        p_rank=stranger.q_rank.min(),
        p_n=stranger.count(),
        # Rounded: sums of floats differ in their last bits with the order in which threads add them up.
        p_amount=stranger.q_amount.sum().round(6),
        p_first=stranger.q_pay_time.min(),
        p_last=stranger.q_pay_time.max(),
        p_known=stranger.q_known_at.min(),
        p_ebp_code=stranger.q_ebp_code.min(),
        p_pay_code=stranger.q_pay_code.min(),
        p_payer_hash=stranger.q_payer_id_hash.min(),
        p_other_payer=stranger.q_payer_id_hash.min(where=is_other),
        p_shown_other=shown.max(where=differs),
        p_shown=shown.min(),
        p_payer_name=stranger.q_payer_name.min(),
        p_payer_name_max=stranger.q_payer_name.max(),
        p_payer_norm=stranger.q_payer_name_norm.min(),
        p_payer_norm_max=stranger.q_payer_name_norm.max(),
        p_payer_type=stranger.q_payer_id_type.max(),
        p_transaction=stranger.q_pay_transaction_id.min(),
        p_app=stranger.q_app_time.min(),
        p_records=stranger.q_record_id.min(),
    )
    how = ibis.cases(
        (summed.p_rank == 1, "key"),
        (summed.p_rank == 2, "transaction"),
        (summed.p_rank == 3, "part"),
        (summed.p_rank == 4, "whole"),
        (summed.p_rank == 5, "number"),
        else_=ibis.null("string"),
    )
    return summed.mutate(p_how=how).drop("p_rank")


def _waybills(bench: Bench, base: ir.Table) -> ir.Table:
    """The waybill of each consignment: by carrier and number; else by the order's number for one telephone or address (carrier changed)."""
    way = prefixed(bench.current("waybills"), "w_", (*_WAYBILL, "flow"))
    flow = base.flow == way.w_flow
    key = base.inner_join(way, [flow, base.logistics_code == way.w_logistics_code, base.logistics_no == way.w_logistics_no])
    number = base.inner_join(way, [flow, base.logistics_no == way.w_logistics_no, base.order_no == way.w_order_no])
    order = base.inner_join(way, [flow, base.order_no == way.w_order_no])
    same_person = ibis.coalesce(
        order.w_consignee_telephone_norm == order.o_consignee_telephone_norm,
        # A carrier often masks what the order says whole, or the other way round.
        same_telephone(order.o_consignee_telephone_norm, order.w_consignee_telephone),
        same_telephone(order.w_consignee_telephone_norm, order.o_consignee_telephone),
        ibis.literal(False),
    ) | (order.w_consignee_address_norm == ibis.coalesce(order.o_consignee_address_norm, order.consignee_address_norm)).fill_null(False)
    order = order.filter(same_person)
    paths = [(key, 1), (number, 2), (order, 3)]
    links = ibis.union(
        *[
            t.select("consignment_id", "w_record_id", w_rank=ibis.literal(rank), w_other=(t.w_order_no != t.order_no).fill_null(True))
            for t, rank in paths
        ]
    )
    best = bench.keep("waybill_links", first_by(links, "consignment_id", links.w_rank, links.w_other, links.w_record_id))
    linked = best.select("consignment_id", "w_rank", _waybill="w_record_id").inner_join(way, [("_waybill", "w_record_id")])
    how = ibis.cases((linked.w_rank == 1, "key"), (linked.w_rank == 2, "number"), (linked.w_rank == 3, "order"), else_=ibis.null("string"))
    return linked.mutate(w_how=how).drop("w_rank", "_waybill", "w_flow")


def _with_carrier(joined: ir.Table) -> ir.Table:
    """Consignments with their waybill beside them, under its number where they name none."""
    return joined.mutate(
        logistics_code=ibis.coalesce(joined.logistics_code, joined.w_logistics_code),
        logistics_no=ibis.coalesce(joined.logistics_no, joined.w_logistics_no),
    )


def _with_delivery(bench: Bench, base: ir.Table, numbers: ir.Table) -> ir.Table:
    """Join where and when the parcel was really delivered: 513 for the time, tracking for time and address.

    Args:
        bench: The lists.
        base: Consignments with their other lists.
        numbers: Their numbers alone: `consignment_id`, `logistics_code`, `logistics_no`.
    """
    signed, seen = bench.current("deliveries"), bench.current("tracking")
    by_513 = signed.group_by("logistics_code", "logistics_no").aggregate(s_at=signed.logistics_time.min())
    by_513 = by_513.rename(s_code="logistics_code", s_no="logistics_no")
    by_number = [base.logistics_code == by_513.s_code, base.logistics_no == by_513.s_no]
    joined = beside(base, by_513, *by_number, leave=("s_code", "s_no"))
    final = seen.filter(trimmed(seen.status.lower()).re_search(_DELIVERED))
    # A carrier whose statuses are in no known words: its last event is the delivery.
    used = final if final.count().to_pyarrow().as_py() else seen
    used = used.select("logistics_no", "logistics_code", "event_at", "address", "address_norm", "record_id")
    used = used.rename(
        t_no="logistics_no",
        t_code="logistics_code",
        t_at="event_at",
        t_address="address",
        t_address_norm="address_norm",
        t_record_id="record_id",
    )
    link = numbers.select("consignment_id", "logistics_no", "logistics_code").inner_join(used, [("logistics_no", "t_no")])
    link = link.filter(link.t_code.isnull() | (link.t_code == link.logistics_code))
    last = first_by(link, "consignment_id", link.t_address_norm.isnull(), link.t_at.desc(), link.t_record_id)
    last = last.select("consignment_id", "t_at", "t_address", "t_address_norm", "t_record_id")
    joined = beside(joined, last, "consignment_id")
    return joined.mutate(t_delivered=ibis.least(ibis.coalesce(joined.s_at, joined.t_at), ibis.coalesce(joined.t_at, joined.s_at)))

"""What amounts were worth in CNY on their day."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench


def with_rate(bench: Bench, table: ir.Table, day: ir.DateValue) -> ir.Table:
    """The table with `to_cny`, the factor that turns its `currency` into CNY on a day of each row.

    1 for CNY and where no currency is named; else the last rate that was valid by then, before the first one that; null without one.
    """
    rates = bench.current("exchange_rates")
    by_day = ibis.window(group_by=rates.currency, order_by=rates.valid_from)
    valid = rates.select(
        _currency=rates.currency,
        _cny=rates.cny.cast("float64"),
        _from=(ibis.row_number().over(by_day) == 0).ifelse(ibis.date("0001-01-01"), rates.valid_from.cast("date")),
        _until=ibis.coalesce(rates.valid_from.lead().over(by_day).cast("date"), ibis.date("9999-12-31")),
    )
    asked = table.mutate(_day=ibis.coalesce(day.cast("date"), ibis.date("9999-12-30")))
    joined = asked.left_join(valid, [asked.currency == valid._currency, asked._day >= valid._from, asked._day < valid._until])
    in_yuan = joined.currency.isnull() | (joined.currency == "CNY")
    return joined.mutate(to_cny=in_yuan.ifelse(1.0, joined._cny)).drop("_day", "_currency", "_cny", "_from", "_until")


def in_cny(bench: Bench, matched: ir.Table) -> ir.Table:
    """What each consignment was declared at: the declared lines; without any the order's goods; of a parcel what its house waybill says.

    Returns:
        consignment_id and declared_cny (CNY at the rate of the day when the list was known), a row for each consignment; null where no
        amount is stated, or its currency has no rate.
    """
    items, house = bench.current("inventory_items"), bench.current("house_waybills")
    lines = items.select("parent_id", "currency", stated=ibis.coalesce(items.total_price, items.price * items.qty).cast("float64"))
    lines = lines.inner_join(matched.select("consignment_id", "known_at"), lines.parent_id == matched.consignment_id)
    declared = _valued(bench, lines, lines.known_at)
    goods = matched.o_goods_value.cast("float64")
    orders = matched.select("consignment_id", currency=matched.o_currency, stated=goods, day=matched.o_known_at)
    paper = house.declared_value.cast("float64")
    parcels = house.select("currency", consignment_id=house.record_id, stated=paper, day=house.known_at)
    known = matched.select("consignment_id")
    for name, part in (("a", declared), ("b", _valued(bench, orders, orders.day)), ("c", _valued(bench, parcels, parcels.day))):
        known = known.left_join(part.rename({name: "cny"}), "consignment_id").drop("consignment_id_right")
    return known.select("consignment_id", declared_cny=ibis.coalesce(known.a, known.b, known.c))


def _valued(bench: Bench, amounts: ir.Table, at: ir.TimestampValue) -> ir.Table:
    rated = with_rate(bench, amounts, at.date())
    return rated.group_by("consignment_id").aggregate(cny=(rated.stated * rated.to_cny).sum())

"""What amounts were worth in CNY on their day."""

import ibis
import ibis.expr.types as ir

from sandan.graph.people import Lists


def with_rate(lists: Lists, table: ir.Table) -> ir.Table:
    """A list's rows with `to_cny`, the factor that turns amounts in their `currency` into CNY on the day of their `known_at`.

    1 for CNY and where no currency is named; else the last rate that was valid by then, before the first one that; null without one.
    """
    rates = lists("exchange_rates")
    first, last = rates.aggregate(first=rates.valid_from.min(), last=rates.valid_from.max()).to_pyarrow().to_pylist()[0].values()
    if first is None:
        return table.mutate(to_cny=_in_yuan(table).ifelse(1.0, ibis.null("float64")))
    first, last = ibis.literal(first).cast("date"), ibis.literal(last).cast("date")
    # A rate for every day, so that a plain hash join finds it: an as-of join would sort the whole list.
    day = ibis.range(first.cast("timestamp"), last.cast("timestamp") + ibis.interval(days=1), ibis.interval(days=1)).unnest()
    days = rates.select("currency").distinct().mutate(_day=day).mutate(_day=lambda t: t._day.cast("date"))
    is_first = ibis.row_number().over(ibis.window(group_by=rates.currency, order_by=rates.valid_from)) == 0
    dated = rates.select("currency", _cny=rates.cny.cast("float64"), _from=is_first.ifelse(first, rates.valid_from.cast("date")))
    daily = days.asof_join(dated, days._day >= dated._from, "currency")
    daily = daily.select(_currency=daily.currency, _of=daily._day, _cny=daily._cny)
    on = table.mutate(_day=ibis.greatest(ibis.least(table.known_at.date(), last), first))
    joined = on.left_join(daily, [on.currency == daily._currency, on._day == daily._of])
    return joined.mutate(to_cny=_in_yuan(joined).ifelse(1.0, joined._cny)).drop("_day", "_currency", "_cny", "_of")


def _in_yuan(table: ir.Table) -> ir.BooleanValue:
    return table.currency.isnull() | (table.currency == "CNY")

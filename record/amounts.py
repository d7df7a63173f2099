"""Amounts in CNY at the rate of their day: rates, and what consignments are declared at."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from sandan.record.catalog.tables import CATALOG
from sandan.record.values.moment import BEIJING_US

# Gives the rows of a list by its name, all in force on one date.
Lists = Callable[[str], ir.Table]


# Amounts as they are kept; sums for scores and pictures are float64.
STORED = "decimal(19, 5)"
_PLACES = 6


def with_rate(lists: Lists, table: ir.Table, kind: str = "float64") -> ir.Table:
    """A list's rows with `to_cny`, the factor that turns amounts in their `currency` into CNY on the day in Beijing of their `known_at`.

    1 for CNY and where no currency is named; else the last rate that was valid by then, before the first one that; null without one.

    Args:
        lists: Gives each list.
        table: The rows.
        kind: Type of the factor; `STORED` for exact sums.
    """
    rates = lists("exchange_rates")
    first, last = rates.aggregate(first=rates.valid_from.min(), last=rates.valid_from.max()).to_pyarrow().to_pylist()[0].values()
    if first is None:
        return table.mutate(to_cny=_in_yuan(table).ifelse(ibis.literal(1).cast(kind), ibis.null(kind)))
    first, last = ibis.literal(first).cast("date"), ibis.literal(last).cast("date")
    # A rate for every day, so that a plain hash join finds it: an as-of join would sort the whole list.
    day = ibis.range(first.cast("timestamp"), last.cast("timestamp") + ibis.interval(days=1), ibis.interval(days=1)).unnest()
    days = rates.select("currency").distinct().mutate(_day=day).mutate(_day=lambda t: t._day.cast("date"))
    is_first = ibis.row_number().over(ibis.window(group_by=rates.currency, order_by=rates.valid_from)) == 0
    dated = rates.select("currency", _cny=rates.cny.cast(kind), _from=is_first.ifelse(first, rates.valid_from.cast("date")))
    stated = dated.group_by("currency", "_from").aggregate(_cny=dated._cny.max())
    filled = days.left_join(stated, [days.currency == stated.currency, days._day == stated._from]).select(
        _currency=days.currency, _of=days._day, _from=stated._from, _cny=stated._cny
    )
    # A day without a rate of its own takes that of the last one that has: those that share the number of rates so far.
    so_far = ibis.window(group_by=filled._currency, order_by=filled._of, preceding=None, following=0)
    filled = filled.mutate(_n=filled._from.count().over(so_far))
    daily = filled.mutate(_cny=filled._cny.max().over(ibis.window(group_by=[filled._currency, filled._n]))).drop("_from", "_n")
    day_of_row = ibis.greatest(ibis.least(_day_in_beijing(table.known_at), last), first)
    joined = table.left_join(daily, [table.currency == daily._currency, day_of_row == daily._of])
    return joined.select(*table.columns, to_cny=_in_yuan(table).ifelse(ibis.literal(1).cast(kind), daily._cny))


def rated_lines(lists: Lists, name: str, kind: str = "float64") -> ir.Table:
    """Lines of a list with `to_cny` of the day when their head was known: lines that came as a table may have no time of their own."""
    heads = lists(next(spec.name for spec in CATALOG.values() if spec.lines == name))
    rows = lists(name)
    times = heads.select(_head=heads.record_id, _known_at=heads.known_at)
    own = {column: rows[column] for column in rows.columns}
    dated = rows.inner_join(times, rows.parent_id == times._head).select(**own | {"known_at": times._known_at})
    return with_rate(lists, dated, kind)


def line_value(line: ir.Table) -> ir.FloatingValue:
    """Value of a declared line in its currency: its total, else price times quantity."""
    # Not multiplied as decimals: the product needs more digits than an engine has.
    return ibis.coalesce(line.total_price.cast("float64"), line.price.cast("float64") * line.qty.cast("float64"))


def value_of_line(line: Mapping[str, Any]) -> Decimal:
    """As `line_value`, of one row; 0 where nothing is stated."""
    stated = line["total_price"]
    return Decimal(stated) if stated is not None else Decimal(line["price"] or 0) * Decimal(line["qty"] or 0)


def declared_by_declaration(lists: Lists) -> ir.Table:
    """record_id of each declaration with lines, and declared_cny, the sum of their values; null where no line has a rate."""
    lines = rated_lines(lists, "inventory_items")
    priced = lines.select(record_id=lines.parent_id, value=line_value(lines) * lines.to_cny)
    # The engine adds lines in the order in which its threads finish; without the last digits the sum is the same each time.
    return priced.group_by("record_id").aggregate(declared_cny=priced.value.sum().round(_PLACES))


def declared_by_order(lists: Lists) -> ir.Table:
    """record_id of each order, and declared_cny, the value of its goods: what counts while no declaration says another."""
    orders = with_rate(lists, lists("orders"))
    return orders.select("record_id", declared_cny=orders.goods_value.cast("float64") * orders.to_cny)


def declared_by_parcel(lists: Lists) -> ir.Table:
    """record_id of each house waybill, and declared_cny, what it says of the goods."""
    house = with_rate(lists, lists("house_waybills"))
    return house.select("record_id", declared_cny=house.declared_value.cast("float64") * house.to_cny)


def _in_yuan(table: ir.Table) -> ir.BooleanValue:
    return table.currency.isnull() | (table.currency == "CNY")


def _day_in_beijing(moment: ir.TimestampValue) -> ir.DateValue:
    return (moment.cast("timestamp") + ibis.interval(microseconds=BEIJING_US)).date()

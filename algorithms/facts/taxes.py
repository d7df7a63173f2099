"""What tax is due on a declaration by the rates of its day, what was charged, and what the buyer had used of the year's allowance."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.bench import Bench, first_by
from sandan.algorithms.taxes.allowance import limit_on, with_allowance
from sandan.algorithms.taxes.due import EXACT, FEN, MOST, at_rates, dutiable_values, tax_due
from sandan.algorithms.taxes.limits import IBIS_MONEY, MONEY
from sandan.algorithms.taxes.rates import Rate, Rates
from sandan.record.amounts import STORED, rated_lines, with_rate
from sandan.record.values.moment import BEIJING

_BOUND = pa.decimal128(38, 5)
_ZERO, _STEP = Decimal(0), Decimal("0.00001")
_COMPUTED = pa.schema(
    [
        ("consignment_id", pa.string()), ("day", pa.date32()), ("tax_rounding", MONEY), ("tax_least", _BOUND), ("tax_most", _BOUND),
        ("dutiable", MONEY), ("reduced", MONEY), ("full", MONEY),
    ]
)  # fmt: skip
# Their declaration has no effect any more, or had none.
_WITHDRAWN = ("refused", "cancelled", "returned")
_ROWS = 20_000
# Declarations may be corrected for some weeks.
_NEAR_DAYS = 31


def taxes(bench: Bench) -> ir.Table:
    """Dutiable value of each import declaration all of whose lines have a value, the tax due on it, and what was withheld and billed.

    The expected tax takes the rates of the day of declaration; freight and insurance are those of the declaration, else of the order.
    The bounds are wider: freight and insurance may be in the price or beside it, and the rates of the day of order or of declaration
    may count. Call it when `matched` and `clearance` are kept.

    Returns:
        consignment_id; tax_withheld (the order's; null where several declarations in force share the order), tax_billed (of the newest
        816, null without), tax_charged (the bill's, else what is withheld; null where that is nothing); tax_least and tax_most (most is
        null above a limit: full tax and duty may be due), tax_rounding (what rounding of lines explains); tax_dutiable, tax_due
        (expected), tax_full (expected without reduction), tax_over (the limit that is exceeded: `transaction`, `year` or empty);
        quota_used (dutiable value that the buyer had declared in the calendar year before, of all platforms that were loaded; null where
        the buyer's number is unknown), quota_limit (of that year). Where a line has no rate, what is due is null. All in CNY, exact.
    """
    heads = bench.keep("taxed_heads", _heads(bench).order_by("consignment_id"))
    lines = rated_lines(bench.current, "inventory_items", STORED).semi_join(heads, [("parent_id", "consignment_id")])
    lines = lines.select("parent_id", "gnum", "gcode", "total_price", "price", "qty", "to_cny", "record_id")
    rates = Rates(bench.current("tax_rates").to_pyarrow().to_pylist())
    bench.keep("taxed_lines", lines.order_by("parent_id", "gnum", "record_id"))
    own = _Lines(bench.path("taxed_lines"))
    with pq.ParquetWriter(bench.path("taxes_computed"), _COMPUTED) as out:
        for batch in pq.ParquetFile(bench.path("taxed_heads")).iter_batches(_ROWS):
            rows = [row for head in batch.to_pylist() if (row := _computed(head, own.of(head["consignment_id"]), rates))]
            out.write_table(pa.Table.from_pylist(rows, schema=_COMPUTED))
    computed = bench.frames.con.read_parquet(bench.path("taxes_computed"))
    joined = computed.inner_join(heads, "consignment_id")
    joined = joined.mutate(
        person=joined.buyer_hash,
        at=ibis.coalesce(joined.decl_app, joined.known_at),
        counts=joined.customs_status.isin(_WITHDRAWN).fill_null(False) == ibis.literal(False),
    )
    used = bench.keep("taxes_used", with_allowance(joined))
    within = used.tax_over == ""
    return used.select(
        "consignment_id", "tax_withheld", "tax_rounding", "tax_least", "tax_over", "quota_used", tax_billed="billed",
        quota_limit=limit_on(used.day, "year"),
        tax_most=within.ifelse(used.tax_most, ibis.null(used.tax_most.type())),
        tax_charged=ibis.coalesce(used.billed, used.tax_withheld.nullif(0)).round(2).cast(IBIS_MONEY),
        tax_dutiable="dutiable", tax_due=within.ifelse(used.reduced, used.full), tax_full="full",
    )  # fmt: skip


def _heads(bench: Bench) -> ir.Table:
    """Import declarations: their days, buyer, state, freight and insurance, and what was withheld and billed."""
    m = bench.current("matched").filter(lambda t: (t.flow == "import") & (t.kind == "declaration"))
    m = m.select(
        "consignment_id", "buyer_hash", "decl_day", "decl_app", "known_at", "o_app_time", "o_record_id", "o_known_at", "o_currency",
        "o_freight", "o_tax_total", "invt_no", "order_no", "logistics_no",
    )  # fmt: skip
    declared = bench.current("inventories")
    own = bench.keep("taxed", _beside(m, declared.select("freight", "insured_fee", "currency", consignment_id=declared.record_id)))
    # Each is written first: one expression of them all takes long to compile.
    of_head = with_rate(bench.current, own.select("consignment_id", "known_at", "currency"), STORED)
    orders = own.filter(own.o_record_id.notnull()).select("consignment_id", known_at="o_known_at", currency="o_currency")
    parts = (
        of_head.select("consignment_id", head_cny="to_cny"),
        with_rate(bench.current, orders, STORED).select("consignment_id", order_cny="to_cny"),
        bench.current("clearance").select("consignment_id", "customs_status"),
        _billed(bench, own),
    )
    for k, part in enumerate(parts):
        own = _beside(own, bench.keep(f"taxed_{k}", part))
    # The tax of an order that several declarations share is not that of one of them; one that was sent back is declared anew.
    in_force = own.o_record_id.notnull() & ~own.customs_status.isin(("refused", "cancelled")).fill_null(False)
    sharing = in_force.cast("int64").sum().over(ibis.window(group_by=own.o_record_id))
    own = own.mutate(tax_withheld=(sharing <= 1).ifelse(own.o_tax_total * own.order_cny, ibis.null(STORED)))
    return own.mutate(tax_withheld=own.tax_withheld.cast("decimal(38, 5)"))


def _beside(table: ir.Table, more: ir.Table) -> ir.Table:
    return table.left_join(more, "consignment_id").drop("consignment_id_right")


def _billed(bench: Bench, own: ir.Table) -> ir.Table:
    """What the newest bill of each declaration charges: consignment_id, billed."""
    bills = bench.current("tax_bills")
    bills = bills.select(
        "tax_no", "return_time", "invt_no", "order_no", "logistics_no",
        billed=bills.customs_tax + bills.value_added_tax + bills.consumption_tax,
    )  # fmt: skip
    numbered = own.mutate(invt_no=own.invt_no.nullif(""))
    links = [
        numbered.select("consignment_id", *keys).inner_join(bills, list(keys)).select("consignment_id", "tax_no", "return_time", "billed")
        for keys in (("invt_no",), ("order_no", "logistics_no"))
    ]
    found = ibis.union(*links)
    newest = first_by(found, "consignment_id", found.return_time.desc(nulls_first=False), found.tax_no)
    return newest.select("consignment_id", "billed")


class _Lines:
    """Lines of one declaration after the other; ask for them in the order of `parent_id`."""

    def __init__(self, path: Path) -> None:
        self._rows = (row for batch in pq.ParquetFile(path).iter_batches(_ROWS) for row in batch.to_pylist())
        self._next = next(self._rows, None)

    def of(self, parent: str) -> list[dict[str, Any]]:
        """Lines of a declaration; those of others before it are passed over."""
        found = []
        while self._next is not None and self._next["parent_id"] <= parent:
            if self._next["parent_id"] == parent:
                found.append(self._next)
            self._next = next(self._rows, None)
        return found


def _computed(head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], rates: Rates) -> dict[str, Any] | None:
    """A row of `_COMPUTED`; None where a line has no value, or freight is in a currency without a rate."""
    sent = _day(head["decl_app"] or head["known_at"])
    day = _declared_on(head, sent)
    ordered = min(_day(head["o_app_time"]) if head["o_app_time"] else day, _day(head["known_at"]))
    with localcontext(EXACT):
        values = [value for line in lines if (value := _value(line)) is not None]
        own_extras, order_extras = _extras(head)
        if len(values) < len(lines) or own_extras is None or order_extras > MOST:
            return None
        states_extras = head["freight"] is not None or head["insured_fee"] is not None
        dutiable = dutiable_values(values, own_extras if states_extras else order_extras)
        if dutiable is None:
            return None
        row: dict[str, Any] = {"consignment_id": head["consignment_id"], "day": day, "dutiable": sum(dutiable, _ZERO)}
        if (at_declaration := _rates_on(lines, day, rates)) is None:
            return row
        known = [found for one in (day, sent, ordered) if (found := _rates_on(lines, one, rates)) is not None]
        bounds, more = [at_rates(values, found) for found in known], 1 + max(own_extras, order_extras) / sum(values, _ZERO)
        return row | {
            **tax_due(dutiable, at_declaration)._asdict(), "tax_rounding": FEN * (2 * len(lines) + 1),
            "tax_least": min(bounds).quantize(_STEP, ROUND_FLOOR, EXACT),
            "tax_most": (max(bounds) * more).quantize(_STEP, ROUND_CEILING, EXACT),
        }  # fmt: skip


def _declared_on(head: Mapping[str, Any], sent: dt.date) -> dt.date:
    """The day that the declaration states; when it was sent where that is far from it, so that no slip or trick chooses rate and year."""
    stated: dt.date | None = head["decl_day"]
    if stated is None or (head["decl_app"] is not None and abs((stated - sent).days) > _NEAR_DAYS):
        return sent
    return stated


def _rates_on(lines: Sequence[Mapping[str, Any]], day: dt.date, rates: Rates) -> list[Rate] | None:
    """Rates of all lines on a day; None where one has none."""
    found = [rate for line in lines if (rate := rates.on(line["gcode"] or "", day)) is not None]
    return found if len(found) == len(lines) else None


def _value(line: Mapping[str, Any]) -> Decimal | None:
    """CNY that a line is declared at, unrounded; None where it is not stated or has no rate of exchange."""
    if line["to_cny"] is None:
        return None
    if line["total_price"] is not None:
        return Decimal(line["total_price"] * line["to_cny"])
    return None if line["price"] is None or line["qty"] is None else Decimal(line["price"] * line["qty"] * line["to_cny"])


def _extras(head: Mapping[str, Any]) -> tuple[Decimal | None, Decimal]:
    """Freight and insurance in CNY by the declaration, None where their currency has no rate; and freight by the order."""
    stated = (head["freight"] or _ZERO) + (head["insured_fee"] or _ZERO)
    declared = _ZERO if not stated else None if head["head_cny"] is None else stated * head["head_cny"]
    return declared, (head["o_freight"] or _ZERO) * (head["order_cny"] or _ZERO)


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BEIJING).date()

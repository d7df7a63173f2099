"""What tax is due on a declaration by the rates of its day, what was charged, and what the buyer had used of the year's allowance."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.bench import Bench, first_by
from sandan.algorithms.taxes.allowance import limit_on, with_allowance
from sandan.algorithms.taxes.due import BOUND_PLACES, MOST_UNITS, Rated, dutiable_values, rated, tax_bounds, tax_due
from sandan.algorithms.taxes.exact import Bools, Column, Exact, Ints, decimals, integers, sums
from sandan.algorithms.taxes.limits import IBIS_MONEY, MONEY
from sandan.algorithms.taxes.rates import Rates
from sandan.record.amounts import STORED, rated_lines, with_rate
from sandan.record.files.parquet import batches_of, schema_of
from sandan.record.lake.frames import beside
from sandan.record.values.moment import BEIJING_US, DAY_US

_BOUND = pa.decimal128(38, BOUND_PLACES)
# Decimal places of an amount as it is stored: a product of two lacks them to one of three.
_PLACES = 5
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
        for batch in batches_of(bench.path("taxed_heads"), _ROWS):
            some = pa.Table.from_batches([batch])
            out.write_table(_computed(some, own.upto(some["consignment_id"][-1].as_py()), rates))
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
    declared = declared.select("freight", "insured_fee", "currency", consignment_id=declared.record_id)
    own = bench.keep("taxed", beside(m, declared, "consignment_id"))
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
        own = beside(own, bench.keep(f"taxed_{k}", part), "consignment_id")
    # The tax of an order that several declarations share is not that of one of them; one that was sent back is declared anew.
    in_force = own.o_record_id.notnull() & ~own.customs_status.isin(("refused", "cancelled")).fill_null(False)
    sharing = in_force.cast("int64").sum().over(ibis.window(group_by=own.o_record_id))
    own = own.mutate(
        tax_withheld=(sharing <= 1).ifelse(own.o_tax_total * own.order_cny.try_cast("decimal(18, 5)"), ibis.null("decimal(38, 10)"))
    )
    return own.mutate(tax_withheld=own.tax_withheld.cast("decimal(38, 5)"))


def _billed(bench: Bench, own: ir.Table) -> ir.Table:
    """What the newest bill of each declaration charges: consignment_id, billed."""
    bills = bench.current("tax_bills")
    bills = bills.select(
        "tax_no", "return_time", "invt_no", "order_no", "logistics_no",
        billed=(bills.customs_tax + bills.value_added_tax + bills.consumption_tax).cast("decimal(21, 5)"),
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
    """Lines of some declarations after the others; ask for them in the order of `parent_id`."""

    def __init__(self, path: Path) -> None:
        self._batches = batches_of(path, _ROWS)
        self._rest = schema_of(path).empty_table()

    def upto(self, parent: str) -> pa.Table:
        """Lines of all declarations that were not asked for yet, up to this one."""
        parts = []
        while True:
            n = int(pc.sum(pc.less_equal(self._rest["parent_id"], parent)).as_py() or 0)
            parts.append(self._rest.slice(0, n))
            self._rest = self._rest.slice(n)
            if self._rest.num_rows or (batch := next(self._batches, None)) is None:
                return pa.concat_tables(parts)
            self._rest = pa.Table.from_batches([batch])


def _computed(heads: pa.Table, lines: pa.Table, rates: Rates) -> pa.Table:
    """Rows of `_COMPUTED` for declarations; none for one with a line without a value, or freight in a currency without a rate.

    Args:
        heads: Declarations by `consignment_id`.
        lines: All their lines, by `parent_id`.
        rates: Rates of tax.
    """
    number = np.asarray(pc.index_in(lines["parent_id"], value_set=heads["consignment_id"].combine_chunks()), dtype=np.int64)
    starts = np.searchsorted(number, np.arange(heads.num_rows + 1))
    values, has_value = _values(lines)
    (own, has_own), ordered = _extras(heads)
    states = np.asarray(pc.or_(heads["freight"].is_valid(), heads["insured_fee"].is_valid()), dtype=bool)
    dutiable, sound = dutiable_values(values, np.where(states, own, ordered), starts)
    sound &= _all_of(has_value, starts) & has_own & np.asarray(ordered <= MOST_UNITS, dtype=bool)
    days = _days(heads)
    found = [_rates_on(lines["gcode"], np.repeat(day, np.diff(starts)), rates) for day in days]
    is_rated = sound & _all_of(found[0].known, starts)
    reduced, full = tax_due(dutiable, found[0], starts)
    least, most = tax_bounds(values, np.where(own > ordered, own, ordered), found, starts)
    columns = [
        heads["consignment_id"].combine_chunks(), pa.array(days[0].astype(np.int32)).view(pa.date32()),
        decimals(Column((2 * np.diff(starts) + 1).astype(object), is_rated), MONEY),
        *(decimals(Column(bound, is_rated), _BOUND) for bound in (least, most)),
        decimals(Column(sums(dutiable, starts), sound), MONEY), *(decimals(Column(tax, is_rated), MONEY) for tax in (reduced, full)),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=_COMPUTED).filter(pa.array(sound))


def _all_of(given: Bools, starts: Ints) -> Bools:
    """Whether all lines of each declaration have something."""
    upto = np.concatenate([[0], np.cumsum(~given)])
    return np.asarray(upto[starts[1:]] == upto[starts[:-1]])


def _days(heads: pa.Table) -> list[Ints]:
    """Days whose rates may count, since 1970 in Beijing: of the declaration, when it was sent, and of the order.

    The day of the declaration is what it states; when it was sent where that is far from it, so that no slip or trick chooses rate and
    year.
    """
    known, sent_at, ordered_at = (_beijing_days(heads[name]) for name in ("known_at", "decl_app", "o_app_time"))
    sent = np.where(sent_at.known, sent_at.values, known.values)
    stated = pc.cast(heads["decl_day"].combine_chunks(), pa.int32())
    day = np.asarray(pc.fill_null(stated, 0), dtype=np.int64)
    far = sent_at.known & (np.abs(day - sent) > _NEAR_DAYS)
    day = np.where(np.asarray(stated.is_valid(), dtype=bool) & ~far, day, sent)
    return [day, sent, np.minimum(np.where(ordered_at.known, ordered_at.values, day), known.values)]


class _Days(NamedTuple):
    values: Ints
    known: Bools


def _beijing_days(moments: pa.ChunkedArray) -> _Days:
    micros = pc.cast(pc.cast(moments.combine_chunks(), pa.timestamp("us", tz="UTC")), pa.int64())
    values = (np.asarray(pc.fill_null(micros, 0), dtype=np.int64) + BEIJING_US) // DAY_US
    return _Days(values, np.asarray(micros.is_valid(), dtype=bool))


def _rates_on(codes: pa.ChunkedArray, days: Ints, rates: Rates) -> Rated:
    """Rates of lines by their codes, each on its day."""
    coded = pc.fill_null(codes.combine_chunks(), "").dictionary_encode()
    names, first = coded.dictionary.to_pylist(), dt.date(1970, 1, 1)
    span = int(days.max(initial=0)) + 1
    pairs, place = np.unique(np.asarray(coded.indices, dtype=np.int64) * span + days, return_inverse=True)
    return rated([rates.on(names[pair // span], first + dt.timedelta(days=pair % span)) for pair in pairs.tolist()], place)


def _values(lines: pa.Table) -> Column:
    """CNY that lines are declared at, unrounded; unknown where it is not stated or has no rate of exchange."""
    total, price, qty, to_cny = (integers(lines[name]) for name in ("total_price", "price", "qty", "to_cny"))
    stated = np.where(total.known, total.values * 10**_PLACES, price.values * qty.values)
    return Column(stated * to_cny.values, to_cny.known & (total.known | (price.known & qty.known)))


def _extras(heads: pa.Table) -> tuple[Column, Exact]:
    """Freight and insurance in CNY by declarations, unknown where their currency has no rate; and freight by orders."""
    names = ("freight", "insured_fee", "head_cny", "o_freight", "order_cny")
    freight, insured, head_cny, ordered, order_cny = (integers(heads[name]) for name in names)
    stated = freight.values + insured.values
    declared = Column(stated * head_cny.values * 10**_PLACES, head_cny.known | np.asarray(stated == 0, dtype=bool))
    return declared, ordered.values * order_cny.values * 10**_PLACES

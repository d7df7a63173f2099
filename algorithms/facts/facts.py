"""Everything the rules look at, in one row per consignment: the matched lists with what was computed beside them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.addresses import compare_addresses
from sandan.algorithms.facts.declared_value import declared_cny
from sandan.algorithms.facts.grace import Grace, learn_grace
from sandan.algorithms.facts.listed import listed
from sandan.algorithms.facts.platforms import payment_service, unlisted_goods
from sandan.algorithms.facts.profiled import profiled
from sandan.algorithms.facts.scanned import scanned
from sandan.algorithms.facts.signed import n_checked, signatures
from sandan.algorithms.facts.taxes import taxes
from sandan.algorithms.matching.clearance import clearance
from sandan.algorithms.matching.masked import masked_names
from sandan.algorithms.matching.matching import match_lists
from sandan.algorithms.prices.prices import compare_prices
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.amounts import line_value
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.frames import beside_each
from sandan.record.lake.portable import seconds
from sandan.record.settings import Settings
from sandan.record.values.moment import DAY_S, HOUR_S
from sandan.record.values.parties import company

# What a run says that it had; those that typologies need come with them.
_COUNTED = ("companies", "exchange_rates")
_FEEDS = ("orders", "payments", "waybills")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one run knows when its rules begin.

    Attributes:
        table: One row per consignment.
        n: How many there are.
        as_of: The date of the run.
        settings: Its settings.
        grace: Learned grace per flow and list.
        price_threshold: Ratio to the reference under which a price is unusual.
        over_threshold: Ratio to the dearest reference above which a price is too high.
        n_prices: Consignments with a reference price.
        rows: Rows in force by table, of the reference tables and lists that checks need; `signed`: lists whose signature was checked.
        feeds: (flow, list) of the lists of which anything was ever received.
    """

    table: ir.Table
    n: int
    as_of: dt.datetime
    settings: Settings
    grace: tuple[Grace, ...]
    price_threshold: float
    over_threshold: float
    n_prices: int
    rows: Mapping[str, int]
    feeds: frozenset[tuple[str, str]]

    def overdue(self, list_name: str) -> ir.BooleanValue:
        """True where a list of this kind would have arrived by now: its grace is over, or the parcel was delivered without it."""
        t = self.table
        hours = {g.flow: g.hours for g in self.grace if g.list_name == list_name}
        limit = (t.flow == "export").ifelse(hours["export"], hours["import"])
        waited = (int(self.as_of.timestamp()) - seconds(t.known_at)) / HOUR_S
        return (waited > limit) | t.t_delivered.notnull()

    def days_known(self) -> ir.FloatingValue:
        """Days from the moment at which customs first knew of a consignment to the date of the run."""
        return (int(self.as_of.timestamp()) - seconds(self.table.known_at)) / DAY_S

    def received(self, list_name: str) -> ir.BooleanValue:
        """True where lists of this kind are received at all in the consignment's flow.

        In import the three lists are the law; one that never came is missing. In export each feed may be absent by arrangement.
        """
        t = self.table
        import_feeds = any(flow == "import" for flow, _ in self.feeds)
        return ((t.flow == "import") & ibis.literal(import_feeds)) | (
            (t.flow == "export") & ibis.literal(("export", list_name) in self.feeds)
        )


def gather_facts(bench: Bench, settings: Settings, as_of: dt.datetime) -> Facts:
    """Match the lists and compute what the rules need, kept as `facts`; states at customs are kept as `clearance`."""
    matched = match_lists(bench)
    clearance(bench, matched.select("consignment_id", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no"))
    names = dict.fromkeys((*(name for name in registry().tables if name in CATALOG), *_COUNTED, *_FEEDS))
    rows = {name: bench.count(name) for name in names}
    rows["signed"] = n_checked(bench)
    feeds = set()
    for name in _FEEDS:
        feeds |= {(flow, name) for flow in bench.current(name).select("flow").distinct().to_pyarrow()["flow"].to_pylist()}
    grace = learn_grace(matched, settings.grace)
    prices = compare_prices(bench)
    table = matched
    parts = [
        compare_addresses(bench, matched).rename(a_first="first", a_second="second", a_text="a", b_text="b", a_kind="kind"),
        masked_names(bench, matched),
        payment_service(bench, matched),
        unlisted_goods(bench) if rows["listings"] else None,
        prices.ratios.rename(
            u_declared="declared",
            u_reference="reference",
            u_source="source",
            u_n="n",
            u_item="item",
            u_ratio="ratio",
            u_scaled="scaled",
            u_sale="sale",
            u_high="high",
            u_slip="slip",
        ),
        signatures(bench),
        _order_lines(bench),
        _declared_total(bench),
        declared_cny(bench, matched),
    ]
    # Each is written first: one expression of them all would be too deep to compile, and slow to.
    written = [bench.keep(f"facts_{k}", part) for k, part in enumerate(parts) if part is not None]
    table = beside_each(table, [*written, listed(bench), profiled(bench), scanned(bench), taxes(bench)], "consignment_id")
    if not rows["listings"]:
        table = table.mutate(unlisted_item=ibis.null("string"), n_listings=ibis.null("int64"))
    payers = matched.filter(matched.p_other_payer.notnull())
    payers = payers.group_by("p_other_payer").aggregate(payer_buyers=payers.buyer_hash.nunique()).rename(_payer="p_other_payer")
    firms = firm_payers(bench)
    is_firm = table.p_other_payer.isin(firms) if firms else ibis.literal(False)
    joined = table.left_join(payers, table.p_other_payer == payers._payer)
    table = joined.select(*table.columns, payer_buyers=payers.payer_buyers, payer_is_firm=is_firm)
    kept = bench.keep("facts", table)
    n = bench.count("facts")
    return Facts(kept, n, as_of, settings, tuple(grace), prices.threshold, prices.over, prices.n_compared, rows, frozenset(feeds))


def firm_payers(bench: Bench) -> list[str]:
    """Ids of payers that bear the name of a company of the register."""
    names = bench.current("companies").select("name").distinct().to_pyarrow()["name"].to_pylist()
    known = {company.normal(text) for text in names if text}
    paid = bench.current("payments")
    rows = paid.filter(paid.payer_id_hash.notnull()).select("payer_id_hash", "payer_name_norm").distinct().to_pyarrow().to_pylist()
    return sorted({row["payer_id_hash"] for row in rows if company.normal(row["payer_name_norm"] or "") in known})


def _order_lines(bench: Bench) -> ir.Table:
    """Sum of the order's own lines, and how many there are."""
    matched, lines = bench.current("matched"), bench.current("order_items")
    total = line_value(lines)
    sums = lines.group_by("parent_id").aggregate(lines_value=total.sum(), n_lines=lines.count())
    return (
        matched.select("consignment_id", "o_record_id")
        .inner_join(sums, [("o_record_id", "parent_id")])
        .select("consignment_id", "lines_value", "n_lines")
    )


def _declared_total(bench: Bench) -> ir.Table:
    """Sum of the declared lines in the currency of the lines."""
    lines = bench.current("inventory_items")
    total = line_value(lines)
    return lines.group_by("parent_id").aggregate(declared_value=total.sum()).rename(consignment_id="parent_id")

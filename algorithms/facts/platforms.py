"""Which payment provider serves which platform, and what is on sale there, compared with each consignment."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.company_codes import is_unified
from sandan.algorithms.prices.names import nearest_names

# A register that is a few weeks behind is common; within these days of the service's begin or end it explains the absence.
_REGISTER_LAG_DAYS = 60
# Share of other sellers' lines that must be found in a platform's catalogue before a missing one says anything, and lines to know it by.
_COVERED, _COVERAGE_LINES = 0.9, 30


def payment_service(bench: Bench, matched: ir.Table) -> ir.Table:
    """Whether the provider of a consignment's payment works on its platform: consignment_id, served, near (register a little behind).

    Consignments whose codes are of another kind than those of the register of services cannot be looked up in it and are left out.
    """
    services = bench.current("payment_services")
    paid = matched.filter(matched.p_pay_code.notnull() & (matched.flow == "import"))
    paid = paid.select("consignment_id", "ebp_code", pay_code=paid.p_pay_code, day=paid.p_first.date())
    paid = paid.mutate(_kind_pay=is_unified(paid.pay_code), _kind_ebp=is_unified(paid.ebp_code).fill_null(False))
    kinds = services.select(_kind_pay=is_unified(services.pay_code), _kind_ebp=is_unified(services.ebp_code)).distinct()
    paid = paid.semi_join(kinds, ["_kind_pay", "_kind_ebp"])
    services = services.select(s_pay="pay_code", s_ebp="ebp_code", s_from="active_from", s_to="active_to")
    joined = paid.left_join(services, [paid.pay_code == services.s_pay, paid.ebp_code == services.s_ebp])
    end = ibis.coalesce(joined.s_to, joined.day)
    lag = ibis.interval(days=_REGISTER_LAG_DAYS)
    inside = (joined.s_from <= joined.day) & (end >= joined.day)
    near = (joined.s_from <= joined.day + lag) & (end >= joined.day - lag)
    return joined.group_by("consignment_id").aggregate(
        served=inside.fill_null(False).cast("int8").max(), service_near=near.fill_null(False).cast("int8").max()
    )


def unlisted_goods(bench: Bench) -> ir.Table:
    """Consignments whose goods are in the catalogue of no shop on their platform: consignment_id, unlisted_item, n_listings.

    By bar code, item number, or name. A platform whose catalogue is known in part says nothing: of the other sellers' lines nine in ten
    must be found in it, where there are enough to tell.
    """
    listed = bench.current("listings")
    lines = _platform_lines(bench)
    catalogue = listed.group_by("ebp_code").aggregate(n_listings=listed.count())
    lines = bench.keep("platform_lines", lines.inner_join(catalogue, "ebp_code"))
    keys = ibis.union(
        *[
            listed.filter(listed[column].notnull()).select("ebp_code", key=ibis.literal(mark) + listed[column]).distinct()
            for mark, column in (("b:", "bar_code"), ("i:", "item_no"), ("n:", "item_name_norm"))
        ]
    )
    found = lines
    for mark, column in (("b:", "bar_code"), ("i:", "item_no"), ("n:", "name")):
        hit = keys.select(_ebp="ebp_code", _key="key").distinct()
        found = found.left_join(hit, [found.ebp_code == hit._ebp, ibis.literal(mark) + found[column] == hit._key])
        found = found.mutate(**{f"by_{column}": found._key.notnull()}).drop("_ebp", "_key")
    found = bench.keep("listed_lines", found.mutate(is_listed=found.by_bar_code | found.by_item_no | found.by_name))
    rescued = _listed_by_other_name(found, listed)
    found = found.left_join(rescued, [found.ebp_code == rescued.r_ebp, found.name == rescued.r_name])
    found = found.mutate(is_listed=found.is_listed | found.r_ebp.notnull())
    per_seller = found.group_by("ebp_code", "ebc_code").aggregate(own=found.count(), own_listed=found.is_listed.cast("int64").sum())
    platform = per_seller.mutate(
        n_all=per_seller.own.sum().over(ibis.window(group_by=per_seller.ebp_code)),
        n_found=per_seller.own_listed.sum().over(ibis.window(group_by=per_seller.ebp_code)),
    )
    others, others_found = platform.n_all - platform.own, platform.n_found - platform.own_listed
    covered = platform.filter((others < _COVERAGE_LINES) | (others_found >= others.cast("float64") * _COVERED)).select(
        "ebp_code", "ebc_code"
    )
    judged = found.inner_join(covered, ["ebp_code", "ebc_code"])
    value = judged.price * judged.qty
    per = judged.group_by("consignment_id").aggregate(
        total=value.sum(), unlisted=value.sum(where=~judged.is_listed), unlisted_item=judged.item.min(where=~judged.is_listed),
        n_listings=judged.n_listings.max(),
    )  # fmt: skip
    return per.filter(per.unlisted > per.total * 0.5).select("consignment_id", "unlisted_item", "n_listings")


def _platform_lines(bench: Bench) -> ir.Table:
    matched, declared = bench.current("matched"), bench.current("inventory_items")
    owners = matched.filter((matched.kind == "declaration") & (matched.flow == "import")).select("consignment_id", "ebp_code", "ebc_code")
    lines = owners.inner_join(declared, owners.consignment_id == declared.parent_id)
    return lines.select(
        "consignment_id", "ebp_code", "ebc_code", "bar_code", "item_no", item=declared.gname, price=declared.price.cast("float64"),
        qty=declared.qty.cast("float64"), name=ibis.coalesce(declared.item_name_norm, declared.gname_norm),
    )  # fmt: skip


def _listed_by_other_name(found: ir.Table, listed: ir.Table) -> ir.Table:
    """Platform and name of lines that the catalogue has under a slightly other name; compared in Python on distinct names."""
    names: dict[str, list[str]] = {}
    for row in listed.filter(listed.item_name_norm.notnull()).select("ebp_code", "item_name_norm").distinct().to_pyarrow().to_pylist():
        names.setdefault(row["ebp_code"], []).append(row["item_name_norm"])
    asked = found.filter(~found.is_listed & found.name.notnull()).select("ebp_code", "name").distinct()
    rows = [
        {"r_ebp": row["ebp_code"], "r_name": row["name"]}
        for row in asked.to_pyarrow().to_pylist()
        if nearest_names(row["name"], names.get(row["ebp_code"], []))
    ]
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema([("r_ebp", pa.string()), ("r_name", pa.string())])))

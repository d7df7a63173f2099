"""What was traded: orders, parcels, goods, platforms, operators, and how they hang together."""

import ibis
import ibis.expr.types as ir

from sandan.record.amounts import Lists, declared_by_declaration, declared_by_order, declared_by_parcel, rated_lines, with_rate
from sandan.record.catalog.keys import ORDER_KEY, PARCEL_KEY, order_id, parcel_id

_OPERATORS = {
    "seller": {"orders": ("ebc_code", "ebc_name"), "inventories": ("ebc_code", "ebc_name"), "payments": ("ebc_code", "ebc_name")},
    "payment": {"payments": ("pay_code", "pay_name")},
    "logistics": {"waybills": ("logistics_code", "logistics_name"), "inventories": ("logistics_code", "logistics_name")},
    "agent": {"inventories": ("agent_code", "agent_name")},
}


def _named_orders(lists: Lists) -> ir.Table:
    """Keys of all orders that any list names."""
    named = ibis.union(*[lists(name).select(*ORDER_KEY) for name in ("orders", "payments", "inventories")])
    return named.filter(order_id(named).notnull()).distinct()


def order_nodes(lists: Lists) -> ir.Table:
    """One row per order that any list names; without status, score and grade, which a run gives."""
    orders, declared = lists("orders"), lists("inventories")
    named = _named_orders(lists)
    rated = with_rate(lists, orders)
    amount = ibis.coalesce(rated.actual_paid, rated.goods_value).cast("float64") * rated.to_cny
    sold = rated.select(*ORDER_KEY, "record_id", "ordered_at", "currency", amount_cny=amount)
    goods = declared_by_order(lists).select("record_id", goods_cny="declared_cny")
    sold = sold.left_join(goods, "record_id").drop("record_id", "record_id_right")
    worth = declared.select(*ORDER_KEY, "record_id", "invt_no").left_join(declared_by_declaration(lists), "record_id")
    # As of a consignment: a declaration without lines counts as what the order says.
    worth = worth.left_join(sold.select(*ORDER_KEY, "goods_cny"), ORDER_KEY)
    worth = worth.select(*ORDER_KEY, "invt_no", declared=ibis.coalesce(worth.declared_cny, worth.goods_cny))
    worth = worth.group_by(*ORDER_KEY).aggregate(n=worth.count(), declared=worth.declared.sum(), invt_no=worth.invt_no.max())
    right = [f"{part}_right" for part in ORDER_KEY]
    joined = named.left_join(sold, ORDER_KEY).drop(right).left_join(worth, ORDER_KEY).drop(right)
    declared_cny = joined.n.isnull().ifelse(joined.goods_cny, joined.declared)
    return joined.mutate(id=order_id(joined), channel=ibis.literal("cbec"), declared_cny=declared_cny).drop("n", "declared", "goods_cny")


def parcel_nodes(lists: Lists) -> ir.Table:
    """One row per parcel that any list names; without status, score and grade."""
    way, declared, house, signed = lists("waybills"), lists("inventories"), lists("house_waybills"), lists("deliveries")
    named = ibis.union(*[t.select("logistics_code", "logistics_no") for t in (way, declared, house, signed)])
    named = named.filter(parcel_id(named).notnull()).distinct()
    weighed = way.group_by("logistics_code", "logistics_no").aggregate(weight=way.weight.max().cast("float64"), goods=way.goods_info.min())
    rated = house.inner_join(declared_by_parcel(lists), "record_id")
    sent = rated.select(*PARCEL_KEY, "channel", "shipped_at", "description", "declared_cny", house_weight=rated.weight_kg.cast("float64"))
    right = [f"{part}_right" for part in PARCEL_KEY]
    joined = named.left_join(weighed, PARCEL_KEY).drop(right).left_join(sent, PARCEL_KEY).drop(right)
    return joined.mutate(
        id=parcel_id(joined),
        channel=ibis.coalesce(joined.channel, "cbec"),
        weight_kg=ibis.coalesce(joined.weight, joined.house_weight),
        description=ibis.coalesce(joined.description, joined.goods),
    )


def shipped_in(lists: Lists) -> ir.Table:
    """Order -> Parcel: by the declaration, by the waybill's own order number where it is unique in its flow, by the house waybill."""
    declared, way, house = lists("inventories"), lists("waybills"), lists("house_waybills")
    by_declaration = declared.select(o=order_id(declared), p=parcel_id(declared))
    named = _named_orders(lists)
    nodes = named.select("flow", "order_no", id=order_id(named))
    unique = nodes.group_by("flow", "order_no").aggregate(n=nodes.count(), o=nodes.id.min())
    unique = unique.filter(unique.n == 1)
    loose = way.filter(way.order_no.notnull()).select("flow", "order_no", p=parcel_id(way))
    loose = loose.anti_join(by_declaration, "p").inner_join(unique, ["flow", "order_no"]).select("o", "p")
    by_house = house.filter(house.order_no.notnull()).select(o=order_id(house), p=parcel_id(house)).semi_join(nodes, [("o", "id")])
    pairs = by_declaration.union(loose).union(by_house)
    return pairs.filter(pairs.o.notnull() & pairs.p.notnull()).distinct()


def operator_nodes(lists: Lists) -> ir.Table:
    """One row per company and role: id, role, code, name, credit; the register's name where it has one."""
    parts = []
    for role, sources in _OPERATORS.items():
        for name, (code, label) in sources.items():
            table = lists(name)
            parts.append(table.select(role=ibis.literal(role), code=table[code], listed=table[label]))
    services = lists("payment_services")
    parts.append(services.select(role=ibis.literal("payment"), code=services.pay_code, listed=ibis.null("string")))
    house = lists("house_waybills")
    parts.append(house.select(role=ibis.literal("logistics"), code=house.logistics_code, listed=ibis.null("string")))
    every = ibis.union(*parts)
    every = every.filter(every.code.notnull())
    grouped = every.group_by("role", "code").aggregate(listed=every.listed.min())
    register = lists("companies").filter(lambda t: t.role != "platform")
    known = register.group_by("role", "code").aggregate(name=register.name.min(), credit=register.credit.min())
    joined = grouped.outer_join(known, ["role", "code"])
    joined = joined.mutate(role=ibis.coalesce(joined.role, joined.role_right), code=ibis.coalesce(joined.code, joined.code_right))
    return joined.select(
        id=joined.role + ":" + joined.code, role="role", code="code", name=ibis.coalesce(joined.name, joined.listed), credit="credit"
    )


def platform_nodes(lists: Lists) -> ir.Table:
    """One row per platform: id, name, registered_on, revoked_on."""
    orders, payments, declared, services = lists("orders"), lists("payments"), lists("inventories"), lists("payment_services")
    parts = [t.select(id=t.ebp_code, listed=t.ebp_name) for t in (orders, payments, declared)]
    parts.append(services.select(id=services.ebp_code, listed=ibis.null("string")))
    register = lists("companies").filter(lambda t: t.role == "platform")
    parts.append(register.select(id=register.code, listed=ibis.null("string")))
    every = ibis.union(*parts)
    every = every.filter(every.id.notnull())
    named = every.group_by("id").aggregate(listed=every.listed.min())
    known = register.group_by("code").aggregate(
        name=register.name.min(), registered_on=register.registered_on.min(), revoked_on=register.revoked_on.max()
    )
    joined = named.left_join(known, named.id == known.code)
    return joined.select("id", "registered_on", "revoked_on", name=ibis.coalesce(joined.name, joined.listed))


def goods_lines(lists: Lists) -> ir.Table:
    """Lines of orders and parcels with the goods they name, by owner (id of the order or parcel) and gnum.

    The order's line and the declaration's line of one number are one line: 621 lines equal 311 lines by gnum.
    """
    ordered, declared = (rated_lines(lists, name) for name in ("order_items", "inventory_items"))
    house = with_rate(lists, lists("house_waybills"))
    heads = lists("inventories")
    a = ordered.select(
        owner=order_id(ordered),
        gnum="gnum",
        a_name=ordered.item_name,
        a_norm=ordered.item_name_norm,
        a_bar=ordered.bar_code,
        a_unit=ordered.unit,
        a_qty=ordered.qty.cast("float64"),
        price_cny=ordered.price.cast("float64") * ordered.to_cny,
    )
    owners = heads.select(parent_id=heads.record_id, owner=order_id(heads))
    b = declared.inner_join(owners, "parent_id")
    b = b.select(
        "owner",
        "gnum",
        hs=b.gcode,
        b_name=b.gname,
        b_norm=b.gname_norm,
        b_bar=b.bar_code,
        b_unit=b.unit,
        b_qty=b.qty.cast("float64"),
        declared_price_cny=b.price.cast("float64") * b.to_cny,
    )
    # Two declarations of one order declare its lines twice; one stands for both.
    b = (
        b.filter(b.owner.notnull())
        .group_by("owner", "gnum")
        .aggregate(**{c: b[c].max() for c in ("hs", "b_name", "b_norm", "b_bar", "b_unit", "b_qty", "declared_price_cny")})
    )
    both = a.filter(a.owner.notnull()).outer_join(b, ["owner", "gnum"])
    trade = both.select(
        owner=ibis.coalesce(both.owner, both.owner_right),
        is_order=ibis.literal(True),
        gnum=ibis.coalesce(both.gnum, both.gnum_right),
        hs=both.hs,
        name=ibis.coalesce(both.b_name, both.a_name),
        norm=ibis.coalesce(both.b_norm, both.a_norm),
        bar=ibis.coalesce(both.b_bar, both.a_bar),
        unit=ibis.coalesce(both.b_unit, both.a_unit),
        qty=ibis.coalesce(both.a_qty, both.b_qty),
        price_cny=both.price_cny,
        declared_price_cny=both.declared_price_cny,
    )
    parcels = house.select(
        owner=parcel_id(house),
        is_order=ibis.literal(False),
        gnum=ibis.literal(1, "int64"),
        hs=ibis.null("string"),
        name=house.description,
        norm=house.description_norm,
        bar=ibis.null("string"),
        unit=ibis.null("string"),
        qty=ibis.null("float64"),
        price_cny=ibis.null("float64"),
        declared_price_cny=house.declared_value.cast("float64") * house.to_cny,
    )
    every = trade.union(parcels)
    return every.filter(every.owner.notnull() & (every.name.notnull() | every.bar.notnull()))

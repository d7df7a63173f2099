"""Who and what each consignment touches, and since when that is known: the events behind the graph's relationships.

A relationship of the graph says *that* two nodes hang together. What a score as of a date may use also needs *when* it was known, list by
list; this table keeps it, so that no step has to trust a relationship that a later list brought.
"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.graph.links import Mentions
from sandan.graph.people import Ids
from sandan.record.amounts import Lists
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.ids import Keyring
from sandan.record.values.parties.lent_number import SIGN as LENT

# What a consignment may touch. `Account` is the buyer's at the platform (buyer_reg_no), which has no node of its own; `OwnPhone` is
# written beside a buyer's or payer's identity number, `DropPhone` on the parcel.
KINDS = (
    "Buyer", "Payer", "Account", "OwnPhone", "DropPhone", "Address", "Sender", "SenderPhone", "SenderAddress", "Goods",
    "Seller", "Payment", "Logistics", "Agent", "Platform", "Country",
)  # fmt: skip
# So many persons behind one number make it one that is lent.
_LENT_TO = 2
CONTACTS = pa.schema(
    [("item", pa.string()), ("kind", pa.string()), ("target", pa.string()), ("known_at", pa.timestamp("us"))],
)
ITEMS = pa.schema([("id", pa.string()), ("label", pa.string()), ("flow", pa.string()), ("known_at", pa.timestamp("us"))])


def contacts(lists: Lists, ids: Ids, people: Mentions, lines: ir.Table, shipped: ir.Table, keyring: Keyring) -> ir.Table:
    """One row per consignment, kind and target: item, kind, target, known_at (the earliest list that says so).

    An item is an order, or a parcel that belongs to no order. Targets are ids of graph nodes; a country is its code.
    """
    orders, payments, declared = lists("orders"), lists("payments"), lists("inventories")
    way, house, seen = lists("waybills"), lists("house_waybills"), lists("tracking")
    parts: list[ir.Table] = []

    def add(table: ir.Table, item: ir.Value, kind: str, target: ir.Value) -> None:
        parts.append(table.select(item=item, kind=ibis.literal(kind), target=target, known_at=table.known_at))

    def located(table: ir.Table, item: ir.Value, kind: str, column: str, keys: ir.Table) -> None:
        rows = table.select("known_at", item=item, _norm=table[column]).inner_join(keys, "_norm")
        add(rows, rows.item, kind, rows._id)

    own = _of_one(ids.phones)
    for table, role, column in (
        (orders, "Buyer", "buyer_id_hash"),
        (declared, "Buyer", "buyer_id_hash"),
        (payments, "Payer", "payer_id_hash"),
    ):
        add(table, order_id(table), role, table[column])
    for table, column in ((orders, "buyer_telephone_norm"), (declared, "buyer_telephone_norm"), (payments, "telephone_norm")):
        located(table, order_id(table), "OwnPhone", column, own)
    accounts = _accounts(orders, keyring)
    registered = orders.inner_join(accounts, [orders.ebp_code == accounts._platform, orders.buyer_reg_no == accounts._no])
    add(registered, order_id(registered), "Account", registered._account)
    located(orders, order_id(orders), "DropPhone", "consignee_telephone_norm", own)
    for table in (orders, declared):
        located(table, order_id(table), "Address", "consignee_address_norm", ids.addresses)
        add(table, order_id(table), "Seller", "seller:" + table.ebc_code)
        add(table, order_id(table), "Platform", table.ebp_code)
    add(declared, order_id(declared), "Agent", "agent:" + declared.agent_code)
    add(declared, order_id(declared), "Logistics", "logistics:" + declared.logistics_code)
    add(declared, order_id(declared), "Country", declared.country)
    add(payments, order_id(payments), "Payment", "payment:" + payments.pay_code)

    way, house = _owned(way, shipped), _owned(house, shipped)
    for table, column in ((way, "consignee_telephone_norm"), (house, "receiver_telephone_norm")):
        located(table, table._owner, "DropPhone", column, own)
    for table, column in ((way, "consignee_address_norm"), (house, "receiver_address_norm")):
        located(table, table._owner, "Address", column, ids.addresses)
    located(house, house._owner, "SenderPhone", "sender_telephone_norm", own)
    located(house, house._owner, "SenderAddress", "sender_address_norm", ids.addresses)
    add(house, house._owner, "Country", house.receiver_country)
    add(way, way._owner, "Logistics", "logistics:" + way.logistics_code)
    add(house, house._owner, "Logistics", "logistics:" + house.logistics_code)
    senders = people.parcel_senders.rename(_from="from", _to="to")
    sent = house.inner_join(senders, [parcel_id(house) == senders._from])
    add(sent, sent._owner, "Sender", sent._to)

    # Tracking may leave the carrier out; the parcel number is then enough where one waybill has it.
    numbered = way.select("logistics_no", "_owner").union(house.select("logistics_no", "_owner")).distinct()
    alone = (
        numbered.group_by("logistics_no").aggregate(_owner=numbered._owner.min(), n=numbered._owner.nunique()).filter(lambda t: t.n == 1)
    )
    tracked = seen.inner_join(alone, "logistics_no")
    located(tracked, tracked._owner, "Address", "address_norm", ids.addresses)

    times = items(lists, shipped)
    goods = lines.select(item="owner", target="goods_id").inner_join(times, [("item", "id")])
    add(goods, goods.item, "Goods", goods.target)
    every = ibis.union(*parts)
    every = every.filter(every.item.notnull() & every.target.notnull())
    return every.group_by("item", "kind", "target").aggregate(known_at=every.known_at.min())


def _of_one(phones: ir.Table) -> ir.Table:
    """Telephones that identify who answers: not those that a platform lends to one parcel after the other.

    A lent number is written with digits of its own behind it; where they were left out, the number is known by two that were not.
    """
    parts = phones._norm.split(LENT)
    lent = phones.filter(phones._norm.contains(LENT)).select(_base=parts[0], _norm="_norm")
    bases = lent.group_by("_base").aggregate(n=lent._norm.nunique()).filter(lambda t: t.n >= _LENT_TO)
    plain = phones.filter(~phones._norm.contains(LENT))
    return plain.anti_join(bases, [plain._norm == bases._base])


def items(lists: Lists, shipped: ir.Table) -> ir.Table:
    """One row per item: id, label (`Order` or `Parcel`), flow, known_at (the first list that names it)."""
    orders, payments, declared = lists("orders"), lists("payments"), lists("inventories")
    named = [t.select("flow", "known_at", id=order_id(t), label=ibis.literal("Order")) for t in (orders, payments, declared)]
    for table in (_owned(lists("waybills"), shipped), _owned(lists("house_waybills"), shipped)):
        own = table.filter(table._owner == parcel_id(table))
        named.append(own.select("flow", "known_at", id=own._owner, label=ibis.literal("Parcel")))
    every = ibis.union(*named)
    every = every.filter(every.id.notnull())
    return every.group_by("id", "label").aggregate(flow=every.flow.min(), known_at=every.known_at.min())


def _accounts(orders: ir.Table, keyring: Keyring) -> ir.Table:
    """Keyed ids of the buyers' accounts: a registration number is personal, and means something on its own platform only."""
    rows = orders.filter(orders.buyer_reg_no.notnull() & (orders.buyer_reg_no.length() > 2)).select("ebp_code", "buyer_reg_no")
    pairs = rows.distinct().order_by("ebp_code", "buyer_reg_no").to_pyarrow().to_pylist()
    columns = {
        "_platform": [p["ebp_code"] for p in pairs],
        "_no": [p["buyer_reg_no"] for p in pairs],
        "_account": [keyring.hash("account", f"{p['ebp_code']}\x1f{p['buyer_reg_no']}") for p in pairs],
    }
    return ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))


def _owned(table: ir.Table, shipped: ir.Table) -> ir.Table:
    """Rows of a logistics list with the order they belong to, else their own parcel."""
    links = shipped.group_by("p").aggregate(_o=shipped.o.min(), _n=shipped.o.nunique()).filter(lambda t: t._n == 1)
    keyed = table.mutate(_p=parcel_id(table))
    joined = keyed.left_join(links, [keyed._p == links.p])
    return joined.select(*table.columns, _owner=ibis.coalesce(joined._o, joined._p))

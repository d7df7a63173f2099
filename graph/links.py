"""The relationships of the graph, and the people that several mentions are."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.graph.people import Ids, mention_ids
from sandan.graph.trade import shipped_in
from sandan.record.amounts import Lists, with_rate
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.ids import Keyring
from sandan.record.masks import mask_names

SAME_NUMBER = "same identity number"
SAME_NAME_AND_PHONE = "same name and telephone as the buyer of the order"
_BY_NAME = 0.98
_SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Mentions:
    """People as the lists mention them, and who they are concluded to be.

    Attributes:
        consignees, senders, persons: Node tables.
        order_consignees, parcel_consignees, parcel_senders: from, to.
        is_person: mention (id), label, to (person), probability, because.
        reached: label, from, to (phone).
        shipped: o, p: orders and the parcels in which they came.
    """

    consignees: ir.Table
    senders: ir.Table
    persons: ir.Table
    order_consignees: ir.Table
    parcel_consignees: ir.Table
    parcel_senders: ir.Table
    is_person: ir.Table
    reached: ir.Table
    shipped: ir.Table


def keyed_goods(lines: ir.Table, con: ibis.BaseBackend, folder: Path) -> ir.Table:
    """Lines with `goods_id`: hash of the bar code where one is given, else of commodity code and normalised name."""
    lines = _kept(lines, con, folder, "lines")
    named = lines.mutate(key=ibis.coalesce("b:" + lines.bar, "n:" + ibis.coalesce(lines.hs, "") + "|" + ibis.coalesce(lines.norm, "")))
    keys = named.select("key").distinct().order_by("key").to_pyarrow()["key"].to_pylist()
    hashed = pa.table({"_key": pa.array(keys, pa.string()), "goods_id": pa.array([_digest(key) for key in keys], pa.string())})
    joined = named.inner_join(ibis.memtable(hashed), [("key", "_key")])
    return _kept(joined, con, folder, "keyed_lines")


def find_mentions(lists: Lists, ids: Ids, keyring: Keyring, con: ibis.BaseBackend, folder: Path) -> Mentions:
    """Consignees and senders, and the persons behind all mentions.

    One identity number is one person. A consignee with the name and telephone of the buyer of the same order is that buyer. Everybody
    else stays a mention without a person until more is known.
    """
    way, house, orders, payments, declared = (lists(n) for n in ("waybills", "house_waybills", "orders", "payments", "inventories"))
    received = way.select(
        name=way.consignee, name_norm=way.consignee_norm, tel_norm=way.consignee_telephone_norm, addr_norm=way.consignee_address_norm
    )
    by_house = house.select(
        name=house.receiver_name,
        name_norm=house.receiver_name_norm,
        tel_norm=house.receiver_telephone_norm,
        addr_norm=house.receiver_address_norm,
    )
    sent = house.select(
        name=house.sender_name, name_norm=house.sender_name_norm, tel_norm=house.sender_telephone_norm, addr_norm=house.sender_address_norm
    )
    consignee_ids = mention_ids(received.union(by_house), keyring, "consignee")
    sender_ids = mention_ids(sent, keyring, "sender")
    on_way = _identified(way, consignee_ids, "consignee_norm", "consignee_telephone_norm", "consignee_address_norm")
    on_house = _identified(house, consignee_ids, "receiver_name_norm", "receiver_telephone_norm", "receiver_address_norm")
    from_house = _identified(house, sender_ids, "sender_name_norm", "sender_telephone_norm", "sender_address_norm")
    shipped = _kept(shipped_in(lists), con, folder, "shipped_in")
    parcels = on_way.select("_id", "consignee_norm", "consignee_telephone_norm", p=parcel_id(on_way))
    with_order = _kept(parcels.inner_join(shipped, "p"), con, folder, "consigned")
    buyers = orders.select(
        o=order_id(orders), _buyer=orders.buyer_id_hash, _name=orders.buyer_name_norm, _tel=orders.buyer_telephone_norm
    ).filter(lambda t: t._buyer.notnull())
    same = with_order.inner_join(buyers, ["o", ("consignee_norm", "_name"), ("consignee_telephone_norm", "_tel")])
    numbers = ibis.union(
        *[
            t.select(label=ibis.literal(label), mention=t[column])
            for t, label, column in (
                (orders, "Buyer", "buyer_id_hash"),
                (declared, "Buyer", "buyer_id_hash"),
                (payments, "Payer", "payer_id_hash"),
            )
        ]
    )
    numbers = numbers.filter(numbers.mention.notnull()).distinct()
    by_number = numbers.select(
        "label", "mention", to="p:" + numbers.mention, probability=ibis.literal(1.0), because=ibis.literal(SAME_NUMBER)
    )
    by_name = same.select(
        label=ibis.literal("Consignee"),
        mention=same._id,
        to="p:" + same._buyer,
        probability=ibis.literal(_BY_NAME),
        because=ibis.literal(SAME_NAME_AND_PHONE),
    ).distinct()
    # A mention that would be two persons is left alone: merging two innocents is worse than missing one link.
    alone = by_name.group_by("mention").aggregate(n=by_name.to.nunique()).filter(lambda t: t.n == 1)
    is_person = _kept(by_number.union(by_name.semi_join(alone, "mention")), con, folder, "is_person")
    masked = _masked_names(orders, payments)
    counted = is_person.group_by("to").aggregate(n_mentions=is_person.count())
    persons = counted.left_join(masked, counted.to == masked._person).select("masked_name", "n_mentions", id="to")
    phones = [
        (orders, "Buyer", orders.buyer_id_hash, "buyer_telephone_norm"),
        (declared, "Buyer", declared.buyer_id_hash, "buyer_telephone_norm"),
        (payments, "Payer", payments.payer_id_hash, "telephone_norm"),
        (on_way, "Consignee", on_way._id, "consignee_telephone_norm"),
        (on_house, "Consignee", on_house._id, "receiver_telephone_norm"),
        (from_house, "Sender", from_house._id, "sender_telephone_norm"),
    ]
    reached = ibis.union(*[t.select(label=ibis.literal(label), mention=value, _norm=t[column]) for t, label, value, column in phones])
    reached = reached.filter(reached.mention.notnull()).inner_join(ids.phones, "_norm")
    reached = _kept(reached.select("label", **{"from": "mention", "to": "_id"}).distinct(), con, folder, "reached")
    return Mentions(
        consignees=consignee_ids.group_by(id="_id").aggregate(masked_name=consignee_ids.masked_name.min()),
        senders=sender_ids.group_by(id="_id").aggregate(masked_name=sender_ids.masked_name.min()),
        persons=persons,
        order_consignees=with_order.select(**{"from": "o", "to": "_id"}).distinct(),
        parcel_consignees=ibis.union(
            on_way.select(**{"from": parcel_id(on_way), "to": on_way._id}),
            on_house.select(**{"from": parcel_id(on_house), "to": on_house._id}),
        ).distinct(),
        parcel_senders=from_house.select(**{"from": parcel_id(from_house), "to": from_house._id}).distinct(),
        is_person=is_person,
        reached=reached,
        shipped=shipped,
    )


def relations(lists: Lists, ids: Ids, people: Mentions, lines: ir.Table) -> Mapping[tuple[str, str, str], ir.Table]:
    """All relationships by (type, label from, label to); those that a run's results bring are absent here and become empty tables."""
    orders, payments, declared, way, house = (lists(n) for n in ("orders", "payments", "inventories", "waybills", "house_waybills"))
    made: dict[tuple[str, str, str], ir.Table] = {}
    every = [order_id(t) for t in (orders, payments, declared)]
    placed = [t.select(**{"from": o, "to": t.ebp_code}) for t, o in zip((orders, payments, declared), every, strict=True)]
    made["PLACED_ON", "Order", "Platform"] = ibis.union(*placed)
    made["BOUGHT_BY", "Order", "Buyer"] = ibis.union(
        *[t.select(**{"from": order_id(t), "to": t.buyer_id_hash}) for t in (orders, declared)]
    )
    paid = with_rate(lists, payments)
    made["PAID_BY", "Order", "Payer"] = paid.select(
        **{"from": order_id(paid), "to": paid.payer_id_hash},
        pay_transaction_id=paid.pay_transaction_id.fill_null(""),
        amount_cny=paid.amount_paid.cast("float64") * paid.to_cny,
        paid_at=paid.pay_time,
        ebp_code=paid.ebp_code,
    )
    made["CONSIGNED_TO", "Order", "Consignee"] = people.order_consignees
    made["CONSIGNED_TO", "Parcel", "Consignee"] = people.parcel_consignees
    made["SENT_BY", "Parcel", "Sender"] = people.parcel_senders
    made["SOLD_BY", "Order", "Operator"] = ibis.union(
        *[t.select(**{"from": order_id(t), "to": "seller:" + t.ebc_code}) for t in (orders, payments, declared)]
    )
    made["CHARGED_BY", "Order", "Operator"] = payments.select(**{"from": order_id(payments), "to": "payment:" + payments.pay_code})
    made["CARRIED_BY", "Order", "Operator"] = declared.select(**{"from": order_id(declared), "to": "logistics:" + declared.logistics_code})
    carried = [t.select(**{"from": parcel_id(t), "to": "logistics:" + t.logistics_code}) for t in (way, house, declared)]
    made["CARRIED_BY", "Parcel", "Operator"] = ibis.union(*carried)
    made["DECLARED_BY", "Order", "Operator"] = declared.select(**{"from": order_id(declared), "to": "agent:" + declared.agent_code})
    shipped = people.shipped
    made["SHIPPED_IN", "Order", "Parcel"] = shipped.select(**{"from": "o", "to": "p"})
    made |= _places(lists, ids, shipped)
    made["LOCATED_IN", "Address", "Destination"] = ids.located
    for label in ("Buyer", "Payer", "Consignee", "Sender"):
        reached, concluded = people.reached, people.is_person
        made["REACHED_AT", label, "Phone"] = reached.filter(reached.label == label).select("from", "to")
        own = concluded.filter(concluded.label == label)
        made["IS", label, "Person"] = own.select("to", "probability", "because", **{"from": "mention"})
    for label, is_order in (("Order", True), ("Parcel", False)):
        own = lines.filter(lines.is_order == is_order)
        made["CONTAINS", label, "Goods"] = own.select(
            "gnum", "qty", "price_cny", "declared_price_cny", **{"from": "owner", "to": "goods_id"}
        )
    services = lists("payment_services")
    made["SERVES", "Operator", "Platform"] = services.select(
        "active_from", "active_to", **{"from": "payment:" + services.pay_code, "to": services.ebp_code}
    )
    made["OF_BRAND", "Goods", "Brand"] = _brands(lists, lines)
    return made


def _places(lists: Lists, ids: Ids, shipped: ir.Table) -> Mapping[tuple[str, str, str], ir.Table]:
    """Where things were to go by order and waybill, and where they were delivered; a declaration speaks for an order that never came."""
    orders, declared, way, house, seen = (lists(n) for n in ("orders", "inventories", "waybills", "house_waybills", "tracking"))
    no_order = declared.anti_join(orders, ["flow", "ebp_code", "order_no"])
    named = ibis.union(*[t.select(o=order_id(t), _norm=t.consignee_address_norm, source=ibis.literal("order")) for t in (orders, no_order)])
    by_way = ibis.union(
        way.select(p=parcel_id(way), _norm=way.consignee_address_norm, source=ibis.literal("waybill")),
        house.select(p=parcel_id(house), _norm=house.receiver_address_norm, source=ibis.literal("waybill")),
    )
    numbered = ibis.union(*[t.select("logistics_no", p=parcel_id(t)) for t in (way, declared, house)]).distinct()
    # Tracking may leave the carrier out; then the number must be one parcel's.
    alone = numbered.group_by("logistics_no").aggregate(_parcel=numbered.p.min(), n=numbered.p.nunique()).filter(lambda t: t.n == 1)
    tracked = seen.filter(seen.address_norm.notnull()).left_join(alone, "logistics_no")
    tracked = tracked.mutate(p=ibis.coalesce(parcel_id(tracked), tracked._parcel))
    tracked = tracked.select("p", _norm="address_norm", source=ibis.literal("delivery"))
    known = numbered.select(_known="p").distinct()
    tracked = tracked.filter(tracked.p.isin(known._known))
    parcels = by_way.union(tracked)
    through = parcels.inner_join(shipped, "p").select("o", "_norm", "source")
    placed = named.union(through).inner_join(ids.addresses, "_norm").select("source", **{"from": "o", "to": "_id"})
    return {
        ("SHIPPED_TO", "Order", "Address"): placed,
        ("SHIPPED_TO", "Parcel", "Address"): parcels.inner_join(ids.addresses, "_norm").select("source", **{"from": "p", "to": "_id"}),
    }


def _brands(lists: Lists, lines: ir.Table) -> ir.Table:
    """Goods whose name holds a brand or one of its aliases; compared in Python on distinct names."""
    brands = lists("brands").select("brand", "aliases").distinct().to_pyarrow().to_pylist()
    words = [
        (row["brand"], [w.strip().casefold() for w in (row["brand"], *(row["aliases"] or "").split("|")) if len(w.strip()) > 1])
        for row in brands
    ]
    goods = lines.group_by("goods_id").aggregate(norm=lines.norm.min()).order_by("goods_id").to_pyarrow().to_pylist() if words else []
    found = [(g["goods_id"], brand) for g in goods if g["norm"] for brand, aliases in words if any(word in g["norm"] for word in aliases)]
    return ibis.memtable(
        pa.table(
            {
                "from": pa.array([f[0] for f in found], pa.string()),
                "to": pa.array([f[1] for f in found], pa.string()),
                "probability": pa.array([0.9] * len(found), pa.float64()),
            }
        )
    )


def _masked_names(orders: ir.Table, payments: ir.Table) -> ir.Table:
    """Masked name of each person by identity number."""
    named = ibis.union(
        orders.select(_hash=orders.buyer_id_hash, name=orders.buyer_name),
        payments.select(_hash=payments.payer_id_hash, name=payments.payer_name),
    )
    named = named.filter(named._hash.notnull() & named.name.notnull())
    grouped = named.group_by("_hash").aggregate(name=named.name.min())
    return grouped.select(_person="p:" + grouped._hash, masked_name=mask_names(grouped.name))


def _identified(rows: ir.Table, known: ir.Table, name: str, telephone: str, address: str) -> ir.Table:
    """Rows of a list with the id of the person they mention."""
    keyed = rows.mutate(_t=rows[telephone].fill_null(""), _a=rows[address].fill_null(""))
    joined = keyed.inner_join(known, [keyed[name] == known._name, keyed._t == known._tel, keyed._a == known._addr])
    return joined.select(*rows.columns, "_id")


def _kept(table: ir.Table, con: ibis.BaseBackend, folder: Path, name: str) -> ir.Table:
    """A table that several others need, written once beside them; `drop_scratch` removes it."""
    (folder / _SCRATCH).mkdir(exist_ok=True)
    path = folder / _SCRATCH / f"{name}.parquet"
    con.to_parquet(table, path)
    return con.read_parquet(path)


def drop_scratch(folder: Path) -> None:
    """Remove the intermediate tables."""
    shutil.rmtree(folder / _SCRATCH)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

"""Who stands in the lists: mentions of people, their telephones and addresses, as nodes with keyed ids and masked names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.record.ids import Keyring, mask_address, mask_name, mask_telephone
from sandan.record.values import address

Lists = Callable[[str], ir.Table]
_PERSON = ("birth_year", "sex", "region")


@dataclass(frozen=True, slots=True)
class Ids:
    """Keyed ids of normal forms, as tables to join with: `_norm` -> `_id`."""

    phones: ir.Table
    addresses: ir.Table
    phone_nodes: ir.Table
    address_nodes: ir.Table
    destinations: ir.Table
    located: ir.Table


def personal_ids(lists: Lists, keyring: Keyring) -> Ids:
    """Ids of all telephones and addresses; hashing runs in Python on distinct normal forms.

    Addresses of import lists lie in China, those of a house waybill where it says. Region is the province of the normal form.
    """
    numbers = _distinct(
        lists,
        {
            "orders": ("buyer_telephone_norm", "consignee_telephone_norm"),
            "payments": ("telephone_norm",),
            "waybills": ("consignee_telephone_norm",),
            "inventories": ("buyer_telephone_norm",),
            "house_waybills": ("sender_telephone_norm", "receiver_telephone_norm"),
        },
    )
    phones = [(text, keyring.hash("telephone", text), mask_telephone(text)) for text in numbers]
    places = _addresses(lists)
    made = []
    for text, country in places:
        region = address.province(text) if country == "CN" else None
        made.append((text, keyring.hash("address", text), mask_address(text), region, country, address.place_kind(text)))
    destinations = sorted({(":".join(filter(None, (country, region))), country, region) for _, _, _, region, country, _ in made if country})
    null: list[str | None] = [None] * len(made)
    return Ids(
        phones=_table({"_norm": [p[0] for p in phones], "_id": [p[1] for p in phones]}),
        addresses=_table({"_norm": [a[0] for a in made], "_id": [a[1] for a in made]}),
        phone_nodes=_table({"id": [p[1] for p in phones], "masked": [p[2] for p in phones]}),
        address_nodes=_table(
            {
                "id": [a[1] for a in made],
                "masked": [a[2] for a in made],
                "city": null,
                "region": [a[3] for a in made],
                "country": [a[4] for a in made],
                "postcode": null,
                "kind": [a[5] for a in made],
            }
        ),
        destinations=_table(
            {
                "id": [d[0] for d in destinations],
                "country": [d[1] for d in destinations],
                "region": [d[2] for d in destinations],
                "city": [None] * len(destinations),
            }
        ),
        located=_table({"from": [a[1] for a in made if a[4]], "to": [":".join(filter(None, (a[4], a[3]))) for a in made if a[4]]}),
    )


def mention_ids(named: ir.Table, keyring: Keyring, kind: str) -> ir.Table:
    """Ids of consignees or senders: keyed hash of normalised name and telephone, else address.

    Args:
        named: name, name_norm, tel_norm, addr_norm.
        keyring: The installation's key.
        kind: `consignee` or `sender`.

    Returns:
        name_norm, tel_norm, addr_norm (null-safe: empty text), _id, masked_name.
    """
    rows = named.filter(named.name_norm.notnull()).mutate(tel=named.tel_norm.fill_null(""), addr=named.addr_norm.fill_null(""))
    distinct = (
        rows.group_by("name_norm", "tel", "addr")
        .aggregate(name=rows.name.min())
        .order_by("name_norm", "tel", "addr")
        .to_pyarrow()
        .to_pylist()
    )
    return _table(
        {
            "_name": [r["name_norm"] for r in distinct],
            "_tel": [r["tel"] for r in distinct],
            "_addr": [r["addr"] for r in distinct],
            "_id": [keyring.hash(kind, f"{r['name_norm']}\x1f{r['tel'] or r['addr']}") for r in distinct],
            "masked_name": [mask_name(r["name"]) for r in distinct],
        }
    )


def numbered_people(rows: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """Buyer or payer nodes, one per identity number: id, masked_name, masked_id, birth_year, sex, region.

    Args:
        rows: A list with an identity number.
        columns: hash, name, masked, birth_year, sex, region -> column of the list.
    """
    known = rows.filter(rows[columns["hash"]].notnull())
    grouped = known.group_by(id=known[columns["hash"]]).aggregate(
        name=known[columns["name"]].min(), masked_id=known[columns["masked"]].min(), **{c: known[columns[c]].min() for c in _PERSON}
    )
    short = grouped.name.length() - 1
    stars = ibis.literal("****").substr(0, ibis.least(ibis.greatest(short, 0), 4))
    masked = grouped.mutate(masked_name=ibis.coalesce(grouped.name.substr(0, 1) + stars, ""))
    return masked.select("id", "masked_name", "masked_id", *_PERSON)


def _distinct(lists: Lists, sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    parts = [lists(name).select(text=column).filter(lambda t: t.text.notnull()) for name, columns in sources.items() for column in columns]
    found: list[str] = ibis.union(*parts).distinct().order_by("text").to_pyarrow()["text"].to_pylist()
    return found


def _addresses(lists: Lists) -> list[tuple[str, str | None]]:
    """Normal forms with the country in which they lie."""
    sources = {
        "orders": "consignee_address_norm",
        "waybills": "consignee_address_norm",
        "inventories": "consignee_address_norm",
        "tracking": "address_norm",
        "house_waybills": "sender_address_norm",
    }
    parts = [lists(name).select(text=column, country=ibis.null("string")) for name, column in sources.items()]
    house = lists("house_waybills")
    parts.append(house.select(text=house.receiver_address_norm, country=house.receiver_country))
    every = ibis.union(*parts)
    every = every.filter(every.text.notnull())
    rows = every.group_by("text").aggregate(country=every.country.min()).order_by("text").to_pyarrow().to_pylist()
    return [(row["text"], row["country"] or ("CN" if address.province(row["text"]) else None)) for row in rows]


def _table(columns: Mapping[str, Sequence[str | None]]) -> ir.Table:
    return ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))

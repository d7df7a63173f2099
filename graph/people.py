"""Who stands in the lists: mentions of people, their telephones and addresses, as nodes with keyed ids and masked names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.record.amounts import Lists
from sandan.record.ids import Keyring
from sandan.record.masks import mask_address, mask_name, mask_names, mask_telephone

_PERSON = ("birth_year", "sex", "region")
_OF_PLACE = ("country", "province", "city", "postcode", "kind")


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

    An address lies in the country that a house waybill gives for it, else in the one that it names itself. Region is its province. Where
    lists differ in what they say of one normal form, the smallest value counts, so that the result does not depend on their order.
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
    place_ids = [keyring.hash("address", place["text"]) for place in places]
    destinations = {_destination(place): (place["country"], place["province"]) for place in places if place["country"]}
    return Ids(
        phones=_table({"_norm": [p[0] for p in phones], "_id": [p[1] for p in phones]}),
        addresses=_table({"_norm": [place["text"] for place in places], "_id": place_ids}),
        phone_nodes=_table({"id": [p[1] for p in phones], "masked": [p[2] for p in phones]}),
        address_nodes=_table(
            {
                "id": place_ids,
                "masked": [mask_address(place["text"]) for place in places],
                "city": [place["city"] for place in places],
                "region": [place["province"] for place in places],
                "country": [place["country"] for place in places],
                "postcode": [place["postcode"] for place in places],
                "kind": [place["kind"] for place in places],
            }
        ),
        destinations=_table(
            {
                "id": sorted(destinations),
                "country": [destinations[key][0] for key in sorted(destinations)],
                "region": [destinations[key][1] for key in sorted(destinations)],
                "city": [None] * len(destinations),
            }
        ),
        located=_table(
            {
                "from": [key for key, place in zip(place_ids, places, strict=True) if place["country"]],
                "to": [_destination(place) for place in places if place["country"]],
            }
        ),
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
    return grouped.mutate(masked_name=mask_names(grouped.name)).select("id", "masked_name", "masked_id", *_PERSON)


def _distinct(lists: Lists, sources: Mapping[str, tuple[str, ...]]) -> list[str]:
    parts = [lists(name).select(text=column).filter(lambda t: t.text.notnull()) for name, columns in sources.items() for column in columns]
    found: list[str] = ibis.union(*parts).distinct().order_by("text").to_pyarrow()["text"].to_pylist()
    return found


def _addresses(lists: Lists) -> list[dict[str, Any]]:
    """What the lists say of each normal form: text, country, province, city, postcode, kind."""
    sources = {
        "orders": "consignee_address",
        "waybills": "consignee_address",
        "inventories": "consignee_address",
        "tracking": "address",
        "house_waybills": "sender_address",
    }
    parts = [_address_parts(lists(name), column) for name, column in sources.items()]
    house = lists("house_waybills")
    parts.append(_address_parts(house, "receiver_address", house.receiver_country))
    every = ibis.union(*parts)
    every = every.filter(every.text.notnull())
    grouped = every.group_by("text").aggregate(**{column: every[column].min() for column in _OF_PLACE})
    rows: list[dict[str, Any]] = grouped.order_by("text").to_pyarrow().to_pylist()
    return rows


def _address_parts(rows: ir.Table, column: str, said: ir.StringValue | None = None) -> ir.Table:
    """The parts of an address column; where the list says another country than the text, only the list's country is kept."""
    country = rows[f"{column}_country"]
    agrees = ibis.literal(True) if said is None else said.isnull() | country.isnull() | (said == country)
    parts = {part: agrees.ifelse(rows[f"{column}_{part}"], ibis.null("string")) for part in ("province", "city", "postcode")}
    return rows.select(
        text=rows[f"{column}_norm"], country=country if said is None else ibis.coalesce(said, country), kind=rows[f"{column}_kind"], **parts
    ).select("text", *_OF_PLACE)


def _destination(place: Mapping[str, Any]) -> str:
    return ":".join(filter(None, (place["country"], place["province"])))


def _table(columns: Mapping[str, Sequence[str | None]]) -> ir.Table:
    return ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))

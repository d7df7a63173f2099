"""Address nodes: what several lists say of one place."""

from typing import Any

import ibis
import pyarrow as pa
import pytest

from sandan.graph.people import personal_ids
from sandan.record.catalog.tables import CATALOG
from sandan.record.ids import Keyring
from sandan.record.values.addresses import address

HANGZHOU = "浙江省杭州市余杭区文一西路969号3幢501室"
AGAIN = "310000 浙江杭州余杭区文一西路９６９号3-501"
BERLIN = "Müllerstraße 12, 13353 Berlin, Germany"


def stored(column: str, written: str) -> dict[str, Any]:
    return dict(zip((f"{column}{end}" for end in ("", *_ENDS)), (written, *address.parts(written).stored), strict=True))


_ENDS = ("_norm", "_country", "_province", "_city", "_district", "_postcode", "_kind")


def places(**rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Address nodes by the normal form whose id they have, with their destination."""

    def lists(name: str) -> Any:
        return ibis.memtable(pa.Table.from_pylist(rows.get(name, []), CATALOG[name].schema))

    ids = personal_ids(lists, Keyring(b"k" * 32))
    forms = {row["_id"]: row["_norm"] for row in ids.addresses.to_pyarrow().to_pylist()}
    places_of = {row["from"]: row["to"] for row in ids.located.to_pyarrow().to_pylist()}
    destinations = {row["id"]: row for row in ids.destinations.to_pyarrow().to_pylist()}
    assert set(places_of.values()) == set(destinations)
    return {forms[row["id"]]: row | {"to": places_of.get(row["id"])} for row in ids.address_nodes.to_pyarrow().to_pylist()}


def test_a_place_has_what_its_lists_say_of_it() -> None:
    found = places(orders=[stored("consignee_address", HANGZHOU)], waybills=[stored("consignee_address", AGAIN)])
    (node,) = found.values()
    assert (node["country"], node["region"], node["city"], node["postcode"], node["kind"]) == ("CN", "浙江", "杭州市", "310000", "home")
    assert node["to"] == "CN:浙江"
    assert node["masked"].endswith("***")


def test_the_order_of_the_lists_does_not_matter() -> None:
    one = places(orders=[stored("consignee_address", HANGZHOU), stored("consignee_address", AGAIN)])
    assert one == places(orders=[stored("consignee_address", AGAIN), stored("consignee_address", HANGZHOU)])


def test_a_place_nobody_can_tell_has_no_destination() -> None:
    (node,) = places(tracking=[stored("address", "某某路1号")]).values()
    assert (node["country"], node["region"], node["city"], node["to"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("written", "said", "country", "city", "to"),
    [(BERLIN, "DE", "DE", "Berlin", "DE"), (BERLIN, None, "DE", "Berlin", "DE"), (BERLIN, "US", "US", None, "US"), (HANGZHOU, "US", "US", None, "US"),
     ("12 Main Street", "AU", "AU", None, "AU")],
)  # fmt: skip
def test_the_country_of_a_house_waybill_counts(written: str, said: str | None, country: str, city: str | None, to: str) -> None:
    (node,) = places(house_waybills=[stored("receiver_address", written) | {"receiver_country": said}]).values()
    assert (node["country"], node["city"], node["to"]) == (country, city, to)

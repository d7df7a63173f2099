"""Workshops that send under many names, and those who send much with nothing to hide."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sandan.algorithms.groups.chance import evidence
from sandan.algorithms.groups.shipments import Parcels, Shipment, find_shipments
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.ties import SENDERS, shared_identifiers

BRANDS = [{"brand": "Fernwick", "aliases": "芬威克", "hs_prefixes": "9503"}]
COUNTRIES = ("US", "DE", "FR", "JP", "KR", "AU", "CA", "BR", "GB", "SG")
WARES = ("phone case black", "garden hose", "steel bolts", "cotton socks", "ceramic mug", "desk lamp", "tea towel", "bike bell")


@dataclass
class Post:
    """Parcels with their texts, drawn into a network."""

    drawing: Any
    items: list[int] = field(default_factory=list)
    texts: list[tuple[str, str, str, float]] = field(default_factory=list)
    dice: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def send(
        self, day: float, sender: str, phone: str, door: str, text: str, country: str, weight: float, sold: str = "", codes: str = ""
    ) -> int:
        item = self.drawing.add(day, export=True, parcel=True, Sender=sender, SenderPhone=phone, SenderAddress=door, Country=country)
        self.items.append(item)
        self.texts.append((text, sold, country, weight))
        return int(item)

    def everyday(self, n: int = 600) -> None:
        """Small senders of anything; toys bear the brand, other things none."""
        for i in range(n):
            who = f"small-{i // 2}"
            toy = i % 4 == 0
            text = f"Fernwick plush rabbit {i % 5}" if toy else self.pick(WARES)
            self.send(self.day(), who, f"{who}-phone", f"{who}-door", text, self.pick(COUNTRIES), self.weight())

    def workshop(self, senders: int = 10, n: int = 30, text: str = "plush rabbit", country: str = "US") -> list[int]:
        """Many names on one telephone, one ware without its brand, one country."""
        return [
            self.send(20 + i / 5, f"name-{i % senders}", "workshop-phone", f"yard-{i % 3}", text, country, 0.4)
            for i in range(n)
        ]  # fmt: skip

    def pick(self, words: tuple[str, ...]) -> str:
        return words[int(self.dice.integers(len(words)))]

    def day(self) -> float:
        return float(self.dice.uniform(0, 60))

    def weight(self) -> float:
        return round(float(self.dice.uniform(0.1, 3)), 2)

    def found(self, brands: Any = BRANDS, shuffle: int | None = None) -> list[Shipment]:
        view = self.drawing.view(shuffle)
        ties = shared_identifiers(view, SENDERS)
        declared, sold, country, weight = zip(*self.texts, strict=True) if self.texts else ((), (), (), ())
        parcels = Parcels(
            np.array(self.items, dtype=np.int64), declared, sold, [""] * len(declared), country, np.array(weight, dtype=np.float64)
        )
        return find_shipments(view, ties, find_communities(ties), parcels, brands)


@pytest.fixture
def post(drawing: Any) -> Post:
    return Post(drawing)


def of(found: list[Shipment], items: list[int]) -> Shipment:
    return max(found, key=lambda s: int(np.isin(s.items, items).sum()))


def signs(s: Shipment) -> set[str]:
    """Names of the signs that count."""
    values = {"brand": (s.q_brand, s.p_brand), "place": (s.q_place, s.p_place), "sender": (s.q_sender, s.p_sender)}
    return {name for name, (q, p) in values.items() if evidence(p, q) > 0}


def test_a_workshop_under_many_names_raises_every_sign(post: Post) -> None:
    post.everyday()
    parcels = post.workshop()
    shipment = of(post.found(), parcels)
    assert sorted(shipment.items.tolist()) == parcels
    assert signs(shipment) == {"brand", "place", "sender"}
    assert (shipment.n_senders, shipment.omitted, shipment.brand, shipment.country, shipment.share) == (10, 30, "Fernwick", "US", 1.0)
    assert shipment.n_shared >= 1
    assert shipment.expected > 15
    assert shipment.elsewhere < 0.2


def test_a_consolidator_of_all_goods_for_all_countries_raises_nothing(post: Post) -> None:
    post.everyday()
    depot = []
    for i in range(80):
        text = f"Fernwick plush rabbit {i % 5}" if i % 4 == 0 else post.pick(WARES)
        depot.append(post.send(post.day(), f"customer-{i % 40}", "depot-phone", "depot", text, post.pick(COUNTRIES), post.weight()))
    shipment = of(post.found(), depot)
    assert len(shipment.items) == 80
    assert signs(shipment) == set()


def test_an_unbranded_factory_with_one_name_is_only_bound_for_one_place(post: Post) -> None:
    post.everyday()
    factory = [post.send(10 + i, "factory", "factory-phone", "factory-door", "steel bolts", "US", 2.0) for i in range(30)]
    shipment = of(post.found(), factory)
    assert sorted(shipment.items.tolist()) == factory
    assert signs(shipment) == {"place"}


def test_a_dealer_who_declares_the_brand_raises_nothing(post: Post) -> None:
    post.everyday()
    dealer = [
        post.send(
            post.day(), "dealer", "dealer-phone", "dealer-door", f"Fernwick plush rabbit {i % 5}", post.pick(COUNTRIES), post.weight()
        )
        for i in range(40)
    ]
    shipment = of(post.found(), dealer)
    assert shipment.omitted == 0
    assert signs(shipment) == set()


def test_a_disguised_brand_counts_as_left_off(post: Post) -> None:
    post.everyday()
    parcels = post.workshop(text="Fer-nwick rabbit")
    shipment = of(post.found(), parcels)
    assert shipment.omitted == 30
    assert "brand" in signs(shipment)


def test_without_recorded_brands_none_is_left_off(post: Post) -> None:
    post.everyday(200)
    parcels = post.workshop()
    shipment = of(post.found(brands=[]), parcels)
    assert shipment.p_brand == 1.0
    assert signs(shipment) == {"place", "sender"}


def test_four_parcels_are_too_few(post: Post) -> None:
    post.everyday(100)
    parcels = post.workshop(senders=2, n=4)
    assert not any(np.isin(s.items, parcels).any() for s in post.found())
    parcels += post.workshop(senders=2, n=1)
    assert any(np.isin(s.items, parcels).all() for s in post.found())


def test_few_places_are_a_sign_and_the_world_is_none(post: Post) -> None:
    post.everyday()
    three = [
        post.send(post.day(), "spread", "spread-phone", "spread-door", post.pick(WARES), ("US", "DE", "FR")[i % 3], post.weight())
        for i in range(30)
    ]
    world = [
        post.send(post.day(), "wide", "wide-phone", "wide-door", post.pick(WARES), post.pick(COUNTRIES), post.weight()) for _ in range(30)
    ]
    found = post.found()
    few = of(found, three)
    assert few.share == 1.0 and sorted(few.country.split(", ")) == ["DE", "FR", "US"] and "place" in signs(few)
    assert "place" not in signs(of(found, world))


def test_goods_that_point_at_one_brand_are_a_group_whoever_sends_them(post: Post) -> None:
    post.everyday()
    copies = [post.send(post.day(), f"helper-{i}", f"p-{i}", f"d-{i}", "Fer-nwick cap", "US", 0.2) for i in range(8)]
    shipment = of(post.found(brands=[{"brand": "Fernwick", "aliases": "", "hs_prefixes": ""}]), copies)
    assert shipment.brand == "Fernwick" and shipment.pointing == 1.0 and {"brand", "place"} <= signs(shipment)
    assert shipment.n_senders == 8


def test_a_brand_s_group_and_a_sender_s_that_begin_with_one_parcel_are_told_apart(post: Post) -> None:
    post.everyday()
    one = [post.send(1 + i / 5, f"name-{i % 2}", "workshop-phone", "yard", "Fer-nwick cap", "US", 0.2) for i in range(8)]
    others = [post.send(30.0 + i, f"helper-{i}", f"p-{i}", f"d-{i}", "Fer-nwick cap", "US", 0.2) for i in range(8)]
    found = post.found(brands=[{"brand": "Fernwick", "aliases": "", "hs_prefixes": ""}])
    assert {of(found, one).mark, of(found, [*one, *others]).mark} == {"", "Fernwick"}


def test_unknown_destinations_are_none(post: Post) -> None:
    post.everyday(100)
    parcels = [post.send(20, f"name-{i}", "quiet-phone", "quiet-door", "plush rabbit", "", 0.4) for i in range(10)]
    shipment = of(post.found(), parcels)
    assert shipment.p_place == 1.0


def test_everyday_trade_raises_nothing(post: Post) -> None:
    post.everyday()
    for i in range(40):
        for _ in range(6):
            post.send(post.day(), f"shop-{i}", f"shop-{i}-phone", f"shop-{i}-door", post.pick(WARES), post.pick(COUNTRIES), post.weight())
    found = post.found()
    assert len(found) == 40
    assert sum(bool(signs(s)) for s in found) <= 2


def test_shipments_do_not_depend_on_the_order_of_contacts(post: Post) -> None:
    post.everyday(200)
    post.workshop()
    told = [[(s.items.tolist(), s.q_brand, s.q_place, s.q_sender, s.brand) for s in post.found(shuffle=seed)] for seed in (None, 1, 2)]
    assert told[0] == told[1] == told[2]


def test_no_parcels_no_shipments(post: Post) -> None:
    post.drawing.honest(50)
    assert post.found() == []


@pytest.mark.parametrize(("q", "p", "expected"), [(0.051, 0.0001, 0.0), (0.05, 0.05, 0.0), (0.01, 0.001, 0.5), (0.01, 1e-9, 0.5)])
def test_a_sign_is_as_strong_as_its_chance_is_small(q: float, p: float, expected: float) -> None:
    assert 0.5 * evidence(p, q) == pytest.approx(expected)
    assert 0 < evidence(0.01, 0.05) < 1

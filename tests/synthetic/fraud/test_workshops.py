"""Parcels of workshops, of honest senders who look like them, and of everybody else."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from sandan.record.values.addresses import address
from sandan.record.values.parties import telephone
from sandan.synthetic.dice import Dice
from sandan.synthetic.fraud.wordings import look_alike
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.market.marks import MARKS

# Dollars for a unit, about.
UNITS = {"USD": 1.0, "EUR": 1.08, "GBP": 1.29, "JPY": 0.0067, "AUD": 0.63, "KRW": 0.0007}
COPIES = {plot.kind for plot in WORKSHOPS if "brand_omitted" in plot.typologies}


def test_workshops_leave_the_brand_off_and_share_what_they_say(large: Any) -> None:
    names = {mark.brand.lower() for mark in MARKS}
    for name, rows in large.groups(COPIES).items():
        sent = large.parcels(rows)
        assert not any(brand in row["description"].lower() for brand in names for row in sent), name
        weights = [float(row["weight_kg"]) for row in sent]
        values = [float(row["declared_value"]) * UNITS[row["currency"]] for row in sent]
        # Two kinds of goods at most: others after an inspection.
        assert sum(later / first > 1.1 for first, later in pairwise(sorted(weights))) <= 1, name
        assert max(values) < 40
        countries = Counter(row["receiver_country"] for row in sent)
        if "destination_concentration" in rows[0].typologies:
            assert sum(count for _, count in countries.most_common(3)) >= 0.7 * len(sent), name
        else:
            assert len(countries) >= 5
        telephones = {telephone.normal(row["sender_telephone"]) for row in sent}
        if "sender_cluster" in rows[0].typologies:
            assert len({row["sender_name"] for row in sent}) >= 3
            assert len(telephones) < 0.6 * len(sent), name
        else:
            assert len(telephones) >= 4
        if "channel_preference" in rows[0].typologies:
            assert sum(row["channel"] == "express" for row in sent) >= 0.6 * len(sent), name


def test_honest_senders_look_alike_but_are_not(large: Any) -> None:
    registered = {row["name"] for row in large.table("companies")}
    for rows in large.groups({"consolidator"}).values():
        sent = large.parcels(rows)
        assert len({telephone.normal(row["sender_telephone"]) for row in sent}) == 1
        assert len({row["receiver_country"] for row in sent}) >= 5
        assert len({row["description"] for row in sent}) >= 8
    for rows in large.groups({"unbranded_factory"}).values():
        sent = large.parcels(rows)
        assert {row["sender_name"] for row in sent} <= registered
        assert Counter(row["receiver_country"] for row in sent).most_common(1)[0][1] >= 0.6 * len(sent)
    recorded = {row["brand"]: row["aliases"].split("|") for row in large.table("brands")}
    for rows in large.groups({"brand_owner_shop", "fan_shop"}).values():
        sent = large.parcels(rows)
        assert any(all(any(alias in row["description"] for alias in aliases) for row in sent) for aliases in recorded.values())
    holders = {row["right_holder"] for row in large.table("brands")}
    assert {row["sender_name"] for rows in large.groups({"brand_owner_shop"}).values() for row in large.parcels(rows)} <= holders


def test_ordinary_parcels_are_many_and_various(large: Any) -> None:
    sent = large.parcels([row for row in large.key if not row.order_no and row.truth == "honest"])
    assert len(sent) >= 1600
    assert len({row["sender_name"] for row in sent}) > 300
    assert len({row["receiver_country"] for row in sent}) > 10
    assert min(Counter(row["channel"] for row in sent).values()) > 0.15 * len(sent)
    declared = [
        any(mark.brand in row["description"] or any(a in row["description"] for a in mark.aliases) for mark in MARKS) for row in sent
    ]
    assert 0.08 < sum(declared) / len(sent) < 0.4
    addresses = defaultdict(list)
    for row in sent:
        if row.get("sender_address"):
            addresses[row["sender_name"], telephone.normal(row["sender_telephone"])].append(address.normal(row["sender_address"]) or "")
    for texts in addresses.values():
        assert all(address.likeness(texts[0], text) > 0.9 for text in texts), "one sender, one place"


def test_a_look_alike_is_not_the_brand() -> None:
    dice = Dice(1, 1)
    for mark in MARKS:
        assert all(mark.brand.lower() not in look_alike(dice, mark.brand).lower() for _ in range(50))

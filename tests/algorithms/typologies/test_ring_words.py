"""The sentence of a ring in both languages."""

import pytest

from sandan.algorithms.typologies.network.identity_ring import RING, _words

_RING = {"n_identities": 13, "n_addresses": 0, "n_payers": 0, "span": 4.2, "n_orders": 15, "p_burst": None}


@pytest.mark.parametrize(
    ("phones", "addresses", "en", "zh"),
    [
        (2, 3, "share 2 telephones and 3 addresses;", "共用 2 个电话、3 个地址；"),
        (1, 0, "share 1 telephone;", "共用 1 个电话；"),
        (0, 0, "share telephones and addresses in a chain;", "共用一串电话和地址；"),
    ],
)
def test_what_a_ring_shares_is_counted_with_one_space_beside_each_number(phones: int, addresses: int, en: str, zh: str) -> None:
    values = {**_RING, "n_phones": phones, "n_addresses": addresses}
    assert en in RING.sentence.render("en", {**values, **_words(values, "en")})
    told = RING.sentence.render("zh", {**values, **_words(values, "zh")})
    assert zh in told and "  " not in told and "、 " not in told

"""Checksums do not depend on order or store; the check says what differs, in one line each."""

import random
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from sandan.graph.check import differences, loose_ends, served_checksums
from sandan.graph.checksum import Checksum, batches_checksum, digest, table_checksums
from sandan.graph.parts import Part
from sandan.graph.store.access import graph_layout

ORDER = Part("Order")
PAID = Part("PAID_BY", ("Order", "Payer"))


def checksum(part: Part, *rows: dict[str, object], piece: int = 100) -> Checksum:
    return batches_checksum(part, pa.Table.from_pylist(list(rows), part.schema).to_batches(piece))


def test_both_stores_and_the_tables_have_one_checksum(home: Any, graph: Any) -> None:
    home.publish(graph, "v1")
    sums = table_checksums(graph_layout(home.settings).tables("v1"))
    assert served_checksums(home.settings) == sums
    assert all(found.n_rows for found in sums.values())


def test_a_checksum_does_not_depend_on_order_or_pieces() -> None:
    rows: list[dict[str, object]] = [{"id": f"o{i}", "amount_cny": i / 3, "ordered_at": datetime(2025, 1, 1 + i)} for i in range(9)]
    whole = checksum(ORDER, *rows)
    random.Random(1).shuffle(rows)
    assert checksum(ORDER, *rows, piece=2) == whole
    assert checksum(ORDER, *rows[:4]) + checksum(ORDER, *rows[4:]) == whole


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"flow": None}, {"flow": ""}),
        ({"flow": "a", "ebp_code": None}, {"flow": None, "ebp_code": "a"}),
        ({"amount_cny": 0.1}, {"amount_cny": 0.1 + 2**-55}),
        ({"amount_cny": 1.0, "declared_cny": 2.0}, {"amount_cny": 2.0, "declared_cny": 1.0}),
        ({"ordered_at": datetime(2025, 1, 1)}, {"ordered_at": datetime(2025, 1, 1, 0, 0, 0, 1)}),
    ],
)
def test_a_checksum_sees_every_value(one: dict[str, object], other: dict[str, object]) -> None:
    assert checksum(ORDER, {"id": "x", **one}).rows != checksum(ORDER, {"id": "x", **other}).rows
    assert checksum(ORDER, {"id": "x", **one}).keys == checksum(ORDER, {"id": "x", **other}).keys


def test_values_that_change_places_between_rows_are_seen() -> None:
    first = checksum(ORDER, {"id": "a", "grade": "low"}, {"id": "b", "grade": "high"})
    assert checksum(ORDER, {"id": "a", "grade": "high"}, {"id": "b", "grade": "low"}).rows != first.rows


def test_a_row_that_is_there_twice_counts_twice() -> None:
    row = {"from": "o", "to": "p", "pay_transaction_id": None}
    assert len({checksum(PAID, *[row] * n).rows for n in range(4)}) == 4


def test_days_are_days(graph: Any) -> None:
    part = Part("Platform")
    assert checksum(part, {"id": "p", "registered_on": date(2024, 2, 29)}) != checksum(part, {"id": "p", "revoked_on": date(2024, 2, 29)})


def test_the_digest_is_another_for_other_rows() -> None:
    assert digest({ORDER: Checksum(1, 2, 3)}) != digest({ORDER: Checksum(1, 2, 4)})
    assert digest({ORDER: Checksum(1, 2, 3), PAID: Checksum()}) == digest({PAID: Checksum(), ORDER: Checksum(1, 2, 3)})


def test_what_differs_is_said_once_and_most_coarsely() -> None:
    wanted = {ORDER: Checksum(2, 10, 20), PAID: Checksum(3, 30, 40)}
    assert list(differences(wanted, wanted)) == []
    assert list(differences({ORDER: Checksum(1, 1, 1), PAID: Checksum(3, 30, 41)}, wanted)) == [
        "Order: 1 rows, not 2",
        "PAID_BY (Order to Payer): 3 rows of the same ends, but with other properties",
    ]
    assert list(differences({ORDER: Checksum(2, 11, 20), PAID: wanted[PAID]}, wanted)) == ["Order: 2 rows, but of other ids"]


def test_ids_that_are_there_twice_and_ends_that_are_no_node_are_said(embedded: Any, make_graph: Any) -> None:
    nodes = {"Order": [{"id": "o"}, {"id": "o"}], "Platform": [{"id": "p"}]}
    torn = {("PLACED_ON", "Order", "Platform"): [{"from": "o", "to": "p"}, {"from": "o", "to": "nowhere"}]}
    assert list(loose_ends(embedded.write(make_graph(nodes, torn), "v1"))) == [
        "Order: 1 ids are missing or there twice",
        "PLACED_ON (Order to Platform): 1 rows have no Platform at their end",
    ]

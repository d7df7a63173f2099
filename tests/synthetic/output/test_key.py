from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from sandan.synthetic.output.key import COLUMNS, KeyRow, KeyWriter, read_key

ROW = KeyRow("import", "3301960001", "A,1", "4401960002", "SF1", "fraud", "missing_order|time_order", "phantom_sale", "g-1", 'Said "sold".')


def test_a_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    with (tmp_path / "key.csv").open("w", encoding="utf-8", newline="") as file:
        key = KeyWriter(file)
        key.add(ROW)
        key.add(ROW)
    assert key.n_rows == 2
    assert read_key(tmp_path / "key.csv") == [ROW, ROW]


def test_persons_are_numbered_as_they_appear(tmp_path: Path) -> None:
    with (tmp_path / "key.csv").open("w", encoding="utf-8", newline="") as file:
        key = KeyWriter(file)
        for number in ("11010519491231002X", "440106199001011234", "11010519491231002X"):
            key.add(replace(ROW, buyer=number, payer="11010519491231002X"))
    assert [(row.buyer, row.payer, row.consignee) for row in read_key(tmp_path / "key.csv")] == [
        ("p1", "p1", ""), ("p2", "p1", ""), ("p1", "p1", ""),
    ]  # fmt: skip


def test_another_table_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="not an answer key"):
        read_key(tmp_path / "key.csv")


def test_older_columns_keep_their_places() -> None:
    assert COLUMNS[10:] == ("settled", "tax_at_stake", "buyer", "payer", "consignee")
    assert ROW.settled == "1" and ROW.tax_at_stake == ROW.buyer == ROW.payer == ROW.consignee == ""


def numbers(world: Any, kind: str, element: str) -> dict[tuple[str, str], set[str]]:
    """Platform and order number -> what the records of a kind say."""
    found = defaultdict(set)
    for record in world.records[kind]:
        found[record.head["ebpCode"], record.head["orderNo"]].add(record.head[element])
    return found


def test_one_identity_number_is_one_person_and_another_another(world: Any) -> None:
    persons: dict[str, set[str]] = defaultdict(set)
    named: dict[str, set[str]] = defaultdict(set)
    for column, kind, element in (
        ("buyer", "CEB311", "buyerIdNumber"),
        ("buyer", "CEB621", "buyerIdNumber"),
        ("payer", "CEB411", "payerIdNumber"),
    ):
        said = numbers(world, kind, element)
        for row in world.key:
            for number in said[row.ebp_code, row.order_no]:
                # A company has a number of another length, and is nobody.
                if len(number) == 18 and getattr(row, column):
                    persons[number].add(getattr(row, column))
                    named[getattr(row, column)].add(number)
    assert len(persons) > 800
    assert {len(names) for names in persons.values()} == {len(known) for known in named.values()} == {1}
    text = "\n".join(world.files.key.read_text(encoding="utf-8").splitlines())
    assert not [number for number in persons if number in text]


def test_a_mention_has_a_person_exactly_where_a_list_mentions_one(world: Any) -> None:
    ordered, declared = numbers(world, "CEB311", "buyerIdNumber"), numbers(world, "CEB621", "buyerIdNumber")
    paid = numbers(world, "CEB411", "payerIdType")
    sent = world.of("CEB511", "orderNo")
    for row in world.key:
        at = row.ebp_code, row.order_no
        # Where the lists write the platform's other code or a part of the order's number, they are not found this simply.
        if row.truth == "honest" and row.kind == "" and row.flow == "import" and (ordered[at] or declared[at]):
            assert row.buyer
        if row.flow == "export":
            assert (row.buyer, row.payer, row.consignee) == ("", "", "")
        if row.kind == "corporate_payer" and row.settled == "1":
            assert paid[at] == {"2"} and not row.payer and row.buyer
        if row.kind == "unpaid_stock":
            assert not row.payer and (row.buyer or row.settled == "0")
        if row.kind == "paper_parcel":
            assert not row.consignee and row.order_no not in sent


def test_payers_and_consignees_are_others_where_that_is_the_story(world: Any) -> None:
    assert all(row.payer != row.buyer for row in world.rows("bought_identities"))
    organiser = world.rows("single_payer")[0].group
    assert len({row.payer for row in world.rows("single_payer") if row.group == organiser}) == 1
    assert all(row.consignee not in ("", row.buyer) for row in world.rows("gift_to_other_city"))
    ring = next(
        rows
        for kind in ("shared_telephones", "shared_addresses", "shared_both", "chained")
        if (rows := [r for r in world.key if r.kind == kind])
    )
    first = [row.buyer for row in ring if row.group == ring[0].group and row.buyer]
    # Each bears the identity of its own.
    assert len(set(first)) == len(first) >= 5


def test_frauds_with_lists_have_tax_at_stake_and_no_others(world: Any) -> None:
    for row in world.key:
        assert bool(row.tax_at_stake) == (row.truth == "fraud" and row.order_no != "")
        assert not row.tax_at_stake or (Decimal(row.tax_at_stake) > 0 and row.tax_at_stake[-3] == ".")


def test_tax_at_stake_is_the_order_s_tax_or_the_part_that_low_prices_leave_out(world: Any) -> None:
    heads = {record.head["orderNo"]: record.head for record in world.records["CEB311"]}
    for row in world.rows("bought_identities"):
        assert row.tax_at_stake == heads[row.order_no]["taxTotal"]
    for row in world.rows("low_price"):
        head = heads[row.order_no]
        declared, freight, left_out = Decimal(head["taxTotal"]), Decimal(head["freight"]), Decimal(row.tax_at_stake)
        goods = (declared + left_out) / Decimal("0.091") - freight
        # Ordered at 25 to 60 % of the going price, or a quarter more.
        assert Decimal("0.24") <= Decimal(head["goodsValue"]) / goods <= Decimal("0.86"), row
        assert declared == ((Decimal(head["goodsValue"]) + freight) * Decimal("0.091")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    for row in (row for row in world.key if row.kind == "milk_powder"):
        # All of it, not only what the price leaves out: no order was placed.
        lines = [line for record in world.records["CEB621"] if record.head["orderNo"] == row.order_no for line in record.lines]
        assert Decimal(row.tax_at_stake) > Decimal("0.091") * sum(Decimal(line["totalPrice"]) for line in lines[:1])

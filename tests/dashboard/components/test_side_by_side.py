from sandan.algorithms.read_models.consignment import Cell, ConsignmentView, ListView
from sandan.dashboard.components.side_by_side import side_by_side


def view() -> ConsignmentView:
    finding = {"typology": "t", "score": 0.5}
    findings = (
        {**finding, "marked": ["order"]},
        {**finding, "marked": ["payment.payer", "declaration.buyer"]},
        {**finding, "marked": ["address", "payment.payer"]},
    )
    lists = (
        ListView("order", False, True, ()),
        ListView("payment", True, False, (Cell("payer", "王*", True), Cell("amount_paid", "1.00 CNY", False))),
        ListView("payment", True, False, (Cell("payer", "李*", True), Cell("amount_paid", "2.00 CNY", False))),
        ListView("waybill", False, False, ()),
        ListView("declaration", True, False, (Cell("buyer", "赵*", True), Cell("address", "广东***", True), Cell("novel", "x", False))),
    )
    return ConsignmentView({}, findings, lists, (), "2025-01-01")


def test_one_column_per_list_with_its_state() -> None:
    columns = side_by_side(view(), "en").columns
    assert [c.title for c in columns] == ["Order", "Payment 1", "Payment 2", "Waybill", "Declaration"]
    assert [c.state for c in columns] == ["missing", "received", "received", "awaited", "received"]
    assert columns[0].reasons == (1,)


def test_the_same_fact_stands_in_one_line_whatever_a_list_calls_it() -> None:
    lines = {line.title: line for _, lines in side_by_side(view(), "en").groups for line in lines}
    people = lines["Buyer / Payer"]
    assert [cell.text for cell in people.cells] == ["", "王*", "李*", "", "赵*"]
    assert [cell.reasons for cell in people.cells] == [(), (2, 3), (2, 3), (), (2,)]
    assert [cell.text for cell in lines["Amount paid"].cells] == ["", "1.00 CNY", "2.00 CNY", "", ""]


def test_a_mark_without_a_list_is_for_every_list() -> None:
    lines = {line.title: line for _, lines in side_by_side(view(), "zh").groups for line in lines}
    assert lines["收货地址"].cells[4].reasons == (3,)


def test_a_field_that_no_line_knows_is_shown_all_the_same() -> None:
    titles = [line.title for _, lines in side_by_side(view(), "en").groups for line in lines]
    assert titles[-1] == "novel"


def test_lines_that_nobody_fills_are_left_out() -> None:
    assert all(any(cell.text for cell in line.cells) for _, lines in side_by_side(view(), "en").groups for line in lines)

from typing import Any

import pytest

from sandan.algorithms.read_models.operator import view_operator
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.operators import ROLES
from sandan.dashboard.address import Address, operator_path
from sandan.dashboard.i18n import Language
from sandan.dashboard.network.network_view import tables_of
from sandan.dashboard.routing import page_at
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings


@pytest.mark.parametrize("role", ROLES)
def test_an_operator_of_each_role_adds_up(scored_home: Settings, results: Results, role: str) -> None:
    tables = tables_of(scored_home, results)
    rows = results.query("SELECT * FROM operators WHERE role = $role ORDER BY file_row_number LIMIT 3", role=role)
    assert rows
    for row in rows:
        view = view_operator(tables, results, role, row["code"])
        n = sum(view.grades.values())
        if role == "payment":
            # The run also counts orders that were matched by the transaction alone: the graph ties a payment to the order that it names.
            assert 0 <= row["n_orders"] - n <= 0.02 * n + 1 and 0 <= row["n_high"] - view.grades.get("high", 0) <= 1
        else:
            assert (n, view.grades.get("high", 0)) == (row["n_orders"], row["n_high"])
        assert sum(k for _, _, k in view.weeks) <= n and len(view.alerts) == min(n, 10)
        assert [one["score"] for one in view.alerts] == sorted((one["score"] for one in view.alerts), reverse=True)
        assert all(0 < one.inside <= 1 and 0 <= one.outside <= 1 and one.n <= n for one in view.typologies)
        assert {one.role for one in view.partners} <= set(ROLES) - {role}
        assert all(one.n_high <= one.n_orders for one in view.partners)


def test_who_trades_with_whom_is_said_on_both_pages(scored_home: Settings, results: Results) -> None:
    tables = tables_of(scored_home, results)
    [seller] = results.query("SELECT code FROM operators WHERE role = 'seller' ORDER BY n_high DESC, code LIMIT 1")
    partner = view_operator(tables, results, "seller", seller["code"]).partners[0]
    back = {(one.role, one.code): one for one in view_operator(tables, results, partner.role, partner.code).partners}
    assert back["seller", seller["code"]].n_orders == partner.n_orders


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_the_operator(scored_home: Settings, results: Results, language: Language) -> None:
    [row] = results.query("SELECT * FROM operators ORDER BY file_row_number LIMIT 1")
    shown = repr(page_at(scored_home, operator_path(row["role"], row["code"]), Address(language)))
    assert row["name"] in shown and row["code"] in shown


@pytest.mark.parametrize("key", ["seller:NOBODY", "thief:1", "", "seller"])
def test_who_is_not_there_has_no_page(scored_home: Settings, results: Results, key: str) -> None:
    role, _, code = key.partition(":")
    with pytest.raises(UnknownId):
        view_operator(tables_of(scored_home, results), results, role, code)
    shown: Any = page_at(scored_home, f"/operator/{key}", Address("en"))
    assert "There is no such page" in repr(shown) or "No such page" in repr(shown)

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Filters
from sandan.dashboard.alert_rows import LARGEST_PAGE, conditions, count_alerts, count_typologies, ordering, read_alerts
from sandan.dashboard.theme import GRADES

Write = Callable[..., Results]
EVERY = Filters(GRADES)


def numbers(run: Results, filters: Filters, **more: object) -> list[str]:
    return [row["order_no"] for row in read_alerts(run, filters, start=0, stop=100, **more).rows]  # type: ignore[arg-type]


def test_the_file_s_order_stands_without_another(run_of_alerts: Write) -> None:
    run = run_of_alerts({"score": 0.9}, {"score": 0.5}, {"score": 0.5}, {"score": 0.1})
    assert numbers(run, EVERY) == ["O0", "O1", "O2", "O3"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["O0", "O1"]),
        (Filters(("low",)), ["O2"]),
        (Filters(GRADES, typology="quota"), ["O1"]),
        (Filters(GRADES, status="pending"), ["O2"]),
        (Filters(GRADES, flow="export"), ["O1"]),
        (Filters(GRADES, operator="SELLER"), ["O0"]),
        (Filters(GRADES, operator="CARRIER"), ["O1"]),
        (Filters(GRADES, q="zz9"), ["O2"]),
        (Filters(GRADES, q="o1"), ["O1"]),
        (Filters(GRADES, q="' OR true --"), []),
        (Filters(GRADES, typology="quot"), []),
    ],
)
def test_each_filter(run_of_alerts: Write, filters: Filters, expected: list[str]) -> None:
    run = run_of_alerts(
        {"grade": "high", "score": 0.9, "typologies": ["quota_x", "time_order"], "ebc_code": "SELLER"},
        {"grade": "medium", "score": 0.5, "typologies": ["quota", "time_order"], "flow": "export", "logistics_code": "CARRIER"},
        {"status": "pending", "logistics_no": "ZZ99"},
    )
    assert numbers(run, filters) == expected
    assert count_alerts(run, filters) == read_alerts(run, filters, start=0, stop=1).total == len(expected)


def test_the_consignments_of_a_cluster_stand_in_its_first_row(run_of_alerts: Write) -> None:
    ring = {"cluster_id": "c-1", "grade": "high"}
    run = run_of_alerts(
        {**ring, "flow": "export"}, {"score": 0.9}, ring, {**ring, "grade": "low"}, {"cluster_id": "c-2"}, {"cluster_id": ""}
    )
    found = read_alerts(run, EVERY, start=0, stop=100)
    assert [(row["order_no"], row["n_folded"]) for row in found.rows] == [("O0", 3), ("O1", 1), ("O4", 1), ("O5", 1)]
    assert found.total == 4 and count_alerts(run, EVERY) == 6
    # A row stands for what passes the filters, and for the first of that.
    found = read_alerts(run, Filters(GRADES, flow="import"), start=0, stop=100, sort=[{"colId": "number", "sort": "desc"}])
    assert [(row["order_no"], row["n_folded"]) for row in found.rows] == [("O5", 1), ("O4", 1), ("O2", 2), ("O1", 1)]
    assert numbers(run, Filters(GRADES, cluster="c-1")) == ["O0", "O2", "O3"]
    assert numbers(run, Filters(GRADES, fold="no")) == [f"O{n}" for n in range(6)]


def test_values_never_stand_in_the_query() -> None:
    where, values = conditions(Filters(("high",), "t", "s", "f", "o", "q"))
    assert not {"'t'", "high"} & set(where.split())
    assert set(values) == {"grades", "typology", "status", "flow", "operator", "q"}
    assert conditions(EVERY) == ("true", {})


def test_sorting_knows_only_its_columns() -> None:
    assert ordering([{"colId": "value", "sort": "asc"}]) == "declared_cny ASC NULLS LAST, file_row_number"
    assert ordering([{"colId": "score; DROP TABLE x", "sort": "asc"}]) == "file_row_number"
    assert ordering([{"colId": "known", "sort": "'"}]) == "known_at DESC NULLS LAST, file_row_number"


def test_sorting_by_every_column_works(run_of_alerts: Write) -> None:
    run = run_of_alerts({"declared_cny": 3.0}, {"declared_cny": None}, {"declared_cny": 1.0})
    assert numbers(run, EVERY, sort=[{"colId": "value", "sort": "asc"}]) == ["O2", "O0", "O1"]
    for column in ("score", "grade", "number", "platform", "customs", "status", "known", "stake"):
        assert len(numbers(run, EVERY, sort=[{"colId": column, "sort": "desc"}])) == 3


def test_a_page_is_cut_and_capped(run_of_alerts: Write) -> None:
    run = run_of_alerts(*({} for _ in range(LARGEST_PAGE + 50)))
    page = read_alerts(run, EVERY, start=10, stop=13)
    assert ([row["order_no"] for row in page.rows], page.total) == (["O10", "O11", "O12"], LARGEST_PAGE + 50)
    assert len(read_alerts(run, EVERY, start=-5, stop=10**9).rows) == LARGEST_PAGE
    assert read_alerts(run, EVERY, start=5, stop=2).rows == ()


def test_two_declarations_of_one_order_are_told_apart(run_of_alerts: Write) -> None:
    same = {"order_no": "X", "grade": "high"}
    run = run_of_alerts(same, {"order_no": "Y"}, same, {"order_no": "X", "ebp_code": "P2"}, {"order_no": "", "logistics_no": "L"})
    rows = read_alerts(run, EVERY, start=0, stop=9).rows
    assert [row["is_unique"] for row in rows] == [False, True, False, True, True]


def test_typologies_are_counted_by_grade_and_not_by_their_own_filter(run_of_alerts: Write) -> None:
    run = run_of_alerts(
        {"grade": "high", "typologies": ["a", "b"]}, {"grade": "medium", "typologies": ["a"]}, {"typologies": ["a"]}, {"grade": "high"}
    )
    assert count_typologies(run, Filters(typology="b")) == [("a", "high", 1), ("a", "medium", 1), ("b", "high", 1)]


def test_a_run_of_an_older_version_is_read_alike(run_of_alerts: Write, tmp_path: Path) -> None:
    rows = ({"grade": "high", "typologies": ["quota_x", "time_order"]}, {"typologies": ["quota"]}, {"grade": "high"})
    run = run_of_alerts(*rows)
    table = run.table("alerts")
    texts = pa.array(["|".join(names) for names in table["typologies"].to_pylist()])
    former = Results("former", tmp_path / "former", said={"run_id": "former"})
    former.folder.mkdir()
    pq.write_table(table.set_column(table.schema.get_field_index("typologies"), "typologies", texts), former.folder / "alerts.parquet")
    for filters in (Filters(grades=GRADES), Filters(grades=GRADES, typology="quota"), Filters(grades=("high",), typology="time_order")):
        new, old = (read_alerts(name, filters, start=0, stop=9) for name in (run, former))
        assert new == old and new.total == count_alerts(former, filters)
        assert count_typologies(run, filters) == count_typologies(former, filters)

"""The run that the benchmark of the app measures: as many alerts as asked for, each with a page of its own."""

from benchmarks.worlds.repeated_run import repeat_run
from sandan.algorithms.read_models.consignment import view_consignment
from sandan.algorithms.results.results import open_results
from sandan.dashboard.address import Filters
from sandan.dashboard.alert_rows import read_alerts
from sandan.dashboard.components.run_summary import findings_of, summarise
from sandan.dashboard.theme import GRADES
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


def test_a_run_of_many_alerts_is_read_as_any_other(own_home: Settings) -> None:
    paths = HomePaths(own_home.home)
    small = open_results(paths)
    n = small.table("alerts").num_rows
    repeat_run(own_home, 2 * n + 1)
    large = open_results(paths)
    alerts = large.table("alerts")
    assert large.run_id != small.run_id and alerts.num_rows == 3 * n
    assert len(set(alerts["consignment_id"].to_pylist())) == 3 * n
    assert alerts["score"].to_pylist() == sorted(alerts["score"].to_pylist(), reverse=True)
    assert summarise(large).grades == {grade: 3 * number for grade, number in summarise(small).grades.items()}
    assert large.table("findings").num_rows == 3 * small.table("findings").num_rows
    page = read_alerts(large, Filters(grades=GRADES, fold="no"), start=n, stop=n + 20)
    assert page.total == 3 * n and len(page.rows) == 20
    for row in page.rows:
        seen = view_consignment(paths, large, consignment_key(row))
        assert (seen.alert["consignment_id"], len(seen.findings)) == (
            row["consignment_id"],
            len(findings_of(large, [row["consignment_id"]])[row["consignment_id"]]),
        )

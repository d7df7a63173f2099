"""A run's folder: what is kept is what was made, whole or by key."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.results import results as module
from sandan.algorithms.results.queries import query
from sandan.algorithms.results.results import TABLES, Keyed, Results, current_run, keep_results, open_results, write_keyed
from sandan.record.errors import DamagedFile, StoreError, UnknownId
from sandan.record.home import HomePaths


def keyed(rows: list[tuple[str, int]], batch: int = 3) -> Keyed:
    table = pa.table({"key": [key for key, _ in rows], "n": pa.array([n for _, n in rows], pa.int64())})
    return Keyed("key", pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=batch)))


def made(folder: Path, n: int = 3) -> Results:
    alerts = pa.table({"consignment_id": [f"c{i}" for i in range(n)], "score": [1.0 - i / 10 for i in range(n)]})
    return Results("r1", folder / "runs" / "r1", dict.fromkeys(TABLES, alerts), {"as_of": "2025-01-01T00:00:00+00:00"})


@given(st.lists(st.text("abß王𠮷", max_size=2), max_size=30), st.integers(1, 5))
def test_a_key_s_rows_are_found_wherever_its_parts_end(tmp_path_factory: pytest.TempPathFactory, keys: list[str], size: int) -> None:
    rows = sorted((key, n) for n, key in enumerate(keys))
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PART_ROWS", size)
        index = write_keyed(folder, [("named", keyed(rows))])
    assert len(list(folder.glob("*.parquet"))) == -(-len(rows) // size)
    run = Results("r", folder, said={"run_id": "r", "keyed": index})
    for key in {*keys, "", "a", "zz", "𠮷𠮷𠮷"}:
        assert [row["n"] for row in run.keyed("named", key)] == [n for own, n in rows if own == key]


def test_a_run_is_read_as_it_was_made(tmp_path: Path) -> None:
    fresh, paths = made(tmp_path), HomePaths(tmp_path)
    kept = keep_results(paths, fresh.saying(lake_seq=7), [("named", keyed([("a", 1), ("b", 2)]))])
    assert open_results(paths, "r1") == kept and kept.report["lake_seq"] == 7
    statement = "SELECT consignment_id, file_row_number AS n FROM alerts WHERE score < $score ORDER BY n"
    assert kept.query(statement, score=0.95) == fresh.query(statement, score=0.95) == [{"consignment_id": f"c{i}", "n": i} for i in (1, 2)]
    assert kept.table("alerts").equals(fresh.table("alerts"))
    assert kept.table("findings", ["score"]).column_names == fresh.table("findings", ["score"]).column_names == ["score"]
    assert kept.keyed("named", "b") == [{"key": "b", "n": 2, "file_row_number": 1}]
    (kept.folder / "named-00000.parquet").write_bytes(b"other")
    with pytest.raises(DamagedFile, match=r"named-00000.*sandan score"):
        kept.keyed("named", "b")
    with pytest.raises(UnknownId, match="r2"):
        open_results(paths, "r2")


def test_what_a_user_gives_is_never_part_of_a_statement(tmp_path: Path) -> None:
    run = made(tmp_path)
    for text in ("' OR true --", "c1'; DROP TABLE alerts", "$score", "c1\x00"):
        assert run.query("SELECT * FROM alerts WHERE consignment_id = $id", id=text, score=1) == []


def test_a_statement_may_have_parts_of_its_own() -> None:
    table = pa.table({"n": [1, 2, 3]})
    assert query({"t": table}, "WITH few AS (SELECT n FROM t WHERE n > $least) SELECT sum(n)::int AS s FROM few", {"least": 1}) == [
        {"s": 5}
    ]
    assert query({"t": table}, "SELECT n FROM t WHERE list_contains($some, n)", {"some": [3], "someone": "x"}) == [{"n": 3}]


def test_a_pointer_to_a_version_that_is_not_there_is_no_home_without_a_run(tmp_path: Path) -> None:
    """`measure` left the figures of trade out in silence, and `alerts` said that nothing was scored."""
    paths = HomePaths(tmp_path)
    assert current_run(paths) is None
    paths.graph.mkdir()
    (paths.graph / "CURRENT").write_text("other\n")
    with pytest.raises(StoreError, match="not there; run `sandan graph build`"):
        current_run(paths)

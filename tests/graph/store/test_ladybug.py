"""The embedded store: builds that break off, versions, readers that stay."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandan.graph.store.access import graph_layout, open_store, publish
from sandan.record.errors import ConfigError, OutputError, StoreError, StoreUnavailable

BUILD = "import sys; from pathlib import Path; from sandan.graph.store.access import publish; from sandan.record.settings import Settings; "
BUILD += "publish(Settings(home=Path(sys.argv[1])), sys.argv[2])"


def n_orders(n: int) -> list[dict[str, object]]:
    return [{"id": f"order-{i:07d}", "flow": "import", "amount_cny": float(i), "ordered_at": datetime(2024, 1, 1)} for i in range(n)]


def test_no_graph_yet(embedded: Any) -> None:
    with pytest.raises(StoreUnavailable, match="sandan graph build"):
        embedded.open()


def test_a_killed_build_leaves_the_former_version_served(embedded: Any, graph: Any, make_graph: Any) -> None:
    embedded.publish(graph, "v1")
    embedded.write(make_graph({"Order": n_orders(200_000)}), "v2")
    root = graph_layout(embedded.settings).root
    with embedded.open() as store:
        process = subprocess.Popen([sys.executable, "-c", BUILD, str(embedded.settings.home), "v2"])
        deadline = time.monotonic() + 60
        while not (root / "v2" / "building" / "graph.lbug").exists() and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (root / "v2" / "building").exists()
        assert not (root / "v2" / "graph.lbug").exists()
        assert store.counts().nodes["Order"] == 7
    with embedded.open() as store:
        assert dict(store.counts().nodes) == graph.n_nodes()
    publish(embedded.settings, "v2")
    with embedded.open() as store:
        assert store.counts().n_nodes == 200_000
    assert sorted(file.name for file in (root / "v2").iterdir()) == ["contents.json", "graph.lbug", "tables"]


def test_a_failed_build_keeps_the_version_in_use_and_the_process(embedded: Any, graph: Any, make_graph: Any) -> None:
    embedded.publish(graph, "v1")
    torn = make_graph(graph.nodes, {("OF_BRAND", "Goods", "Brand"): [{"from": "Goods:1", "to": "nowhere"}]})
    for version in ("v2", "v3"):
        with pytest.raises(StoreError, match=r"OF_BRAND\.Goods\.Brand\.parquet"):
            embedded.publish(torn, version)
    with embedded.open() as store:
        assert dict(store.counts().relations) == graph.n_relations()
    assert not (graph_layout(embedded.settings).root / "v2" / "building").exists()


def test_only_the_version_before_is_kept(embedded: Any, graph: Any, make_graph: Any) -> None:
    for version in ("v1", "v2", "v3"):
        embedded.publish(graph, version)
    root = graph_layout(embedded.settings).root
    assert sorted(path.name for path in root.iterdir()) == ["CURRENT", "v2", "v3"]
    embedded.publish(make_graph(), "v3")
    assert sorted(path.name for path in root.iterdir()) == ["CURRENT", "v2", "v3"]


def test_threads_read_while_versions_change(embedded: Any, make_graph: Any) -> None:
    embedded.publish(make_graph({"Order": n_orders(10)}), "v10")
    seen: list[int] = []
    stop = threading.Event()

    def read(store: Any) -> None:
        while not stop.is_set():
            text = "MATCH (o:Order) RETURN count(o), max(o.amount_cny)"
            ((n, most),) = store.query(text, {}, max_rows=1, timeout_s=30).rows
            assert most == n - 1
            seen.append(n)

    with embedded.open() as store:
        failures: list[BaseException] = []

        def watched() -> None:
            try:
                read(store)
            except BaseException as exc:
                failures.append(exc)

        threads = [threading.Thread(target=watched) for _ in range(4)]
        for thread in threads:
            thread.start()
        for n in (20, 30, 40, 50):
            embedded.publish(make_graph({"Order": n_orders(n)}), f"v{n}")
            time.sleep(0.05)
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert set(seen) >= {10, 50}
    assert len(seen) > 50


def test_many_different_texts_with_parameters_do_not_fill_the_memory(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    with embedded.open() as store:
        for i in range(1500):
            text = f"MATCH (o:Order) WHERE o.id = $id AND o.score < {i} RETURN o.id"
            store.query(text, {"id": "Order:1"}, max_rows=1, timeout_s=10)


def test_one_instant_is_found_whatever_its_zone(embedded: Any, make_graph: Any) -> None:
    embedded.publish(make_graph({"Order": n_orders(1)}), "v1")
    at = datetime(2024, 1, 1, tzinfo=UTC)
    with embedded.open() as store:
        text = "MATCH (o:Order) WHERE o.ordered_at = $at RETURN o.ordered_at"
        assert store.query(text, {"at": at.astimezone()}, max_rows=9, timeout_s=9).rows == [(at,)]
        assert store.query(text, {"at": datetime(2024, 1, 1)}, max_rows=9, timeout_s=9).rows == [(at,)]


def test_a_file_that_is_no_graph_is_unavailable(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    layout = graph_layout(embedded.settings)
    layout.database("v1").unlink()
    with embedded.open() as store, pytest.raises(StoreUnavailable, match="sandan graph build"):
        store.counts()
    layout.database("v1").write_bytes(b"this is not a graph" * 1000)
    with embedded.open() as store, pytest.raises(StoreError, match="sandan graph build"):
        store.counts()


@pytest.mark.parametrize("text", ["", "../elsewhere\n", "CURRENT\n", "版本\n"])
def test_a_pointer_that_names_no_version_is_an_error(embedded: Any, graph: Any, text: str) -> None:
    embedded.publish(graph, "v1")
    graph_layout(embedded.settings).pointer.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="sandan graph build"):
        embedded.open()


def test_tables_of_elsewhere_are_a_fault_of_the_caller(embedded: Any, graph: Any, tmp_path: Path) -> None:
    embedded.publish(graph, "v1")
    graph.write(tmp_path / "v9" / "tables")
    with embedded.open() as store, pytest.raises(ValueError, match="not the tables"):
        store.load(tmp_path / "v9" / "tables")


def test_a_disk_that_refuses_is_an_output_error(embedded: Any, graph: Any) -> None:
    tables = embedded.write(graph, "v1")
    (tables.parent / "graph.lbug").mkdir()
    with pytest.raises(OutputError):
        publish(embedded.settings, "v1")


def test_password_file_that_cannot_be_read_is_a_config_error(make_home: Any, tmp_path: Path) -> None:
    settings = make_home("bolt://127.0.0.1:1").settings.model_copy(update={"graph_password_file": tmp_path / "none"})
    with pytest.raises(ConfigError, match="graph_password_file"):
        open_store(settings)

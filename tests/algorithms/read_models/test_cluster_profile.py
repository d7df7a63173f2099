from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.cluster_profile import ASPECTS, Share, cluster_profile
from sandan.algorithms.results.results import Results
from sandan.graph.store.layout import node_file, relation_file
from sandan.record.errors import StoreError


def write(path: Path, **columns: list[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), path)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Two orders, one shipped in parcel p1, and two parcels without order; p2 and p3 are the cluster's."""
    tables = tmp_path / "tables"
    write(node_file(tables, "Order"), id=["o1", "o2"], channel=["cbec", "cbec"])
    write(node_file(tables, "Parcel"), id=["p1", "p2", "p3"], channel=["cbec", "express", "express"])
    write(node_file(tables, "Destination"), id=["US:CA", "CN:浙江"], country=["US", "CN"], region=["CA", "浙江"], city=["", ""])
    write(node_file(tables, "Goods"), id=["g1", "g2"], hs_code=["9503008900", None], name=["toy", "blind box"], unit=["", ""])

    def relation(name: str, source: str, target: str, **ends: list[object]) -> None:
        write(relation_file(tables, name, source, target), **{"from": ends["of"], "to": ends["to"]})

    relation("SHIPPED_IN", "Order", "Parcel", of=["o1"], to=["p1"])
    relation("SHIPPED_TO", "Order", "Address", of=["o1", "o2"], to=["a-cn", "a-cn"])
    # Two sources name the same place: it counts once.
    relation("SHIPPED_TO", "Parcel", "Address", of=["p2", "p2", "p3"], to=["a-us", "a-us2", "a-us"])
    relation("LOCATED_IN", "Address", "Destination", of=["a-cn", "a-us", "a-us2"], to=["CN:浙江", "US:CA", "US:CA"])
    relation("CONTAINS", "Order", "Goods", of=["o1", "o2"], to=["g1", "g1"])
    relation("CONTAINS", "Parcel", "Goods", of=["p2", "p2"], to=["g1", "g2"])
    relation("OF_BRAND", "Goods", "Brand", of=["g1"], to=["Bluegum"])
    return tables


@pytest.fixture
def results(tmp_path: Path) -> Results:
    members = pa.table({"cluster_id": ["c-1", "c-1", "c-2"], "item": ["p2", "p3", "o1"]})
    pq.write_table(members, tmp_path / "members.parquet")
    return Results("run", tmp_path, {}, {"run_id": "run"})


def test_shares_of_a_cluster_stand_beside_those_of_all_others(tables: Path, results: Results) -> None:
    found = cluster_profile(tables, results, "c-1")
    assert found["channel"] == (Share("express", 2, 1.0, 0.0),)
    assert found["destination"] == (Share("US", 2, 1.0, 0.0),)
    assert found["goods"] == (Share("", 1, 0.5, 0.0), Share("blind box", 1, 0.5, 0.0), Share("9503", 1, 0.5, 1.0))
    assert found["brand"] == (Share("", 1, 0.5, 0.0), Share("Bluegum", 1, 0.5, 1.0))
    assert cluster_profile(tables, results, "c-2")["destination"] == (Share("CN 浙江", 1, 1.0, pytest.approx(1 / 3)),)


def test_an_unknown_cluster_has_no_shares(tables: Path, results: Results) -> None:
    assert cluster_profile(tables, results, "c-9") == dict.fromkeys(ASPECTS, ())


def test_a_graph_that_is_gone_is_an_error_with_a_remedy(tables: Path, results: Results) -> None:
    node_file(tables, "Goods").unlink()
    with pytest.raises(StoreError, match="run `sandan score`"):
        cluster_profile(tables, results, "c-1")

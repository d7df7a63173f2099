"""Clusters: their tables, their names from run to run, and how firmly each member hangs in them."""

from typing import Any, cast

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.groups.cluster_tables import CLUSTERS, MEMBERS, Clustered
from sandan.algorithms.scoring.clusters import find_clusters, first_code
from sandan.algorithms.scoring.detect import cluster_findings
from sandan.algorithms.scoring.grading import grade_consignments
from sandan.algorithms.scoring.suspects import suspect_clusters
from sandan.algorithms.wording.render import summary
from sandan.record.settings import GradeSettings

Row = dict[str, Any]
LISTS = {
    "matched": "consignment_id o_record_id flow ebp_code order_no logistics_code logistics_no country",
    "inventory_items": "parent_id gname gmodel gcode",
    "order_items": "parent_id item_name item_describe",
    "house_waybills": "logistics_code logistics_no description receiver_country",
    "brands": "brand aliases hs_prefixes",
}
NUMBERS = {"matched": "w_weight", "inventory_items": "gnum", "order_items": "gnum", "house_waybills": "weight_kg"}


class Lists:
    """Lists in memory, in place of a bench; empty but for what is given."""

    def __init__(self, **rows: list[Row]) -> None:
        self.rows = rows

    def current(self, name: str) -> ibis.Table:
        schema = dict.fromkeys(LISTS[name].split(), "string") | ({NUMBERS[name]: "float64"} if name in NUMBERS else {})
        rows = [{column: row.get(column) for column in schema} for row in self.rows.get(name, [])]
        return ibis.memtable({column: [row[column] for row in rows] for column in schema}, schema=ibis.schema(schema))


def cluster(
    drawing: Any, values: dict[int, float] | None = None, firms: tuple[str, ...] = (), shuffle: int | None = None, **lists: list[Row]
) -> Clustered:
    view = drawing.view(shuffle)
    ids = view.ids.to_pylist()
    rows = [consignment(i, (values or {}).get(i, 300.0)) for i in range(view.n)]
    return find_clusters(cast(Bench, Lists(**lists)), view, rows, ids, firms)


def consignment(i: int, value: float = 300.0) -> Row:
    return {"consignment_id": f"d{i}", "kind": "declaration", "flow": "import", "ebp_code": "P", "order_no": f"{i:06d}", "logistics_no": f"W{i}",
            "logistics_code": "L", "declared_cny": value, "invt_no": "", "status": "declared", "ebc_code": "S", "customs_code": "5100", "known_at": None}  # fmt: skip


def ring(drawing: Any, size: int = 8, phone: str = "ring", start: float = 20) -> list[int]:
    return [drawing.order(start + i / 2, phone=phone, seller="s1", goods=f"g{i % 3}") for i in range(size)]


def members(found: Clustered, cluster_id: str) -> list[int]:
    return sorted(int(row["order_no"]) for row in found.members.to_pylist() if row["cluster_id"] == cluster_id)


def named(found: Clustered, typology: str) -> list[Row]:
    return [row for row in found.clusters.to_pylist() if row["typologies"] == [typology]]


@pytest.fixture(scope="module")
def world(draw: Any) -> tuple[Any, dict[str, list[int]], dict[int, float]]:
    """Two rings, a lot and a hall among honest people."""
    drawing = draw()
    drawing.honest(800)
    planted = {"ring": ring(drawing), "other": ring(drawing, 12, "other", 40)}
    planted["lot"] = [drawing.order(30 + i / 3, who="importer", phone="own", door="yard", goods="g150") for i in range(8)]
    for i in range(30):
        drawing.order(2 * i, door="hall", seller=f"s{i}", goods=f"g{i}")
    return drawing, planted, dict.fromkeys(planted["lot"], 2000.0)


@pytest.fixture(scope="module")
def found(world: tuple[Any, dict[str, list[int]], dict[int, float]]) -> Clustered:
    return cluster(world[0], world[2])


def test_each_planted_group_is_one_cluster(world: Any, found: Clustered) -> None:
    rings = [row for row in named(found, "identity_ring") if "looks like" not in summary(row, "en")]
    assert sorted(members(found, row["cluster_id"]) for row in rings) == sorted([world[1]["ring"], world[1]["other"]])
    lots = named(found, "split_lot")
    assert [members(found, row["cluster_id"]) for row in lots] == [world[1]["lot"]]


def test_the_tables_are_whole_and_agree(world: Any, found: Clustered) -> None:
    assert found.clusters.schema == CLUSTERS
    assert found.members.schema == MEMBERS
    rows = found.clusters.to_pylist()
    assert len({row["cluster_id"] for row in rows}) == len(rows)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    drawing = world[0]
    for row in rows:
        own = members(found, row["cluster_id"])
        assert row["n_orders"] == len(own) == len(set(own))
        assert row["kind"] in {"forged", "ipr"}
        assert 0 <= row["p_value"] <= 1
        assert 0 < row["score"] < 1
        assert row["n_payers"] == len({drawing.items[i]["touched"]["Payer"] for i in own})
        assert row["n_addresses"] == len({drawing.items[i]["touched"]["Address"] for i in own})
        assert row["first_seen"] <= row["last_seen"]
        assert summary(row, "en") and summary(row, "zh")
    assert found.report["clusters"] == {"identity_ring": len(named(found, "identity_ring")), "split_lot": 1}
    assert {hub["of"] for hub in found.report["hubs"]} == {"persons", "senders"}


def test_strengths_lie_between_none_and_the_firmest(found: Clustered) -> None:
    by_cluster: dict[str, list[float]] = {}
    for row in found.members.to_pylist():
        by_cluster.setdefault(row["cluster_id"], []).append(row["strength"])
    for strengths in by_cluster.values():
        assert max(strengths) == 1.0
        assert min(strengths) >= 0.0


def test_who_shares_more_hangs_firmer(drawing: Any) -> None:
    drawing.honest(300)
    own = ring(drawing)
    for i in own[:4]:
        drawing.items[i]["touched"]["Address"] = "depot"
    found = cluster(drawing)
    strength = {int(row["order_no"]): row["strength"] for row in found.members.to_pylist()}
    assert min(strength[i] for i in own[:4]) == 1.0 > max(strength[i] for i in own[4:]) > 0


def test_a_ring_keeps_its_name_when_a_member_joins(drawing: Any) -> None:
    drawing.honest(500)
    own = ring(drawing)
    before = named(cluster(drawing), "identity_ring")
    # Honest trade goes on, another ring comes up, and two more join.
    drawing.honest(200, seed=5)
    other = ring(drawing, 12, "other", 30)
    own += [drawing.order(50 + i, phone="ring", seller="s1", goods="g1") for i in range(2)]
    after = cluster(drawing)
    (same,) = [row for row in after.clusters.to_pylist() if row["cluster_id"] == before[0]["cluster_id"]]
    assert members(after, same["cluster_id"]) == own
    assert same["n_orders"] == before[0]["n_orders"] + 2
    assert same["first_seen"] == before[0]["first_seen"]
    assert same["last_seen"] > before[0]["last_seen"]
    assert any(members(after, row["cluster_id"]) == other for row in after.clusters.to_pylist())


def test_a_lot_and_a_ring_of_the_same_orders_are_two_clusters(drawing: Any) -> None:
    drawing.honest(800)
    own = [drawing.order(20 + i / 3, phone="ring", door="yard", seller="s1", goods="g150") for i in range(8)]
    found = cluster(drawing, dict.fromkeys(own, 2000.0))
    assert [members(found, row["cluster_id"]) for row in found.clusters.to_pylist()] == [own, own]
    assert {typology for row in found.clusters.to_pylist() for typology in row["typologies"]} == {"identity_ring", "split_lot"}
    # One cause: the finding counts once.
    assert {sign.reason.cause for _, sign in found.signs[own[0]]} == {"ring"}


def test_a_consignment_names_its_strongest_cluster(drawing: Any) -> None:
    drawing.honest(800)
    own = [drawing.order(20 + i / 3, phone="ring", door="yard", seller="s1", goods="g150") for i in range(8)]
    found = cluster(drawing, dict.fromkeys(own, 2000.0))
    score = {row["cluster_id"]: row["score"] for row in found.clusters.to_pylist()}
    rows = [consignment(i) for i in range(len(drawing.items))]
    findings = cluster_findings(rows, np.arange(len(rows), dtype=np.int32), found, "run")
    findings = findings.set_column(findings.schema.get_field_index("bits"), "bits", pa.array([5.0] * findings.num_rows))
    graded = grade_consignments(rows, findings, found.members, GradeSettings(), "run", np.full(len(rows), 0.5))
    alerts = {row["order_no"]: row for row in graded.to_pylist()}
    assert len(set(score.values())) == 2
    for i in own:
        alert = alerts[f"{i:06d}"]
        assert score[alert["cluster_id"]] == max(score.values())
        assert alert["typologies"] == ["identity_ring", "split_lot"]
    assert {alerts[f"{i:06d}"]["cluster_id"] for i in range(800)} == {""}


def test_the_order_of_contacts_changes_nothing(world: Any, found: Clustered) -> None:
    again = cluster(world[0], world[2], shuffle=4)
    assert again.clusters.equals(found.clusters)
    assert again.members.equals(found.members)


def test_what_a_firm_pays_is_no_cluster_nor_is_its_telephone(drawing: Any) -> None:
    drawing.honest(500)
    staff = [drawing.order(20 + i / 20, Payer="firm", phone="switchboard", seller="s1", goods="g1") for i in range(12)]
    assert members(cluster(drawing), cluster(drawing).clusters["cluster_id"][0].as_py()) == staff
    assert cluster(drawing, firms=("firm",)).clusters.num_rows == 0


def test_parcels_without_lists_make_clusters_too(drawing: Any) -> None:
    texts = []
    for i in range(200):
        who = f"small-{i // 2}"
        drawing.add(i / 4, export=True, parcel=True, Sender=who, SenderPhone=f"{who}-phone", Country="US" if i % 5 == 0 else f"C{i % 9}")
        texts.append(("Fernwick rabbit" if i % 2 else "garden hose", "US" if i % 5 == 0 else f"C{i % 9}", 0.1 * (i % 17)))
    own = []
    for i in range(20):
        own.append(drawing.add(20 + i / 5, export=True, parcel=True, Sender=f"name-{i % 6}", SenderPhone="workshop", Country="US"))
        texts.append(("rabbit", "US", 0.4))
    view = drawing.view()
    house = [
        {"logistics_code": "L", "logistics_no": f"W{i}", "description": t, "receiver_country": c, "weight_kg": kg}
        for i, (t, c, kg) in enumerate(texts)
    ]
    # Items are named as orders here; the lists match them by the same keys.
    matched = [
        {**{k: consignment(i)[k] for k in ("consignment_id", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no")}}
        for i in range(view.n)
    ]
    brands = [{"brand": "Fernwick", "aliases": "", "hs_prefixes": ""}]
    found = cluster(drawing, house_waybills=house, matched=matched, brands=brands)
    first = found.clusters.to_pylist()[0]
    assert members(found, first["cluster_id"]) == own
    assert first["kind"] == "ipr"
    assert first["typologies"] == ["brand_omitted", "destination_concentration", "sender_cluster"]
    assert first["top_destinations"] == ["US"]
    assert {row["label"] for row in found.members.to_pylist()} == {"Parcel"}


def test_an_empty_network_gives_empty_tables(drawing: Any) -> None:
    found = cluster(drawing)
    assert (found.clusters.num_rows, found.members.num_rows, dict(found.signs)) == (0, 0, {})


def test_the_first_code_is_the_earliest_contact(drawing: Any) -> None:
    drawing.order(seller="b")
    drawing.order(seller="a")
    drawing.order()
    drawing.order(goods="x", Seller=("b", "a"))
    assert first_code(drawing.view(), "Seller").tolist() == [1, 0, -1, 0]


def test_a_cluster_of_suspects_names_each_typology_once(drawing: Any) -> None:
    items = ring(drawing)
    view, keys = drawing.view(), [consignment(i) for i in range(len(items))]
    ids = view.ids.to_pylist()
    shared = ("tel", "door", "building", "other_payer", "buyer", "bill", "seller", "receiver", "sender_tel", "sender_door", "hs")
    context = pd.DataFrame({name: [None] * len(keys) for name in shared} | {"imp": 1, "t": np.arange(float(len(keys)))})
    context = context.assign(consignment_id=[row["consignment_id"] for row in keys], tel="ring", seller="s1")
    borne = [
        {"consignment_id": row["consignment_id"], "typology": name, "bits": 3.0} for row in keys for name in ("quota", "identity_ring")
    ]
    scores = np.full(len(keys), 0.9)
    found = suspect_clusters(view, cluster(drawing), context, keys, ids, scores, pa.Table.from_pylist(borne), GradeSettings())
    assert [row["typologies"] for row in found.clusters.to_pylist()] == [["identity_ring", "quota"]]

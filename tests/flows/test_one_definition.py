"""What alerts, graph and page say of one consignment is the same: ids, declared amounts, masks."""

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.consignment import view_consignment
from sandan.algorithms.results.results import Results, open_results
from sandan.graph.store.access import graph_layout
from sandan.graph.store.layout import node_file, relation_file
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.catalog.keys import consignment_key, order_id, parcel_id
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

BUYER, LONE = "110101199003074477", "320106198502284634"


def _table(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
        writer.writeheader()
        writer.writerows(rows)


def _by_hand(folder: Path) -> Path:
    """What the generator does not make: declarations without lines, two of one order, lines as a table of their own, single characters."""
    folder.mkdir()
    order = {"ebp_code": "P1", "ebc_code": "S1", "goods_value": 10, "freight": 0, "tax_total": 0, "discount": 0, "actual_paid": 90, "currency": "USD",
             "app_time": "20250401023000", "buyer_id_number": BUYER, "buyer_name": "李", "buyer_telephone": "13800138000", "consignee": "李",
             "consignee_telephone": "13800138000", "consignee_address": "浙江省 杭州市 余杭区文一西路９６９号3幢501室"}  # fmt: skip
    lone = {"buyer_id_number": LONE, "buyer_name": "欧阳震华"}
    _table(
        folder,
        "orders",
        *({**order, "order_no": number} for number in ("NOLINES", "TWICE", "HALF", "PLAIN")),
        {**order, **lone, "order_no": "UNDECLARED"},
        {**order, **lone, "order_no": "EURO", "currency": "EUR"},
    )
    declared = {"ebp_code": "P1", "logistics_code": "L1", "customs_code": "5100", "agent_code": "A1", "decl_time": "20250401", "ebc_code": "S1",
                "app_time": "20250402040000", "buyer_id_number": BUYER, "buyer_name": "李", "consignee_address": order["consignee_address"]}  # fmt: skip
    numbers = ("NOLINES", "TWICE", "TWICE", "HALF", "HALF", "PLAIN", "ALONE")
    rows = [{**declared, "order_no": number, "logistics_no": f"W{n}", "cop_no": f"C{n}"} for n, number in enumerate(numbers)]
    _table(folder, "inventories", *rows)
    line = {
        "agent_code": "A1",
        "gnum": 1,
        "gcode": "3304990039",
        "gname": "保湿面霜 50ml",
        "qty": 2,
        "unit": "122",
        "price": 30,
        "currency": "USD",
    }
    _table(
        folder,
        "inventory_items",
        *({**line, "cop_no": f"C{n}"} for n in (1, 2, 3, 5, 6)),
        {**line, "cop_no": "C5", "gnum": 2, "total_price": 55},
    )
    _table(
        folder,
        "exchange_rates",
        *(
            {"currency": "USD", "cny": cny, "valid_from": day}
            for cny, day in ((7, "2025-01-01"), (8, "2025-04-01"), (9, "2025-04-02"), (11, "2025-04-05"))
        ),
    )
    house = {"channel": "express", "sender_name": "张三", "receiver_name": "J", "receiver_address": "1 Main St", "receiver_country": "DE", "description": "shoes",
             "logistics_code": "L9", "declared_value": 25, "currency": "USD", "weight_kg": 1, "shipped_at": "2025-04-01T10:00:00"}  # fmt: skip
    _table(folder, "house_waybills", {**house, "logistics_no": "H1"}, {**house, "logistics_no": "H2", "currency": "EUR"})
    return folder


def tables_of(home: Settings) -> Path:
    layout = graph_layout(home)
    return layout.tables(str(layout.current()))


@pytest.fixture(scope="module", params=["generated", "by hand"])
def home(request: pytest.FixtureRequest, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Settings:
    def fill(folder: Path) -> None:
        params = world_params("demo", n_orders=40, seed=41, fraud_rate=0.1)
        source = write_world(folder / "world", params).folder if request.param == "generated" else _by_hand(folder / "tables")
        settings = load_settings(folder / "home")
        ingest([source], settings)
        score(settings)

    return load_settings(made_once(f"one-definition-{request.param.replace(' ', '-')}", fill) / "home")


@pytest.fixture(scope="module")
def results(home: Settings) -> Results:
    return open_results(HomePaths(home.home))


@pytest.fixture(scope="module")
def nodes(home: Settings) -> Callable[[str], dict[str, dict[str, Any]]]:
    tables = tables_of(home)
    return lambda label: {row["id"]: row for row in pq.read_table(node_file(tables, label)).to_pylist()}


def pairs(home: Settings, name: str, source: str, target: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in pq.read_table(relation_file(tables_of(home), name, source, target)).to_pylist():
        found[row["from"]].add(row["to"])
    return found


def test_every_consignment_has_one_node_and_one_declared_amount(
    results: Results, nodes: Callable[[str], dict[str, dict[str, Any]]]
) -> None:
    known = {"Order": nodes("Order"), "Parcel": nodes("Parcel")}
    by_node: dict[tuple[str, str], list[float | None]] = defaultdict(list)
    for alert in results.table("alerts").to_pylist():
        label, of = ("Order", order_id) if alert["order_no"] else ("Parcel", parcel_id)
        by_node[label, str(of(alert))].append(alert["declared_cny"])
    assert by_node
    for (label, node), amounts in by_node.items():
        stated = [amount for amount in amounts if amount is not None]
        expected = pytest.approx(sum(stated)) if stated else None
        assert known[label][node]["declared_cny"] == expected, node


def test_the_page_shows_the_alert_s_amount_and_the_graph_s_masks(
    home: Settings, results: Results, nodes: Callable[[str], dict[str, dict[str, Any]]]
) -> None:
    people = {**nodes("Buyer"), **nodes("Payer")}
    bought, paid = pairs(home, "BOUGHT_BY", "Order", "Buyer"), pairs(home, "PAID_BY", "Order", "Payer")
    phones = {row["masked"] for row in nodes("Phone").values()}
    addresses = {row["masked"] for row in nodes("Address").values()}
    named: dict[str, set[str]] = defaultdict(set)
    n_addresses = n_pages = 0
    for alert in results.table("alerts").to_pylist():
        view = view_consignment(HomePaths(home.home), results, consignment_key(alert))
        n_pages += 1
        assert consignment_key(view.alert) == consignment_key(alert)
        cells = [(part.kind, cell.name, cell.text) for part in view.lists for cell in part.cells]
        for kind, name, text in cells:
            if name == "telephone":
                assert text in phones
            if name == "address":
                n_addresses += 1
                assert text in addresses, (kind, alert["order_no"])
            if kind in ("order", "declaration") and name == "buyer":
                for person in bought[str(order_id(alert))]:
                    named[person].add(text)
            if kind == "payment" and name == "payer" and len(paid[str(order_id(alert))]) == 1:
                for person in paid[str(order_id(alert))]:
                    named[person].add(text)
    assert n_pages == results.table("alerts").num_rows
    assert n_addresses > n_pages / 2
    # One who is written in several ways has one of the masks; nearly all are written in one.
    for person, texts in named.items():
        assert " ".join(filter(None, (people[person]["masked_name"], people[person]["masked_id"]))) in texts, person
    assert sum(len(texts) == 1 for texts in named.values()) > 0.8 * len(named)


def test_a_person_has_the_masks_of_his_names(home: Settings, nodes: Callable[[str], dict[str, dict[str, Any]]]) -> None:
    persons, people = nodes("Person"), {**nodes("Buyer"), **nodes("Payer")}
    is_person = [pairs(home, "IS", label, "Person") for label in ("Buyer", "Payer")]
    n = 0
    for found in is_person:
        for mention, concluded in found.items():
            for person in concluded:
                names = {people[m]["masked_name"] for f in is_person for m, of in f.items() if person in of}
                assert persons[person]["masked_name"] in names, mention
                n += 1
    assert n

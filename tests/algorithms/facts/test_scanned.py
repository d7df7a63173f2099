"""Images of parcels: what they show beside the papers, and what looks like a difference and is none."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import gather_facts
from sandan.algorithms.facts.scanned import is_comparable, is_named
from sandan.algorithms.scoring.detect import detect
from sandan.algorithms.wording.render import because
from sandan.record.settings import load_settings

AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
# Order, goods of the papers, what the image shows, brand and prohibited article in it, the reasons that are to be found.
CASES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "DRUGS": ("保湿面霜", {"recognised": "面霜|drugs", "prohibited": "drugs"}, {"scan_prohibited"}),
    "WATCH": ("保湿面霜", {"recognised": "手表"}, {"scan_other"}),
    "GIFT": ("保湿面霜", {"recognised": "面霜|袜子"}, {"scan_more"}),
    "SAME": ("保湿面霜", {"recognised": "护肤面霜"}, set()),
    "ENGLISH": ("保湿面霜", {"recognised": "wrist watch"}, set()),  # not to be compared with a Chinese name
    "LATIN": ("Moisturizing Cream, 50 ml", {"recognised": "creams"}, set()),
    "SHOES": ("Moisturizing Cream, 50 ml", {"recognised": "running shoes"}, {"scan_other"}),
    "BRAND": ("Leather bag", {"recognised": "bags", "brand": "Kantwerk"}, {"scan_brand"}),
    "NAMED": ("Kantwerk leather bag", {"recognised": "BAG", "brand": "KANTWERK"}, set()),
    "OTHERS": ("保湿面霜", {"recognised": "手表", "logistics_code": "OTHER"}, set()),  # the same number at another carrier
    "UNSEEN": ("保湿面霜", {}, set()),
}


@pytest.fixture(scope="module")
def found(trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """Findings of images by order number and reason."""
    home = type(trade)()
    for number, (goods, seen, _) in CASES.items():
        home.whole(number)
        home.tables["inventory_items"][-1] |= {"item_name": goods, "gname": goods, "gmodel": None}
        if seen:
            row = {"logistics_no": home.tables["inventories"][-1]["logistics_no"], "scanned_at": "2025-04-02T10:00:00", "confidence": 0.9}
            home.add("scans", **row | seen)
    bench = bench_of(home)
    detected = detect(gather_facts(bench, load_settings(tmp_path_factory.mktemp("h")), AS_OF), "run")
    numbers = {row["consignment_id"]: row["order_no"] for row in bench.current("matched").to_pyarrow().to_pylist()}
    rows: dict[str, dict[str, dict[str, Any]]] = {number: {} for number in CASES}
    chosen: pa.Table = detected.findings
    for row in chosen.to_pylist():
        if row["typology"] == "scan_mismatch":
            rows[numbers[row["consignment_id"]]][row["reason"]] = row
    return rows


@pytest.mark.parametrize("number", CASES)
def test_what_the_image_shows_and_the_papers_do_not_say(found: dict[str, dict[str, dict[str, Any]]], number: str) -> None:
    assert set(found[number]) == CASES[number][2]


def test_sentences_say_what_was_seen_and_how_sure_the_system_is(found: dict[str, dict[str, dict[str, Any]]]) -> None:
    row = found["DRUGS"]["scan_prohibited"]
    assert because(row, "en") == "The image of the parcel shows what is prohibited: drugs (confidence 90%)"
    assert "90%" in because(row, "zh") and "drugs" in because(row, "zh")
    gift = because(found["GIFT"]["scan_more"], "en")
    assert "袜子" in gift and "面霜" not in gift


@pytest.mark.parametrize(
    ("term", "text", "comparable", "named"),
    [
        ("手表", "智能手表 黑色", True, True),
        ("手提包", "女式提包", True, True),
        ("表", "腕表", True, True),
        ("shoe", "running shoes", True, True),
        ("shoe", "跑步鞋", False, False),
        ("shoe", "跑步鞋 Nike shoes", True, True),
        ("", "跑步鞋", False, True),
        ("手表", "", False, False),
    ],
)
def test_terms_are_compared_within_a_script(term: str, text: str, comparable: bool, named: bool) -> None:
    assert is_comparable(term, text) is comparable
    if comparable:
        assert is_named(term, text) is named

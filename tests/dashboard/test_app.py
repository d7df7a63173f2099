"""What a watcher asks the server, and what a browser gets on the way."""

import gzip

import pytest

from sandan.algorithms.results.results import open_results
from sandan.dashboard.app import make_app
from sandan.record.files.checksums import forget
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


def test_it_is_alive_but_not_ready_before_the_first_run(empty_home: Settings) -> None:
    client = make_app(empty_home, demo=True).server.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "nothing was scored yet\n")


def test_it_is_ready_while_its_run_can_be_read(own_home: Settings) -> None:
    client, results = make_app(own_home, demo=True).server.test_client(), open_results(HomePaths(own_home.home))
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, f"run {results.run_id}\n")
    (results.folder / "findings.parquet").write_bytes(b"other")
    forget()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and str(own_home.home) not in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/alerts/x", "/consignmentx"])
def test_a_path_that_is_no_page_is_not_found_and_still_shows_one(empty_home: Settings, path: str) -> None:
    client = make_app(empty_home, demo=True).server.test_client()
    assert client.get(path).status_code == 404 and "<html" in client.get(path).text
    for page in ("/", "/alerts", "/operators", "/clusters/", "/network", "/consignment/import:P:1"):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("zstd;q=0", None),
        ("gzip;q=0, *;q=0", None),
        ("zstd;q=0, *", "gzip"),
        ("zstd;q=0,gzip", "gzip"),
        ("zstd; q=0, gzip; q=0.1", "gzip"),
        ("zstd;q=0.2, gzip;q=0.9", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("*", "zstd"),
    ],
)
def test_no_answer_is_compressed_in_a_way_that_is_refused(empty_home: Settings, accepted: str, expected: str | None) -> None:
    with make_app(empty_home, demo=True).server.test_client().get("/assets/app.css", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == expected


@pytest.mark.parametrize("accepted", ["gzip", "gzip, zstd", "identity", ""])
def test_answers_are_compressed_for_those_who_take_it(empty_home: Settings, accepted: str) -> None:
    client = make_app(empty_home, demo=True).server.test_client()
    with client.get("/assets/app.css") as answer:
        plain = answer.data
    with client.get("/assets/app.css", headers={"Accept-Encoding": accepted}) as answer:
        used, data = answer.headers.get("Content-Encoding"), answer.data
        assert "Accept-Encoding" in answer.headers["Vary"]
    if "zstd" in accepted:
        assert used == "zstd" and len(data) < len(plain) / 2
    elif "gzip" in accepted:
        assert used == "gzip" and gzip.decompress(data) == plain
    else:
        assert used is None and data == plain

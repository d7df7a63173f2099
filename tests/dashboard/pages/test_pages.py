import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import open_results
from sandan.algorithms.wording.render import because
from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.i18n import TEXTS, Language
from sandan.dashboard.pages import pages
from sandan.dashboard.pages.operators import operator_rows
from sandan.dashboard.pages.queue import counts, rows_response
from sandan.dashboard.routing import page_at
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


def words(component: Any) -> Iterator[str]:
    """Every text in a page, attributes too."""
    tree = json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            for name, value in part.items():
                if name not in ("type", "namespace"):  # what it is made of is not read
                    yield from walk(value)
        elif isinstance(part, list):
            for value in part:
                yield from walk(value)

    return walk(tree)


def shown(settings: Settings, path: str, language: Language) -> str:
    return "\n".join(words(page_at(settings, path, Address(language))))


@pytest.fixture(params=["/", "/consignment", "/consignment/nothing", "/nowhere", *(page.path for page in pages())])
def path(request: pytest.FixtureRequest, top_alert: dict[str, Any]) -> str:
    return consignment_path(full_key(top_alert)) if request.param == "/consignment" else str(request.param)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_holds_no_words_of_the_other_language(scored_home: Settings, path: str, language: Language) -> None:
    other = 0 if language == "zh" else 1
    foreign = {pair[other] for pair in TEXTS.values() if len(pair[other]) > 2}
    assert foreign & set(words(page_at(scored_home, path, Address(language)))) == set()


def test_the_queue_shows_the_run_and_its_notes(scored_home: Settings) -> None:
    run_id = open_results(HomePaths(scored_home.home)).run_id
    queue, overview = shown(scored_home, "/", "zh"), shown(scored_home, "/overview", "zh")
    assert run_id in queue and "本批次说明" in queue
    assert run_id in overview and "未校准" in overview


def test_a_consignment_tells_its_reasons_in_the_chosen_language(scored_home: Settings, top_alert: dict[str, Any]) -> None:
    path = consignment_path(full_key(top_alert))
    assert len(top_alert["findings"]) > 1
    for language in ("en", "zh"):
        page = shown(scored_home, path, language)
        assert all(because(finding, language) in page for finding in top_alert["findings"])
        assert "MATCH (s:" in page


def test_a_key_that_is_not_there_is_a_message(scored_home: Settings) -> None:
    assert "No such consignment" in shown(scored_home, "/consignment/import%3AX%3AY", "en")


def test_an_empty_home_says_what_to_do(empty_home: Settings) -> None:
    for path in ("/", "/operators", "/consignment/x"):
        assert "sandan score" in shown(empty_home, path, "zh")


def test_a_broken_run_is_a_message_and_a_line_in_the_log(empty_home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    run = empty_home.home / "runs" / "broken"
    run.mkdir(parents=True)
    (run / "report.json").write_text("{", encoding="utf-8")
    (run.parent / "CURRENT").write_text("broken", encoding="utf-8")
    assert "This could not be shown" in shown(empty_home, "/", "en")
    assert "a stored file is damaged" in caplog.text


def test_rows_come_from_the_run_that_the_page_shows(scored_home: Settings) -> None:
    request = {"startRow": 0, "endRow": 20, "sortModel": []}
    run_id = open_results(HomePaths(scored_home.home)).run_id
    rows = rows_response(scored_home, request, "?grade=all&lang=zh", run_id)
    assert rows["rowCount"] >= 390 and len(rows["rowData"]) == 20
    assert rows == rows_response(scored_home, request, "?grade=all&lang=zh", "a-run-that-was-swept")


def test_counts_follow_the_filters(scored_home: Settings) -> None:
    choices, told, mark = counts(scored_home, Address.parse("?q=no-such-number&operator=S&in=c-1", "en"), None)
    assert "No consignment fits" in told and len(mark) == 2
    assert {"missing_order", "undervaluation"} <= {choice["value"] for choice in choices}


def test_operators_are_found_by_role_name_and_code(scored_home: Settings) -> None:
    every = operator_rows(scored_home, None, "", "", "en")
    code = every[0]["code"]
    assert {row["role"] for row in operator_rows(scored_home, None, "agent", "", "en")} == {"Declarant"}
    assert code in {row["code"] for row in operator_rows(scored_home, None, "", f" {code.lower()} ", "en")}
    assert operator_rows(scored_home, None, "", "no such name", "en") == []

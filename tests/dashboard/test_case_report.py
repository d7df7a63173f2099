"""The report of a case: everything that is in the case stands in it, in both languages, whatever people wrote."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from sandan.algorithms.results.results import Results
from sandan.dashboard.case_report import case_report
from sandan.dashboard.i18n import Language
from sandan.record.app.audit import Actor
from sandan.record.app.cases import Subject
from sandan.record.app.services import SYSTEM, Services, open_services
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings

NOTE = "买家否认下单 <b>bold</b> & </para> {x}\n=1+1"


@pytest.fixture
def services(own_home: Settings) -> Services:
    made = open_services(own_home)
    made.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    return made


def words(pdf: bytes) -> str:
    """The text of all pages, without white space: where a line breaks says nothing."""
    return "".join("".join((page.extract_text() or "").split()) for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_in_the_case_stands_in_its_report(own_home: Settings, services: Services, results: Results, language: Language) -> None:
    [cluster] = results.query("SELECT * FROM clusters ORDER BY file_row_number LIMIT 1")
    [operator] = results.query("SELECT * FROM operators ORDER BY file_row_number LIMIT 1")
    alerts = results.query("SELECT * FROM alerts WHERE order_no <> '' ORDER BY file_row_number LIMIT 40")
    subjects = [Subject("cluster", cluster["cluster_id"], cluster["cluster_id"], results.run_id)]
    subjects.append(Subject("operator", f"{operator['role']}:{operator['code']}", operator["name"], results.run_id))
    subjects += [Subject("consignment", consignment_key(row), row["order_no"], results.run_id) for row in alerts]
    li = Actor(services.accounts.named("li").user_id, "li", "officer")
    number = services.cases.open(li, "三十个支付人 <i>", subjects, NOTE)
    services.cases.attach(li, number, "answer.txt", "答复".encode())
    pdf = case_report(own_home, services.cases.whole(number), "li", language)
    assert len(PdfReader(io.BytesIO(pdf)).pages) >= 2
    text = words(pdf)
    for part in (NOTE, "三十个支付人 <i>", cluster["cluster_id"], operator["name"], "answer.txt", *(row["order_no"] for row in alerts)):
        assert "".join(part.split()) in text, part
    assert ("personsaremasked" in text.lower()) == (language == "en") and ("个人信息已脱敏" in text) == (language == "zh")


def test_what_the_newest_run_no_longer_has_is_said(own_home: Settings, services: Services) -> None:
    gone = [Subject("cluster", "c-gone", "c-gone", "r"), Subject("operator", "seller:GONE", "Gone", "r")]
    gone.append(Subject("consignment", "import:P:GONE", "GONE", "r"))
    number = services.cases.open(Actor(1, "li", "officer"), "gone", gone)
    text = words(case_report(own_home, services.cases.whole(number), "li", "en"))
    assert text.count("Thenewestrundoesnothaveitanymore.") == 2 and "1morearenotlistedhere." in text


def test_a_case_in_a_home_without_a_run_has_a_report_too(empty_home: Settings) -> None:
    services: Any = open_services(empty_home)
    number = services.cases.open(Actor(1, "li", "officer"), "early", [], "a note")
    assert "anote" in words(case_report(empty_home, services.cases.whole(number), "li", "en"))

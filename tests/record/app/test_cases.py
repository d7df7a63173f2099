"""Cases: notes, files, states; what is closed stays as it is."""

import pytest

from sandan.record.app.audit import Actor
from sandan.record.app.cases import LARGEST_FILE, Subject
from sandan.record.app.services import Services
from sandan.record.errors import Conflict, InputError, UnknownId

LI, WU = Actor("li", "officer", 1), Actor("wu", "supervisor", 2)
ORDER = Subject("consignment", "import:P1:O1", "O1", "run-1")
RING = Subject("cluster", "c-7", "c-7", "run-1")
PDF, PNG = b"%PDF-1.7 text", b"\x89PNG\r\n\x1a\n...."


def test_a_case_is_opened_worked_on_and_closed(services: Services) -> None:
    number = services.cases.open(LI, " Ring of thirty payers ", [ORDER, RING], "one telephone")
    assert services.cases.add(WU, number, [RING, Subject("operator", "seller:S1", "Shop", "run-1")]) == 1
    services.cases.note(WU, number, "asked the platform")
    services.cases.assign(WU, number, "wu")
    services.cases.change_state(WU, number, "in_progress", "", expected="open")
    with pytest.raises(InputError, match="say why"):
        services.cases.change_state(WU, number, "confirmed", " ", expected="in_progress")
    services.cases.change_state(WU, number, "confirmed", "payers deny the orders", expected="in_progress")
    case = services.cases.whole(number)
    assert (case["title"], case["state"], case["assigned_to"]) == ("Ring of thirty payers", "confirmed", "wu")
    assert [(one["kind"], one["subject"]) for one in case["subjects"]][2:] == [("operator", "seller:S1")]
    assert [(note["by"], note["state"], note["text"]) for note in case["notes"]] == [
        ("li", None, "one telephone"), ("wu", None, "asked the platform"), ("wu", "confirmed", "payers deny the orders"),
    ]  # fmt: skip
    assert [row["actor"] for row in case["history"]] == ["li", "li", "li", "wu", "wu", "wu", "wu", "wu", "wu"]
    assert [row["case_id"] for row in services.cases.rows(subject="c-7", state="confirmed", assigned_to="wu")] == [number]
    assert services.cases.rows(subject="c-8") == []


def test_a_closed_case_is_read_only_until_a_supervisor_opens_it(services: Services) -> None:
    number = services.cases.open(LI, "t", [ORDER])
    services.cases.change_state(LI, number, "dismissed", "a family's orders", expected="open")
    for change in (
        lambda: services.cases.note(LI, number, "more"),
        lambda: services.cases.add(LI, number, [RING]),
        lambda: services.cases.attach(LI, number, "a.pdf", PDF),
        lambda: services.cases.assign(LI, number, "wu"),
        lambda: services.cases.change_state(LI, number, "open", "wrong", expected="dismissed"),
    ):
        with pytest.raises(InputError, match="closed"):
            change()
    services.cases.change_state(WU, number, "open", "new evidence", expected="dismissed", reopen=True)
    services.cases.note(LI, number, "more")


def test_the_second_of_two_who_change_the_state_is_warned(services: Services) -> None:
    number = services.cases.open(LI, "t", [ORDER])
    services.cases.change_state(LI, number, "in_progress", "", expected="open")
    with pytest.raises(Conflict, match="in_progress"):
        services.cases.change_state(WU, number, "dismissed", "nothing in it", expected="open")


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("report.pdf", PDF, "report.pdf", "application/pdf"),
        ("../../etc/x.png", PNG, "x.png", "image/png"),
        ("C:\\Users\\li\\照片.JPG", b"\xff\xd8\xff\xe0", "照片.JPG", "image/jpeg"),
        ("notes\r\nX: y.txt", "电话 说明\n".encode(), "notesX: y.txt", "text/plain"),
    ],
)
def test_a_file_is_kept_whole_under_a_plain_name(services: Services, name: str, content: bytes, kept: str, kind: str) -> None:
    number = services.cases.open(LI, "t", [ORDER])
    file = services.cases.attach(LI, number, name, content)
    assert services.cases.file(WU, number, file) == (kept, kind, content)
    assert [one["name"] for one in services.cases.whole(number)["files"]] == [kept]
    assert services.audit.search(action="export", actor="wu")[1] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"<html>"),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg/>"),
        (".pdf", PDF),
        ("a.txt", b"\0\x01binary"),
        ("a.txt", b"\xff\xfe"),
        ("pdf", PDF),
        ("a.png", b"\x89PNG" + b"\0" * LARGEST_FILE),
    ],
)
def test_another_file_is_refused(services: Services, name: str, content: bytes) -> None:
    number = services.cases.open(LI, "t", [ORDER])
    with pytest.raises(InputError):
        services.cases.attach(LI, number, name, content)
    assert services.cases.whole(number)["files"] == []


def test_a_file_of_another_case_is_not_given(services: Services) -> None:
    first, second = services.cases.open(LI, "t", [ORDER]), services.cases.open(LI, "u", [ORDER])
    file = services.cases.attach(LI, first, "a.pdf", PDF)
    with pytest.raises(UnknownId):
        services.cases.file(LI, second, file)


def test_what_is_no_case_is_refused(services: Services) -> None:
    for title in ("", "  ", "x" * 300):
        with pytest.raises(InputError):
            services.cases.open(LI, title, [ORDER])
    with pytest.raises(InputError):
        services.cases.open(LI, "t", [Subject("planet", "x", "x", "r")])
    assert services.cases.rows() == []  # the case of the last one neither
    with pytest.raises(UnknownId):
        services.cases.note(LI, 5, "x")

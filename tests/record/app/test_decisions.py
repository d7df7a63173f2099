"""Decisions: none lost, none twice, outcomes to learn from, and taken back."""

import datetime as dt
import threading
from collections import Counter

import pytest

from sandan.record.app.audit import Actor
from sandan.record.app.decisions import DECISIONS_IN_ORDER, REASONS, Seen, outcome_table
from sandan.record.app.services import Services, open_services
from sandan.record.errors import Conflict, InputError, UnknownId
from sandan.record.lake.tables import SCHEMAS
from sandan.record.settings import Settings

LI, WU = Actor("li", "officer", 1), Actor("wu", "supervisor", 2)
AS_OF = dt.datetime(2025, 4, 30, 8, 0, tzinfo=dt.UTC)


def seen(number: str = "O1", as_of: dt.datetime = AS_OF) -> Seen:
    key = {"flow": "import", "ebp_code": "P1", "order_no": number, "logistics_code": "L1", "logistics_no": f"W{number}"}
    return Seen(f"import:P1:{number}", key, "run-1", "model-1", as_of, 0.87, "high", ("payer_not_buyer", "identity_ring"))


def test_a_decision_keeps_what_was_seen(services: Services) -> None:
    number = services.decisions.decide(LI, seen(), "forged", method="phone", note=" buyer knows nothing of it ")
    [row] = services.decisions.history("import:P1:O1")
    assert (row["decision_id"], row["decision"], row["outcome"], row["method"]) == (number, "hold", "forged", "phone")
    assert (row["note"], row["score"], row["grade"]) == ("buyer knows nothing of it", 0.87, "high")
    assert (row["run_id"], row["model_id"], row["typologies"]) == ("run-1", "model-1", "payer_not_buyer|identity_ring")
    assert services.decisions.all_standing() == {"import:P1:O1": "hold"}
    [audited], n = services.audit.search(action="decide")
    assert n == 1 and audited["detail"]["decision_id"] == number and audited["subject"] == "consignment:import:P1:O1"


def test_what_was_found_is_an_outcome_and_what_was_not_looked_into_is_none(services: Services) -> None:
    for n, reason in enumerate(REASONS):
        services.decisions.decide(LI, seen(f"O{n}"), reason)
    found = {row["order_no"]: (row["outcome"], row["method"]) for row in services.decisions.outcomes()}
    wanted = {f"O{n}": (meant.outcome, "document") for n, meant in enumerate(REASONS.values()) if meant.outcome}
    assert found == wanted and {outcome for outcome, _ in wanted.values()} == {"compliant", "forged", "undervalued", "ipr", "prohibited"}
    assert {meant.decision for meant in REASONS.values()} == set(DECISIONS_IN_ORDER)


def test_the_time_of_an_outcome_is_never_after_the_lists_that_were_seen(services: Services) -> None:
    services.decisions.decide(LI, seen(), "compliant")
    [row] = services.decisions.outcomes()
    assert row["inspected_at"] == AS_OF
    services.decisions.decide(LI, seen("O2", dt.datetime(2999, 1, 1, tzinfo=dt.UTC)), "compliant")
    assert abs(services.decisions.outcomes()[1]["inspected_at"] - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_as_rows_of_the_lake(services: Services) -> None:
    services.decisions.decide(LI, seen(), "ipr", method="physical")
    table = outcome_table(services.decisions.outcomes())
    assert table.schema.equals(SCHEMAS["outcomes"])
    [row] = table.to_pylist()
    assert (row["flow"], row["ebp_code"], row["order_no"], row["outcome"], row["method"]) == ("import", "P1", "O1", "ipr", "physical")
    assert row["known_at"] == AS_OF and row["record_id"] and row["key_id"] and row["batch_id"] == "decisions"


def test_the_next_decision_replaces_the_one_that_was_shown(services: Services) -> None:
    first = services.decisions.decide(LI, seen(), "check_goods")
    second = services.decisions.decide(WU, seen(), "compliant", method="physical", expected=first)
    assert services.decisions.standing(["import:P1:O1"])["import:P1:O1"]["decision_id"] == second
    assert [row["replaces"] for row in services.decisions.history("import:P1:O1")] == [first, None]
    assert [row["outcome"] for row in services.decisions.outcomes()] == ["compliant"]


def test_taken_back_it_counts_no_longer_and_is_kept(services: Services) -> None:
    first = services.decisions.decide(LI, seen(), "check_goods")
    second = services.decisions.decide(LI, seen(), "forged", expected=first)
    with pytest.raises(Conflict):
        services.decisions.take_back(LI, first, "not the one in force")
    services.decisions.take_back(LI, second, "wrong parcel")
    assert services.decisions.outcomes() == []
    assert services.decisions.standing(["import:P1:O1"])["import:P1:O1"]["decision_id"] == first
    assert [(row["taken_back_by"], row["taken_back_why"]) for row in services.decisions.history("import:P1:O1")] == [
        ("li", "wrong parcel"), (None, None),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        services.decisions.take_back(LI, second, "again")


def test_another_officers_decision_is_taken_back_by_a_supervisor_only(services: Services) -> None:
    number = services.decisions.decide(LI, seen(), "forged")
    with pytest.raises(InputError, match="supervisor"):
        services.decisions.take_back(WU, number, "I disagree")
    services.decisions.take_back(WU, number, "I disagree", others=True)
    with pytest.raises(UnknownId):
        services.decisions.take_back(WU, 99, "none", others=True)


@pytest.mark.parametrize(("reason", "method", "note"), [("nonsense", "", ""), ("forged", "telepathy", ""), ("forged", "", "x" * 5000)])
def test_what_is_no_decision_is_refused(services: Services, reason: str, method: str, note: str) -> None:
    with pytest.raises(InputError):
        services.decisions.decide(LI, seen(), reason, method=method, note=note)
    assert services.decisions.all_standing() == {}


def test_thirty_decisions_at_once_on_ten_consignments(settings: Settings) -> None:
    services = open_services(settings)
    done: list[tuple[str, int]] = []
    warned: list[str] = []
    start = threading.Barrier(30)

    def decide(n: int) -> None:
        start.wait()
        try:
            done.append((f"O{n % 10}", services.decisions.decide(Actor(f"officer{n}", "officer", n), seen(f"O{n % 10}"), "forged")))
        except Conflict as exc:
            warned.append(str(exc))

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(number for number, _ in done) == Counter({f"O{n}": 1 for n in range(10)})
    assert len(warned) == 20 and all("decided meanwhile: hold (forged)" in text for text in warned)
    assert len(services.decisions.all_standing()) == len(services.decisions.outcomes()) == 10
    assert (
        services.audit.search(action="decide")[1] == 10
        and services.audit.search(action="refused")[1] == 20
        and services.audit.fault() == ""
    )
    services.database.engine.dispose()


def test_what_fails_halfway_leaves_nothing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(services.audit, "add", fail)
    with pytest.raises(RuntimeError):
        services.decisions.decide(LI, seen(), "forged")
    assert services.decisions.history("import:P1:O1") == []


def test_a_claim_is_one_officers(services: Services) -> None:
    services.decisions.claim(LI, "c1")
    services.decisions.claim(LI, "c1")
    with pytest.raises(Conflict, match="li"):
        services.decisions.claim(WU, "c1")
    assert services.decisions.claims(["c1", "c2"]) == {"c1": "li"}
    services.decisions.claim(WU, "c1", "wu", others=True)
    with pytest.raises(Conflict, match="wu"):
        services.decisions.let_go(LI, "c1")
    services.decisions.let_go(WU, "c1")
    assert services.decisions.claims() == {}
    services.decisions.claim(WU, "import:P1:O1", "li")
    services.decisions.decide(WU, seen(), "compliant")  # what is decided is nobody's task any more
    assert services.decisions.claims() == {}

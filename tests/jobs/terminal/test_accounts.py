"""How a batch is told, and with which error it ends."""

import json
from pathlib import Path

import pytest

from sandan.ingest.account import Account, Count
from sandan.jobs.terminal.accounts import check_account, print_account
from sandan.record.errors import InputError, MissingColumns


@pytest.fixture
def account() -> Account:
    lists = {"payments": Count(3, 1, 1, 1, 0), "orders": Count(5, 2, 1, 1, 1, 7)}
    return Account("b1", files=4, lists=lists, unknown_columns={"a.csv": ["colour", "zebra"]})


def test_json_has_totals_and_the_split_by_list(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    print_account(account, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("batch_id", "files", "read", "loaded", "superseded", "duplicate", "rejected", "lines")} == {
        "batch_id": "b1", "files": 4, "read": 8, "loaded": 3, "superseded": 2, "duplicate": 2, "rejected": 1, "lines": 7,
    }  # fmt: skip
    assert told["lists"]["orders"] == {"read": 5, "loaded": 2, "superseded": 1, "duplicate": 1, "rejected": 1, "lines": 7}
    assert list(told["lists"]) == ["orders", "payments"]


def test_a_printed_account_has_a_row_per_list_and_one_for_all(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    print_account(account, as_json=False)
    told = capsys.readouterr()
    rows = {
        line.split("│")[1].strip(): [c.strip() for c in line.split("│")[2:-1]] for line in told.out.splitlines() if line.startswith("│")
    }
    assert rows == {
        "orders": ["5", "2", "1", "1", "1", "7"],
        "payments": ["3", "1", "1", "1", "0", "0"],
        "all": ["8", "3", "2", "2", "1", "7"],
    }
    assert told.err == "a.csv: columns left out, no list has them: colour, zebra\n"


def test_a_list_is_even_if_every_record_has_one_place(account: Account) -> None:
    assert all(count.is_even for count in account.lists.values())
    account.of("orders").read += 1
    assert not account.of("orders").is_even


def test_rejected_records_end_with_an_error_only_under_strict(account: Account) -> None:
    check_account(account, strict=False)
    with pytest.raises(InputError, match="1 records were rejected; `sandan rejects`") as caught:
        check_account(account, strict=True)
    assert caught.value.exit_code == 65


def test_unusable_files_always_end_with_an_error(account: Account) -> None:
    account.rejected_files = 2
    with pytest.raises(InputError, match="2 of 4 files"):
        check_account(account, strict=False)


def test_missing_columns_of_all_files_are_one_error(account: Account) -> None:
    account.rejected_files = 2
    account.missing_columns = {"b.csv": "price, seen_on", "c.csv": "cny"}
    with pytest.raises(MissingColumns) as caught:
        check_account(account, strict=False)
    assert caught.value.missing == {Path("b.csv"): ("price", "seen_on"), Path("c.csv"): ("cny",)}
    assert str(caught.value).splitlines()[:2] == ["b.csv: missing columns: price, seen_on", "c.csv: missing columns: cny"]
    assert caught.value.exit_code == 65

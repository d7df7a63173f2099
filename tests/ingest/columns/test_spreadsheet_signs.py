"""What spreadsheets leave on numbers is taken off; what they lost is refused, or counted where nothing but the whole column tells."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.record.values.parties import identity

HEADER = "order_no,ebp_code,pay_code,pay_transaction_id,amount_paid,currency,pay_time,payer_id_number"
NUMBER = "2026100112345000001"


def _payments(path: Path, *cells: tuple[str, str], first: int = 0) -> Path:
    rows = [f"{number},P1,C1,T{first + i},100,CNY,20261001090000,{person}" for i, (number, person) in enumerate(cells)]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


SIGNED = [f"'{NUMBER}", f"’{NUMBER}", f"`{NUMBER}", f"'{NUMBER}'", f"{NUMBER}'", f"{NUMBER}`", f'"=""{NUMBER}"""', f"={NUMBER}", f'"=T(""{NUMBER}"")"', f"\t{NUMBER}\t", f" {NUMBER} ",
     f"′{NUMBER}", f"‛{NUMBER}", f"「{NUMBER}」", f"«{NUMBER}»", f"[{NUMBER}]", f'"{int(NUMBER):,}"', f"{NUMBER};", f"{NUMBER}，",
     NUMBER.translate({48 + n: 0x660 + n for n in range(10)}), NUMBER.translate({48 + n: 0xFF10 + n for n in range(10)}), f"“{NUMBER}”", f"\u202d{NUMBER}\u202c", f"{NUMBER[:4]} {NUMBER[4:]}", f"'={NUMBER}"]  # fmt: skip
CODES = ["A×10", "5x10", "12*10cm", "TB[1]", "A=B", "A-1", "12E3456", "1E5", "2026E10", "O'Neil-1"]
DASHES = "‐‑‒–—−﹣－"


@pytest.fixture(scope="module")
def stored(reader_at: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is stored of a cell, of which each stands in a file of its own."""
    folder = tmp_path_factory.mktemp("cells")
    cells = [*SIGNED, *CODES, *(f"TB{dash}2026{dash}1" for dash in DASHES)]
    files = [_payments(folder / f"{n:02}.csv", (cell, ""), first=n) for n, cell in enumerate(cells)]
    reader = reader_at(folder / "home")
    assert reader.read(*files)["loaded"] == len(files)
    found: dict[str, list[str]] = {cell: [] for cell in cells}
    for row in reader.rows("payments"):
        found[cells[int(row["pay_transaction_id"][1:])]].append(row["order_no"])
    return found


@pytest.mark.parametrize("cell", SIGNED)
def test_signs_of_text_cells_are_no_part_of_a_number(stored: dict[str, list[str]], cell: str) -> None:
    assert stored[cell] == [NUMBER]


@pytest.mark.parametrize(
    "cell",
    ["2.0261×10^18", "2.0261*10^18", "2.0261x10¹⁸", '"=TEXT(A1,""0"")"', "=A1&B1", "2.0261E+18", "2.0261e18", "2.03E+05", f"{NUMBER}.0"],
)
def test_a_number_that_lost_digits_refuses_its_record(reader: Any, tmp_path: Path, cell: str) -> None:
    account = reader.read(_payments(tmp_path / "a.csv", (cell, ""), (cell, ""), ("1", "")))
    assert (account["rejected"], account["duplicate"], account["loaded"]) == (2, 0, 1)


@pytest.mark.parametrize("cell", CODES)
def test_letters_of_a_code_are_no_power(stored: dict[str, list[str]], cell: str) -> None:
    assert stored[cell] == [cell]


def test_a_column_of_rounded_numbers_is_a_counted_defect(reader: Any, tmp_path: Path) -> None:
    reader.read(_payments(tmp_path / "a.csv", ("2026100112345010000", ""), ("2026100112345020000", ""), ("A1", "")))
    assert sorted((row["order_no"], row["defects"]) for row in reader.rows("payments")) == [
        ("2026100112345010000", "rounded_number"), ("2026100112345020000", "rounded_number"), ("A1", None),
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["2026100112345020001", "20261001123450200"])
def test_noughts_at_the_end_of_some_numbers_are_no_defect(reader: Any, tmp_path: Path, number: str) -> None:
    reader.read(_payments(tmp_path / "a.csv", ("20261001123450100", ""), (number, "")))
    assert [row["defects"] for row in reader.rows("payments")] == [None, None]


def test_a_rounded_identity_number_is_nobodys(reader: Any, tmp_path: Path) -> None:
    whole = "330106199001010114"
    assert identity.facts(whole).is_valid
    reader.read(_payments(tmp_path / "a.csv", ("1", f"{whole[:15]}000"), ("2", whole)))
    rows = {row["order_no"]: row for row in reader.rows("payments")}
    assert (rows["1"]["payer_id_hash"], rows["1"]["payer_id_valid"]) == (None, None)
    assert rows["2"]["payer_id_hash"]


@pytest.mark.parametrize("dash", DASHES)
def test_a_dash_in_a_code_has_many_looks(stored: dict[str, list[str]], dash: str) -> None:
    assert stored[f"TB{dash}2026{dash}1"] == ["TB-2026-1"]


@pytest.mark.parametrize(
    "cell", ["########", "##", "null.", "(空)", "【无】", "=NA()", "——", "~~~", "NULL NULL", "없음", "なし", "沒有", "無資料"]
)
def test_a_key_of_a_stand_in_for_nothing_is_none(reader: Any, tmp_path: Path, cell: str) -> None:
    account = reader.read(_payments(tmp_path / "a.csv", (cell, "")))
    assert (account["rejected"], account["loaded"]) == (1, 0)
    assert [reject[3] for reject in reader.rejects()] == ["missing_key"]

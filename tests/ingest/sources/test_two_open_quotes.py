"""Two quotes that nobody closed make one cell of all rows between them: the file is refused, never rows lost."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

COLUMNS = "order_no,ebp_code,pay_code,pay_transaction_id,amount_paid,currency,pay_time,payer_name,telephone".split(",")
ROW = "{n},P1,C1,T{n},100,CNY,20261001090000,王小明,1380013800{n}".split(",")
N = 8


def _rows(sign: str, *places: tuple[int, int, str]) -> str:
    """A table in which cells of some rows and columns have a quote in front or behind."""
    rows = [[cell.format(n=n) for cell in ROW] for n in range(N)]
    for row, column, side in places:
        rows[row][column] = f'"{rows[row][column]}' if side == "front" else f'{rows[row][column]}"'
    return "\n".join(sign.join(row) for row in [COLUMNS, *rows]) + "\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.integers(0, N - 1), min_size=2, max_size=2, unique=True).map(sorted),
    column=st.integers(0, len(COLUMNS) - 1),
    side=st.sampled_from(["front", "behind"]),
    sign=st.sampled_from([",", ";", "\t"]),
)
def test_rows_between_two_open_quotes_are_never_lost(
    reader_at: Any, tmp_path_factory: pytest.TempPathFactory, rows: list[int], column: int, side: str, sign: str
) -> None:
    folder = tmp_path_factory.mktemp("q")
    (folder / "a.csv").write_text(_rows(sign, (rows[0], column, "front"), (rows[1], column, side)), encoding="utf-8")
    account = reader_at(folder / "home").read(folder / "a.csv")
    assert (account["loaded"], account["rejected"]) == (0, 1)


@pytest.mark.parametrize("text", ["北京市\n朝阳区", "one, two\nthree, four", "a,b,c,d,e,f,g,h\nx", "收件人\r\n电话,地址"])
def test_a_text_of_several_lines_is_one_cell(reader: Any, tmp_path: Path, text: str) -> None:
    row = "1,P1,C1,T1,100,CNY,20261001090000,"
    (tmp_path / "a.csv").write_text(f'{",".join(COLUMNS)}\n{row}"{text}",13800138000\n', encoding="utf-8", newline="")
    assert reader.read(tmp_path / "a.csv")["loaded"] == 1

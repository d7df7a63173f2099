from pathlib import Path

import pytest

from sandan.synthetic.key import KeyRow, read_key, write_key

ROW = KeyRow("import", "3301960001", "A,1", "4401960002", "SF1", "fraud", "missing_order|time_order", "phantom_sale", "g-1", 'Said "sold".')


def test_a_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_key(tmp_path / "key.csv", [ROW, ROW])
    assert read_key(tmp_path / "key.csv") == [ROW, ROW]


def test_another_table_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="not an answer key"):
        read_key(tmp_path / "key.csv")

"""A synthetic world that goes straight into a home, and one as tables: the same rows as from messages."""

from pathlib import Path

import pytest

from sandan.ingest.intake import ingest
from sandan.jobs.filling import fill_lake
from sandan.record.errors import OutputError
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

PARAMS = world_params("demo", n_orders=150, seed=12, days=20)


def _loaded(folder: Path, home: Path) -> dict[str, int]:
    lists = ingest([folder], load_settings(home)).lists
    assert not any(count.rejected for count in lists.values())
    return {name: count.loaded for name, count in lists.items()}


def test_tables_hold_what_the_messages_do(tmp_path: Path) -> None:
    messages = write_world(tmp_path / "m", PARAMS)
    tables = write_world(tmp_path / "t", PARAMS, form="tables")
    assert messages.key.read_bytes() == tables.key.read_bytes()
    by_message, by_table = _loaded(messages.folder, tmp_path / "hm"), _loaded(tables.folder, tmp_path / "ht")
    assert by_table.keys() - by_message.keys() == {"order_items", "inventory_items"}
    # Returns come in messages only.
    by_message.pop("returns", 0)
    assert by_message.items() <= by_table.items()
    assert by_message["orders"] > 100


def test_a_world_goes_straight_into_a_home_and_leaves_its_key_only(tmp_path: Path) -> None:
    key = fill_lake(load_settings(tmp_path / "home"), tmp_path / "w", PARAMS, 1)
    assert key == tmp_path / "w.key.csv"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "w.key.csv"]
    assert key.read_bytes() == write_world(tmp_path / "again", PARAMS).key.read_bytes()
    counts = ingest([tmp_path / "again"], load_settings(tmp_path / "home")).lists
    assert counts["orders"].loaded == 0 and counts["orders"].duplicate == counts["orders"].read > 100


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "w.key.csv").write_text("mine")
    with pytest.raises(OutputError, match="there is a key already"):
        fill_lake(load_settings(tmp_path / "home"), tmp_path / "w", PARAMS, 1)
    assert (tmp_path / "w.key.csv").read_text() == "mine"
    assert not (tmp_path / "home").exists()

import csv
import hashlib
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import BusyError, ConfigError, OutputError
from sandan.synthetic.fraud.rings import RINGS
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.lookalikes.groups import INNOCENT
from sandan.synthetic.lookalikes.senders import INNOCENT_SENDERS
from sandan.synthetic.params import WorldParams, world_params
from sandan.synthetic.world import WorldFiles, write_world

TYPOLOGIES = {
    "missing_order", "missing_payment", "missing_waybill", "platform_mismatch", "payer_not_buyer", "amount_mismatch", "address_mismatch",
    "time_order", "undervaluation", "goods_mismatch", "overvaluation", "profile_mismatch", "scan_mismatch",
}  # fmt: skip
# Groups have a number and a size of their own, see test_groups.
GROUPS = {plot.kind for plot in (*RINGS, *WORKSHOPS, *INNOCENT, *INNOCENT_SENDERS)}
SMALL = world_params("demo", n_orders=300, seed=3, days=30)


def digest(files: WorldFiles) -> str:
    sums = hashlib.sha256()
    for path in [files.key, *sorted(files.folder.rglob("*"))]:
        if path.is_file():
            name = "key" if path == files.key else str(path.relative_to(files.folder))
            sums.update(name.encode() + path.read_bytes())
    return sums.hexdigest()


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, second = write_world(tmp_path / "a", SMALL), write_world(tmp_path / "b", SMALL)
    other = write_world(tmp_path / "c", world_params("demo", n_orders=300, seed=4, days=30))
    assert digest(first) == digest(second) != digest(other)


def test_the_number_of_processes_does_not_change_a_byte(tmp_path: Path) -> None:
    one, three = (write_world(tmp_path / str(n), SMALL, processes=n) for n in (1, 3))
    assert digest(one) == digest(three)


def test_a_killed_process_is_said_and_leaves_nothing_to_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr("concurrent.futures.Future.result", killed)
    with pytest.raises(OutputError, match="try fewer with --processes"):
        write_world(tmp_path / "a", SMALL, processes=2)
    assert not (tmp_path / "a").exists()


def test_the_key_lies_apart_and_nothing_half_made_is_left(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    files = write_world(tmp_path / "v1.2", SMALL, progress=lambda done, total: seen.append((done, total)))
    assert files.key == tmp_path / "v1.2.key.csv"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v1.2", "v1.2.key.csv"]
    assert files.n_files == sum(path.is_file() for path in files.folder.rglob("*"))
    # Of some on the last day nothing was sent before the end.
    total = seen[-1][1]
    assert files.n_orders <= total <= files.n_orders + 5
    assert seen[0] == (0, total) and seen[-1] == (total, total)


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(OutputError, match="not an empty folder"):
        write_world(tmp_path, SMALL)
    with pytest.raises(OutputError, match="not an empty folder"):
        write_world(tmp_path / "a.txt", SMALL)
    assert (tmp_path / "a.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_second_process_does_not_write_the_same_world(tmp_path: Path) -> None:
    errors: list[str] = []

    def again(done: int, total: int) -> None:
        # The lock is of the open file, so a second call in this process meets it as another process would.
        if not errors:
            with pytest.raises(BusyError, match="another process writes a world there") as refused:
                write_world(tmp_path / "a", SMALL)
            errors.append(str(refused.value))

    files = write_world(tmp_path / "a", SMALL, progress=again)
    assert errors and digest(files) == digest(write_world(tmp_path / "b", SMALL))


def test_an_empty_folder_and_the_rest_of_a_broken_run_are_used(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a.part").mkdir()
    (tmp_path / "a.part" / "old").write_text("")
    assert not (write_world(tmp_path / "a", SMALL).folder / "old").exists()


@pytest.mark.parametrize("params", [world_params("demo", days=5), WorldParams(n_orders=0), WorldParams(fraud_rate=0.9, export_rate=0.9)])
def test_parameters_that_make_no_world_are_refused(tmp_path: Path, params: WorldParams) -> None:
    with pytest.raises(ConfigError):
        write_world(tmp_path / "a", params)


def test_no_frauds_and_no_negatives_where_none_are_wanted(tmp_path: Path) -> None:
    files = write_world(tmp_path / "a", world_params("demo", n_orders=200, days=30, fraud_rate=0, hard_negative_rate=0))
    with files.key.open(encoding="utf-8", newline="") as file:
        assert {row["truth"] for row in csv.DictReader(file)} == {"honest"}


def test_key_has_one_row_for_each_consignment_and_every_typology(world: Any) -> None:
    key = [row for row in world.key if row.order_no]
    # Of some on the last day nothing was sent before the end.
    assert 3980 <= len(key) == world.files.n_orders <= 4000
    assert len({(row.flow, row.ebp_code, row.order_no) for row in key}) == len(key)
    assert len(world.key) == len(key) + world.files.n_parcels
    key = [row for row in key if row.kind not in GROUPS]
    counts = {
        truth: Counter(t for row in key if row.truth == truth for t in row.typologies.split("|")) for truth in ("fraud", "hard_negative")
    }
    assert set(counts["fraud"]) == set(counts["hard_negative"]) == TYPOLOGIES
    assert len(set(counts["fraud"].values())) == 1, "equally many of each"
    for typology in TYPOLOGIES:
        assert counts["hard_negative"][typology] >= counts["fraud"][typology]
    assert all(row.typologies == "" for row in world.key if row.truth == "honest")
    frauds = sum(row.truth == "fraud" for row in key)
    assert 0.032 * 4000 <= frauds <= 0.048 * 4000


def test_actors_stay_small_in_a_larger_world(world: Any) -> None:
    assert max(Counter(row.group for row in world.key if row.truth == "fraud" and row.kind not in GROUPS).values()) <= 6


def test_tables_have_columns_of_the_catalogue(world: Any) -> None:
    names = sorted(path.stem for path in (world.files.folder / "tables").iterdir())
    assert names == [
        "brands", "companies", "exchange_rates", "house_waybills", "listings", "market_prices", "outcomes", "payment_services", "scans",
        "tracking",
    ]  # fmt: skip
    for name in names:
        rows = world.table(name)
        assert rows, name
        columns = {column.name for column in CATALOG[name].columns}
        assert set(rows[0]) <= columns
        assert all(row[column] for row in rows for column in CATALOG[name].mandatory if column != "right_holder"), name


def test_all_senders_are_on_the_register(world: Any) -> None:
    codes = {row["code"] for row in world.table("companies")}
    assert {record.sender for records in world.records.values() for record in records} <= codes

"""Inboxes are emptied, each file with the account of what became of it; what is still written stays; nothing is lost or doubled."""

import errno
import json
import os
import signal
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandan.ingest.account import Account
from sandan.jobs.checks.doctor import examine
from sandan.jobs.inboxes import inbox as module
from sandan.jobs.inboxes.inbox import empty_inboxes, open_inboxes
from sandan.jobs.inboxes.unfinished import knows_writers
from sandan.jobs.pipeline import run_line
from sandan.jobs.terminal.accounts import check_inboxes, print_inboxes
from sandan.record.errors import BusyError, ConfigError, InputError, OutputError
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock, inbox_lock
from sandan.record.settings import InboxSettings, Settings, load_settings

HEAD = "currency,cny,valid_from\n"
GOOD, BAD = HEAD + "USD,7,2025-01-01\nEUR,8,2025-01-01\n", HEAD + "USD,many,2025-01-01\n"
BROKEN = "<CEB311Message><Order>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def _settings(folder: Path, **chosen: Any) -> Settings:
    settings = load_settings(folder.parent / "home")
    return settings.model_copy(update={"inbox": InboxSettings(**{"folders": (folder,), "settle_s": 0.0, **chosen})})


def _put(folder: Path, **contents: str) -> None:
    """Files by name, where `__` stands for a dot and `___` for a folder."""
    for name, content in contents.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _day(settings: Settings) -> str:
    batch = Lake(settings.home / "lake").batches[-1].batch_id
    return f"{batch[:4]}-{batch[4:6]}-{batch[6:8]}"


def _n_rates(settings: Settings) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in Lake(settings.home / "lake").files("exchange_rates"))


def test_each_file_goes_where_it_belongs_with_its_account(folder: Path) -> None:
    settings = _settings(folder)
    _put(folder, a__csv=GOOD, north___b__csv=BAD, north___c__xml=BROKEN, d__csv=GOOD + "JPY,x,2025-01-01\n")
    account, (told,) = empty_inboxes(settings)
    assert account is not None
    assert (told.taken, told.rejected, told.left, told.stuck) == (2, 2, [], [])
    assert _files(folder) == []
    assert (folder / "north").is_dir()
    day = _day(settings)
    done, rejected = (folder.with_name(f"in-{word}") / day for word in ("done", "rejected"))
    assert _files(done) == ["a.csv", "a.csv.account.json", "d.csv", "d.csv.account.json"]
    assert _files(rejected) == ["north/b.csv", "north/b.csv.account.json", "north/c.xml", "north/c.xml.account.json"]
    assert (done / "a.csv").read_text() == GOOD
    accounts = {path.name.split(".")[0]: json.loads(path.read_text()) for path in folder.parent.rglob("*.account.json")}
    assert {told["batch_id"] for told in accounts.values()} == {account.batch_id}
    assert accounts["a"] | accounts["d"] == accounts["d"]
    assert {k: v for k, v in accounts["d"].items() if k != "batch_id"} == {
        "file": "d.csv", "read": 3, "loaded": 0, "superseded": 0, "duplicate": 2, "rejected": 1, "fault": "", "reasons": {"bad_value": 1},
    }  # fmt: skip
    assert (accounts["b"]["rejected"], accounts["b"]["reasons"]) == (1, {"bad_value": 1})
    assert accounts["c"]["fault"].startswith("broken_xml")
    assert "many" not in str(accounts)
    # Originals hold identity numbers.
    for path in (done.parent, done, rejected / "north"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert empty_inboxes(settings)[0] is None


def test_nothing_is_written_over(folder: Path) -> None:
    settings = _settings(folder)
    for n in range(3):
        _put(folder, a__csv=HEAD + f"USD,{n},2025-01-0{n + 1}\n")
        empty_inboxes(settings)
    done = folder.with_name("in-done") / _day(settings)
    assert [name for name in _files(done) if name.endswith(".csv")] == ["a-1.csv", "a-2.csv", "a.csv"]
    assert [(done / name).read_text()[-15:-12] for name in ("a.csv", "a-1.csv", "a-2.csv")] == ["D,0", "D,1", "D,2"]


@pytest.mark.parametrize("name", ["a.csv.part", "a.TMP", "a.csv.filepart", "a.crdownload", "a.csv~"])
def test_a_name_that_senders_use_while_they_write_is_left(name: str, folder: Path) -> None:
    (folder / name).write_text(GOOD)
    account, (told,) = empty_inboxes(_settings(folder))
    assert account is None
    assert [path.name for path, _ in told.left] == [name]
    assert _files(folder) == [name]


def test_hidden_files_links_and_names_that_are_no_text_are_left(folder: Path) -> None:
    _put(folder, __a__csv=GOOD, __sync___b__csv=GOOD, c__csv=GOOD)
    (folder / "link.csv").symlink_to(folder / "c.csv")
    foreign = folder / os.fsdecode("汇率.csv".encode("gbk"))
    foreign.write_text(GOOD)
    _, (told,) = empty_inboxes(_settings(folder))
    assert (told.taken, {path.name: why for path, why in told.left}) == (
        1, {"link.csv": "a link, or no file: only files are taken", foreign.name: "its name is no UTF-8; rename it"},
    )  # fmt: skip
    assert _files(folder) == [".a.csv", ".sync/b.csv", foreign.name]


def test_a_file_that_somebody_has_open_for_writing_is_left(folder: Path) -> None:
    settings = _settings(folder)
    _put(folder, b__csv=GOOD)
    with (folder / "a.csv").open("w") as writer:
        writer.write(GOOD[:30])
        writer.flush()
        _, (told,) = empty_inboxes(settings)
        assert [(path.name, why) for path, why in told.left] == [("a.csv", "another process has it open for writing")]
        assert told.taken == 1
        writer.write(GOOD[30:])
    with (folder / "a.csv").open():  # readers do no harm
        _, (told,) = empty_inboxes(settings)
    assert (told.taken, told.left) == (1, [])


def test_network_file_systems_are_not_asked_who_writes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"/dev/a / ext4 rw 0 0\nserver:/x {folder.parent} nfs4 rw 0 0\n/dev/b {folder}/local ext4 rw 0 0\n"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts)
    asked = {place: knows_writers(folder.parent.parent / place) for place in (folder, folder / "local" / "x", Path("other"))}
    assert list(asked.values()) == [False, True, True]


def test_a_young_file_is_looked_at_twice_with_one_wait_for_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder, a__csv=GOOD, b__csv=HEAD, c__csv=GOOD)
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        with (folder / "b.csv").open("a") as writer:
            writer.write("USD,7,2025-01-01\n")
        (folder / "c.csv").unlink()

    # The module's own name for the clock, not the function of the process: threads of other tests sleep too.
    monkeypatch.setattr(module, "time", SimpleNamespace(time_ns=time.time_ns, sleep=sleep))
    settings = _settings(folder, settle_s=30.0)
    account, (told,) = empty_inboxes(settings)
    assert account is not None
    assert (told.taken, [(path.name, why) for path, why in told.left]) == (1, [("b.csv", "still changes")])
    assert waited == [30.0]


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_changes_while_it_is_read_stays_for_the_next_run(folder: Path, gone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder, a__csv=GOOD, b__csv=GOOD)
    real = module.ingest

    def ingest(paths: Sequence[Path], settings: Settings, **more: Any) -> Account:
        account = real(paths, settings, **more)
        (folder / "a.csv").unlink() if gone else (folder / "a.csv").write_text(GOOD + "JPY,1,2025-01-01\n")
        return account

    monkeypatch.setattr(module, "ingest", ingest)
    _, (told,) = empty_inboxes(_settings(folder))
    assert (told.taken, [path.name for path, _ in told.left]) == (1, ["a.csv"])
    assert _files(folder) == ([] if gone else ["a.csv"])
    monkeypatch.undo()
    if not gone:
        assert empty_inboxes(_settings(folder))[1][0].taken == 1
        assert _n_rates(_settings(folder)) == 3


def test_a_file_that_vanishes_before_it_is_read_does_not_break_the_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder, a__csv=GOOD, b__csv=GOOD)
    real = module.ingest

    def ingest(paths: Sequence[Path], settings: Settings, **more: Any) -> Account:
        (folder / "a.csv").unlink(missing_ok=True)
        return real(paths, settings, **more)

    monkeypatch.setattr(module, "ingest", ingest)
    account, (told,) = empty_inboxes(_settings(folder))
    assert account is not None
    assert (account.files, told.taken, told.rejected) == (1, 1, 0)


def test_another_file_system_is_copied_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(folder)
    _put(folder, a__csv=GOOD)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.parent == folder:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    assert empty_inboxes(settings)[1][0].taken == 1
    done = folder.with_name("in-done") / _day(settings)
    assert (_files(folder), _files(done)) == ([], ["a.csv", "a.csv.account.json"])
    assert (done / "a.csv").read_text() == GOOD


def test_a_file_that_cannot_be_moved_is_an_error_in_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(folder)
    _put(folder, a__csv=GOOD, b__csv=BAD)
    with monkeypatch.context() as patch:
        real = Path.rename
        refused = PermissionError(errno.EPERM, "Operation not permitted")
        patch.setattr(Path, "rename", lambda self, to: (_ for _ in ()).throw(refused) if self.name == "a.csv" else real(self, to))
        _, told = empty_inboxes(settings)
    print_inboxes(told)
    assert "1 files taken, 1 rejected, 0 left" in capsys.readouterr().out
    with pytest.raises(OutputError, match=r"a\.csv: Operation not permitted"):
        check_inboxes(told)
    assert _files(folder) == ["a.csv"]
    assert not list(folder.with_name("in-done").rglob("*.json"))
    _, (again,) = empty_inboxes(settings)
    assert (again.taken, again.stuck, _n_rates(settings)) == (1, [], 2)


KILLED = """
import os, signal, sys
from pathlib import Path
from sandan.jobs.inboxes import inbox
from sandan.record.settings import load_settings
real, nth = inbox._move, int(sys.argv[2])
calls = []
def killed(*args):
    calls.append(args)
    if len(calls) > nth:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*args)
inbox._move = killed
inbox.empty_inboxes(load_settings(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("moved", [0, 2])
def test_killed_between_the_batch_and_the_move_nothing_is_lost_or_doubled(folder: Path, own_processes: Any, moved: int) -> None:
    settings = _settings(folder)
    names = {f"f{i}__csv": HEAD + f"USD,7,2025-01-{i + 1:02}\n" for i in range(4)}
    _put(folder, **names)
    env = {"SANDAN_INBOX__FOLDERS": json.dumps([str(folder)]), "SANDAN_INBOX__SETTLE_S": "0"}
    done = own_processes.run(KILLED, settings.home, str(moved), **env)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(_files(folder)) == 4 - moved
    assert _n_rates(settings) == 4
    account, (told,) = empty_inboxes(settings)
    assert account is not None
    assert (account.total("loaded"), account.total("duplicate"), told.taken) == (0, 4 - moved, 4 - moved)
    assert _n_rates(settings) == 4
    assert _files(folder) == []
    assert [n for n in _files(folder.with_name("in-done") / _day(settings)) if n.endswith("csv")] == [f"f{i}.csv" for i in range(4)]


def test_files_may_be_removed_or_left_instead(folder: Path) -> None:
    _put(folder, a__csv=GOOD, b__csv=BAD)
    assert empty_inboxes(_settings(folder, after="leave"))[1][0].taken == 1
    assert _files(folder) == ["a.csv", "b.csv"]
    settings = _settings(folder, after="delete", rejected=folder.with_name("refused"))
    empty_inboxes(settings)
    assert _files(folder.parent / "refused" / _day(settings)) == ["b.csv", "b.csv.account.json"]
    assert _files(folder) == []
    assert not folder.with_name("in-done").exists()


def test_places_in_the_home_or_an_inbox_are_refused(folder: Path) -> None:
    (folder / "inner").mkdir()
    home = folder.parent / "home"
    (home / "in").mkdir(parents=True)
    for chosen, told in (
        ({"done": home / "done"}, "set `done` and `rejected` outside"),
        ({"rejected": folder / "bad"}, "set `done` and `rejected` outside"),
        ({"folders": (folder, folder / "inner")}, "lies in another inbox"),
        ({"folders": (folder, folder)}, "named twice"),
        ({"folders": (home / "in",)}, "lies in the home"),
        ({"folders": (folder / "absent",)}, "make it"),
    ):
        with pytest.raises(ConfigError, match=told):
            open_inboxes(_settings(folder, **chosen))
    # Where nothing is moved, the place does not matter.
    open_inboxes(_settings(folder, done=home / "done", after="leave"))


def test_an_inbox_that_holds_the_home_is_read_without_it(tmp_path: Path) -> None:
    (tmp_path / "in" / "home").mkdir(parents=True)
    settings = load_settings(tmp_path / "in" / "home")
    settings = settings.model_copy(update={"inbox": InboxSettings(folders=(tmp_path / "in",), settle_s=0)})
    _put(tmp_path / "in", a__csv=GOOD, home___b__csv=GOOD)
    assert empty_inboxes(settings)[1][0].taken == 1
    assert (tmp_path / "in" / "home" / "b.csv").exists()


def test_two_at_once_the_second_is_told_to_try_again(folder: Path) -> None:
    settings = _settings(folder)
    _put(folder, a__csv=GOOD)
    for lock in (inbox_lock, home_lock):
        with lock(HomePaths(settings.home)), pytest.raises(BusyError, match="another run"):
            run_line(settings)
        assert _files(folder) == ["a.csv"]


def test_empty_inboxes_and_nothing_received_is_bad_input(folder: Path) -> None:
    with pytest.raises(InputError, match="nothing to do"):
        run_line(_settings(folder))


def test_a_place_that_cannot_be_written_stops_it_before_anything_is_read(folder: Path) -> None:
    _put(folder, a__csv=GOOD)
    (folder.parent / "file").write_text("")
    settings = _settings(folder, done=folder.parent / "file" / "done")
    with pytest.raises(OutputError, match="set \\[inbox\\] done"):
        empty_inboxes(settings)
    assert Lake(settings.home / "lake").entries == []


def test_doctor_has_a_line_for_each_inbox(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = folder.with_name("other")
    other.mkdir()
    (folder.parent / "file").write_text("")
    assert examine(_settings(folder, folders=(folder, other))) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " inbox: " in line]
    assert [line.split()[2] for line in lines] == [str(folder), str(other)]
    assert f"{folder}-done" in lines[0]
    assert examine(_settings(folder, rejected=folder.parent / "file" / "x")) == 73
    assert "FAIL inbox" in capsys.readouterr().out
    assert examine(_settings(folder, done=folder / "x")) == 78

"""Which files there are, and what each one is by its content: packed, nested, hostile, not ours to read."""

import gzip
import io
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.intake import ingest
from sandan.ingest.reject import REMEDIES
from sandan.ingest.sources.files import find_files
from sandan.jobs.terminal.accounts import check_account
from sandan.record.errors import InputError
from sandan.record.settings import load_settings

RATES = b"currency,cny,valid_from\nUSD,7.1,2025-01-01\n"
MORE = b"currency,cny,valid_from\nEUR,7.8,2025-01-01\n"
MANY = b"currency,cny,valid_from\n" + b"".join(b"USD,%d.%03d,2025-01-01\n" % (i, i * 7 % 1000) for i in range(5000))


def _zip(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@pytest.mark.parametrize("name", ["rates.gz", "rates", "rates.csv", "rates.zip"])
def test_packed_files_are_known_by_their_content_not_their_name(reader: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(RATES, mtime=0))
    assert reader.read(tmp_path / name)["loaded"] == 1


def test_every_member_of_an_archive_is_a_file_of_its_own(reader: Any, tmp_path: Path) -> None:
    members = {
        "b/rates.csv": RATES,
        "a.csv": MORE,
        "空 格/汇率.csv": RATES,
        "../../out.csv": MORE,
        "broken.xml": b"<CEB311Message>",
        ".hidden": RATES,
        "empty/": b"",
    }
    (tmp_path / "all.zip").write_bytes(_zip(members))
    account = reader.read(tmp_path / "all.zip")
    assert (account["files"], account["loaded"], account["duplicate"], account["rejected"]) == (5, 2, 2, 1)
    assert [reject[:4] for reject in reader.rejects()] == [("all.zip!broken.xml", 0, "orders", "broken_xml")]
    assert not list(tmp_path.parent.glob("out.csv"))


def test_archives_in_archives_are_read_but_not_without_end(reader: Any, tmp_path: Path) -> None:
    inner = _zip({"rates.csv": RATES, "more.gz": gzip.compress(MORE, mtime=0)})
    deep = gzip.compress(gzip.compress(gzip.compress(gzip.compress(RATES, mtime=0))))
    (tmp_path / "outer.zip").write_bytes(_zip({"inner.zip": inner, "deep.gz": deep, "rates.csv": RATES}))
    account = reader.read(tmp_path / "outer.zip")
    assert (account["loaded"], account["duplicate"], account["rejected"]) == (2, 1, 1)
    assert {(reject[0], reject[3]) for reject in reader.rejects()} == {("outer.zip!deep.gz", "unreadable")}
    assert {row["file"] for row in reader.rows("exchange_rates")} <= {
        "outer.zip!inner.zip!rates.csv",
        "outer.zip!inner.zip!more.gz",
        "outer.zip!rates.csv",
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.gz", gzip.compress(MANY, mtime=0)[:-100]),
        ("stub.gz", gzip.compress(MANY, mtime=0)[:5]),
        ("bits.gz", _flipped(gzip.compress(MANY, mtime=0), 5000)),
        ("sum.gz", _flipped(gzip.compress(MANY, mtime=0), -6)),
        ("cut.zip", _zip({"a.csv": MANY})[:-100]),
        ("bits.zip", _flipped(_zip({"a.csv": MANY}), 5000)),
        ("empty.gz", gzip.compress(b"", mtime=0)),
        ("empty", b""),
        ("blank", b" \n\n"),
        ("zeros", bytes(5000)),
    ],
)
def test_a_file_that_breaks_off_or_is_damaged_costs_itself_only(reader: Any, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(content)
    (tmp_path / "in" / "good.csv").write_bytes(MORE)
    account = reader.read(tmp_path / "in")
    assert (account["read"], account["loaded"], account["rejected"], account["rejected_files"]) == (2, 1, 1, 1)
    assert [row["currency"] for row in reader.rows("exchange_rates")] == ["EUR"]
    [(file, position, *_)] = reader.rejects()
    assert (file.split("!")[0], position) == (name, 0)


READ_BOMB = """
import sys
from pathlib import Path
from sandan.ingest.intake import ingest
from sandan.record.settings import load_settings
account = ingest([Path(sys.argv[1])], load_settings(Path(sys.argv[2])))
print(account.total("read"), account.total("rejected"))
"""


@pytest.mark.parametrize(
    ("start", "filler"),
    [
        (b"currency,cny,valid_from\n", b"a"),
        (b'{"currency": "', b"a"),
        (b"<CEB311Message><Order><OrderHead><note>", b"a"),
        (b"", b"a"),
        (b"<CEB311Message>", b" "),
    ],
    ids=["csv", "jsonl", "xml", "one word", "spaces in xml"],
)
def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path, start: bytes, filler: bytes) -> None:
    # Members of one file, so that the half GiB need not be packed.
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(start, mtime=0) + gzip.compress(filler * 2**23) * 64)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (750 * 2**20, 750 * 2**20))

    command = [sys.executable, "-c", READ_BOMB, str(tmp_path / "bomb.gz"), str(tmp_path / "home")]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited, check=False)
    assert done.stdout == "1 1\n", done.stderr[-2000:]


def test_folders_are_looked_into_and_each_file_is_read_once(tmp_path: Path) -> None:
    for name in ("b/2.csv", "b/deep/3.csv", "a/1.csv", "a/.part"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(RATES)
    (tmp_path / "link.csv").symlink_to(tmp_path / "a/1.csv")
    found = find_files([tmp_path / "b", tmp_path, tmp_path / "a/1.csv"], tmp_path / "home")
    assert [path.name for path in found] == ["2.csv", "3.csv", "1.csv"]


@pytest.mark.parametrize("name", ["-rf.csv", "a b.csv", "订单'\".csv", "a!b.csv", "new\nline.csv", "100%.csv", "$(id).csv"])
def test_odd_names_are_names(reader: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(RATES)
    (tmp_path / f"{name}.bad").write_bytes(b"\x00")
    assert reader.read(tmp_path / name, tmp_path / f"{name}.bad")["loaded"] == 1
    assert reader.rejects()[0][0] == f"{name}.bad"


def test_what_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file or folder: .*one, .*two"):
        find_files([tmp_path / "one", tmp_path / "two"], tmp_path / "home")
    with pytest.raises(InputError, match="no files in it"):
        find_files([tmp_path], tmp_path / "home")


def test_the_home_is_never_read(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_bytes(RATES)
    reader.read(tmp_path / "rates.csv")
    with pytest.raises(InputError, match="lies in the home"):
        find_files([reader.home / "lake"], reader.home)
    # The folder around it is read without it, as `sandan ingest .` with the default home needs.
    assert find_files([tmp_path], reader.home) == [tmp_path / "rates.csv"]


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder that the reader below owns although the tests may run as root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
        yield folder


def _as_nobody(work: Callable[[], Any]) -> Any:
    """Root may read everything: do the work as a user who may not."""
    if os.geteuid() != 0:
        return work()
    os.setegid(65534)
    os.seteuid(65534)
    try:
        return work()
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_a_file_without_permission_is_one_rejected_file_that_says_what_to_correct(
    reader: Any, reader_at: Callable[[Path], Any], nobodys_folder: Path, tmp_path: Path
) -> None:
    # Modules that are imported on first use may lie where only root can read: use them once before.
    (tmp_path / "bad").write_bytes(b"\x00")
    reader.read(tmp_path / "bad")
    (nobodys_folder / "good.csv").write_bytes(RATES)
    (nobodys_folder / "closed.csv").write_bytes(MORE)
    (nobodys_folder / "closed.csv").chmod(0)

    def work() -> tuple[dict[str, Any], list[Any]]:
        reader = reader_at(nobodys_folder / "home")
        account = reader.read(nobodys_folder / "good.csv", nobodys_folder / "closed.csv")
        return account, reader.rejects()

    account, rejects = _as_nobody(work)
    assert (account["loaded"], account["rejected"], account["rejected_files"]) == (1, 1, 1)
    assert [reject[:4] for reject in rejects] == [("closed.csv", 0, "unknown", "unreadable")]
    assert "permission" in REMEDIES["unreadable"]


def test_a_folder_without_permission_is_told_and_not_passed_over(nobodys_folder: Path) -> None:
    (nobodys_folder / "open").mkdir()
    (nobodys_folder / "open" / "good.csv").write_bytes(RATES)
    (nobodys_folder / "closed").mkdir()
    (nobodys_folder / "closed").chmod(0)
    try:
        with pytest.raises(InputError, match=r"closed: no permission"):
            _as_nobody(lambda: find_files([nobodys_folder], nobodys_folder / "home"))
    finally:
        (nobodys_folder / "closed").chmod(0o700)


def test_unusable_files_end_with_bad_input_and_point_to_the_rejects(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_bytes(RATES)
    (tmp_path / "bad").write_bytes(b"\x00")
    account = ingest([tmp_path / "good.csv", tmp_path / "bad"], load_settings(reader.home))
    with pytest.raises(InputError, match=r"1 of 2 files .*`sandan rejects`") as caught:
        check_account(account, strict=False)
    assert caught.value.exit_code == 65
    check_account(ingest([tmp_path / "good.csv"], load_settings(reader.home)), strict=True)


def test_a_file_whose_name_is_no_text_is_read_all_the_same(reader: Any, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/rates-\xff.csv"))
    path.write_bytes(RATES)
    assert reader.read(path)["loaded"] == 1
    assert [row["file"] for row in reader.rows("exchange_rates")] == ["rates-\ufffd.csv"]

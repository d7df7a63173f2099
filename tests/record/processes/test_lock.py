"""One writer per home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandan.record.errors import BusyError, OutputError
from sandan.record.home import HomePaths
from sandan.record.processes.lock import home_lock

HOLDER = """
import sys
from pathlib import Path
from sandan.record.home import HomePaths
from sandan.record.processes.lock import home_lock
with home_lock(HomePaths(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def _holder(home: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until it is killed or its input ends."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_holds_the_lock_and_to_try_again(tmp_path: Path) -> None:
    with _holder(tmp_path) as process:
        with pytest.raises(BusyError, match=rf"process {process.pid}\); try again") as caught, home_lock(HomePaths(tmp_path)):
            pass
        process.kill()
    assert (caught.value.exit_code, caught.value.retryable) == (75, True)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with _holder(tmp_path) as process:
        process.kill()
        process.wait()
        with home_lock(HomePaths(tmp_path)):
            assert HomePaths(tmp_path).lock.read_text() == f"{os.getpid()}\n"


def test_a_writer_that_waits_gets_the_lock_when_it_is_given_back(tmp_path: Path) -> None:
    with _holder(tmp_path) as process:
        assert process.stdin
        process.stdin.close()
        with home_lock(HomePaths(tmp_path), wait_s=20):
            pass


def test_the_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), home_lock(HomePaths(tmp_path)):
        raise KeyError
    with home_lock(HomePaths(tmp_path)):
        pass


def test_one_process_does_not_hold_it_twice(tmp_path: Path) -> None:
    with home_lock(HomePaths(tmp_path)), pytest.raises(BusyError), home_lock(HomePaths(tmp_path)):
        pass


def test_the_home_is_made_for_its_owner_only(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path / "deep" / "home")
    with home_lock(paths):
        assert paths.root.stat().st_mode & 0o777 == 0o700
        assert paths.lock.stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="SANDAN_HOME"), home_lock(HomePaths(tmp_path / "file" / "home")):
        pass

"""A process that is to outlive the one that started it is left only where that one got to its end."""

import os
import signal
import subprocess
import sys
import time

import pytest

_STARTER = """
import subprocess, sys
from sandan.record.processes.orphans import ended_unless_done
with ended_unless_done() as ends_with_us:
    ends_with_us(subprocess.Popen(["sleep", "60"], start_new_session=True).pid)
    other = subprocess.Popen(["sleep", "60"], start_new_session=True).pid
    ends_with_us(other)
    print(other, flush=True)
    how = sys.stdin.readline().strip()
    if how == "error":
        raise SystemExit(3)
    if how == "wait":
        sys.stdin.readline()
"""


def _is_alive(number: int) -> bool:
    try:
        with open(f"/proc/{number}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _gone(number: int, within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while _is_alive(number) and time.monotonic() < end:
        time.sleep(0.02)
    return not _is_alive(number)


@pytest.mark.parametrize("how", ["done", "error", "killed"])
def test_what_was_started_is_left_where_the_starter_got_to_its_end(how: str) -> None:
    with subprocess.Popen([sys.executable, "-c", _STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdin and starter.stdout
        number = int(starter.stdout.readline())
        assert _is_alive(number)
        if how == "killed":
            starter.send_signal(signal.SIGKILL)
        else:
            starter.stdin.write(f"{how}\n")
            starter.stdin.flush()
        starter.wait(20)
    if how == "done":
        time.sleep(0.3)
        assert _is_alive(number)
        os.kill(number, signal.SIGKILL)
    assert _gone(number)

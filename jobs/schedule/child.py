"""One job as a process of its own: what it says goes to the log, what it holds goes back to the machine when it ends."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandan.record.errors import BusyError, ConfigError, InputError, StoreUnavailable
from sandan.record.processes.orphans import ending_with_parent
from sandan.record.settings import JobSettings

# What works by itself, without a terminal and without an end that somebody has to bring about.
COMMANDS = ("run", "ingest", "train", "score", "plan", "measure", "graph", "check", "doctor")
INTERRUPTED = 130
_PROGRAM = (sys.executable, "-c", "from sandan.jobs.cli import main; main()")
_LAST_LINES = 20
_ERROR = "sandan: "  # what the command line's message of an error begins with


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended.

    Attributes:
        state: `done`; `refused`: done, but files could not be used (as its run must show); `busy`: another run held the home; `stopped`;
            `failed`.
        code: Exit code; that of a signal is negative.
        said: Its error; where it gave none, the last lines that it wrote on standard error.
        pid: Its process.
        is_passing: Whether the same command may do better in a while: another run held the home, a server did not answer.
    """

    state: str
    code: int
    said: str = ""
    pid: int = 0
    is_passing: bool = False


def words_of(name: str, job: JobSettings) -> list[str]:
    """The words of a job's command.

    Raises:
        ConfigError: It is none that a schedule may call.
    """
    try:
        words = shlex.split(job.command)
    except ValueError as exc:
        raise ConfigError(f"[schedule] {name}: command: {exc}; correct sandan.toml") from exc
    if not words or words[0] not in COMMANDS:
        raise ConfigError(f"[schedule] {name}: `{job.command}` is no command of a schedule; it begins with one of {', '.join(COMMANDS)}")
    return words


class Child:
    """Starts a job's command and waits for it; another thread may stop it.

    Args:
        home: The home.
        heard: Called with each line that a job writes on standard error.
        stop_s: How long a job that is told to stop may take before it is killed.
    """

    def __init__(self, home: Path, heard: Callable[[str], None], stop_s: float) -> None:
        self._home, self._heard, self._stop_s = home, heard, stop_s
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False
        self._lock = threading.Lock()

    def run(self, words: list[str]) -> Ended:
        """Run a command of sandan to its end."""
        with self._lock:
            if self._stopping:
                return Ended("stopped", INTERRUPTED, "the schedule was stopped before it began")
            # A session of its own: Ctrl-C on the terminal of the schedule reaches it once, through the schedule.
            process = self._process = subprocess.Popen(
                [*_PROGRAM, *words],
                env={**os.environ, "SANDAN_HOME": str(self._home)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
                preexec_fn=ending_with_parent(),
            )
        assert process.stderr is not None
        last: deque[str] = deque(maxlen=_LAST_LINES)
        with process.stderr:
            for line in process.stderr:
                if text := line.strip():
                    last.append(text)
                    self._heard(text)
        code = process.wait()
        return ended(words[0], code, "\n".join(last), process.pid, stopped=self._stopping)

    def stop(self) -> None:
        """Interrupt the job that runs, wait for its end, and kill it where that takes too long; none is begun any more."""
        with self._lock:
            self._stopping = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(self._stop_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ended(command: str, code: int, said: str, pid: int, *, stopped: bool) -> Ended:
    """What an exit code means for a schedule.

    Args:
        command: The first word.
        code: Exit code; that of a signal is negative.
        said: What it wrote on standard error last.
        pid: Its process.
        stopped: Whether it was told to stop.
    """
    _, error, rest = said.rpartition(_ERROR)
    said = error + rest
    if code == 0:
        return Ended("done", code, said, pid)
    if stopped and code in (INTERRUPTED, -signal.SIGINT, -signal.SIGKILL, -signal.SIGTERM):
        return Ended("stopped", code, said, pid)
    if code == BusyError.exit_code:
        return Ended("busy", code, said, pid, is_passing=True)
    if code == InputError.exit_code and command == "run":
        return Ended("refused", code, said, pid)
    if code < 0:
        said = f"killed by signal {-code} ({signal.Signals(-code).name})" + (f"; it said last: {said}" if said else "")
    return Ended("failed", code, said, pid, is_passing=code == StoreUnavailable.exit_code)

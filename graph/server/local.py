"""The Neo4j of a home: `SANDAN_HOME/neo4j` with its data, its password and the number of its process."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandan.graph.server.config import Instance, admin_command, server_command, write_config
from sandan.graph.server.waiting import is_answering, wait_ready
from sandan.record.errors import ConfigError, OutputError, StoreError, StoreUnavailable
from sandan.record.home import HomePaths, make_private
from sandan.record.processes.lock import home_lock
from sandan.record.processes.orphans import ended_unless_done, ending_with_parent

Step = Callable[[str], None]

_START_TIMEOUT_S = 180.0
_STOP_TIMEOUT_S = 120.0


class LocalServer:
    """Starts and stops the Neo4j of a home; a second command on the same home waits for none and is refused.

    Args:
        home: `SANDAN_HOME`.
    """

    def __init__(self, home: Path) -> None:
        self.root = (home / "neo4j").absolute()

    @property
    def importing(self) -> Path:
        """File that is there while a bulk import is at work, and stays when that was broken off: the server cannot run on what it left."""
        return self.root / "IMPORTING"

    @property
    def is_set_up(self) -> bool:
        """Whether it ran once, so that it has its folders and its password."""
        return (self.root / "data" / "databases" / "system").exists()

    @property
    def password_file(self) -> Path:
        """File with the password of the user `neo4j`; only its owner can read it."""
        return self.root / "password"

    def password(self) -> str:
        """The password.

        Raises:
            StoreUnavailable: There is no server yet.
            ConfigError: The file cannot be read.
        """
        try:
            return self.password_file.read_text(encoding="ascii").strip()
        except FileNotFoundError as exc:
            raise StoreUnavailable(f"{self.password_file}: no local Neo4j yet; run `sandan neo4j start`") from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise ConfigError(f"{self.password_file}: cannot be read; make it readable for its owner") from exc

    def instance(self) -> Instance:
        """The server as it was configured last.

        Raises:
            StoreUnavailable: There is none yet.
        """
        try:
            text = (self.root / "conf" / "neo4j.conf").read_text(encoding="utf-8")
        except OSError as exc:
            raise StoreUnavailable(f"{self.root}: no local Neo4j yet; run `sandan neo4j start`") from exc
        port = re.search(r"^server\.bolt\.listen_address=127\.0\.0\.1:(\d+)$", text, re.MULTILINE)
        jars = re.search(r"^server\.directories\.lib=(.+)/lib$", text, re.MULTILINE)
        if not port or not jars:
            raise StoreUnavailable(f"{self.root / 'conf' / 'neo4j.conf'}: not as it was written; run `sandan neo4j start`")
        return Instance(self.root, Path(jars[1]), int(port[1]))

    def process(self) -> int | None:
        """Number of its process; None where it does not run."""
        try:
            number = int((self.root / "process").read_text(encoding="ascii"))
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        # Numbers of processes are used again: it must be the one that was started on this folder.
        return number if f"--home-dir={self.root}".encode() in words else None

    def start(
        self, dist: Path, *, port: int, heap: str, step: Step = lambda _: None, started: Callable[[int], None] = lambda _: None
    ) -> Instance:
        """Start the server, or find it running, and wait until it answers. Where that is broken off, no process of it is left.

        Args:
            dist: Its jars.
            port: Of Bolt, on 127.0.0.1.
            heap: Memory of the process, as `1g`.
            step: Called with what is being done.
            started: Called with the number of the process where one was started, before it answers.

        Raises:
            ConfigError: Java is missing, the port is taken, or the password is lost.
            StoreError: It did not start.
            OutputError: The folder is not writable.
            BusyError: Another command is at work on it.
        """
        with self.lock():
            if self.importing.exists():
                raise StoreError("neo4j: an import was broken off, and left no graph; run `sandan neo4j import` again")
            if self.process() is not None:
                instance = self.instance()
                wait_ready(instance, self.password(), lambda: self.process() is None, _START_TIMEOUT_S)
                return instance
            instance = Instance(self.root, dist, port)
            _check_port(port)
            with ended_unless_done() as ends_with_us:
                try:
                    write_config(instance)
                    self._make_password(instance)
                    number = self._spawn(instance, heap, (ends_with_us, started))
                except OSError as exc:
                    raise OutputError(f"{self.root}: cannot be written ({exc.strerror}); free space or choose another SANDAN_HOME") from exc
                step("starting Neo4j (about 15 s)")
                began = time.monotonic()
                try:
                    # Its words in /proc are not there from the very first moment, so the process itself is asked.
                    wait_ready(instance, self.password(), lambda: _has_ended(number), _START_TIMEOUT_S)
                except BaseException:
                    with contextlib.suppress(ProcessLookupError, ChildProcessError):
                        os.kill(number, signal.SIGKILL)
                        os.waitpid(number, 0)
                    raise
            step(f"ready after {time.monotonic() - began:.0f} s")
            return instance

    def configure(self, dist: Path, *, port: int) -> Instance:
        """Write the settings of a server that was set up, without starting it.

        Raises:
            OutputError: The folder is not writable.
            BusyError: Another command is at work on it.
        """
        instance = Instance(self.root, dist, port)
        with self.lock():
            if self.process() is not None:
                return self.instance()
            try:
                write_config(instance)
            except OSError as exc:
                raise OutputError(f"{self.root}: cannot be written ({exc.strerror}); free space or choose another SANDAN_HOME") from exc
        return instance

    def stop(self, step: Step = lambda _: None) -> bool:
        """Stop the server cleanly; whether it ran.

        Raises:
            StoreError: It did not stop.
            BusyError: Another command is at work on it.
        """
        with self.lock():
            if self.process() is None:
                return False
            step("stopping Neo4j (about 10 s)")
            if not self._end(_STOP_TIMEOUT_S):
                raise StoreError(f"neo4j: process {self.process()} did not stop; look into {self.root / 'logs' / 'debug.log'}, or kill it")
            return True

    def status(self) -> Instance:
        """The server, if it answers.

        Raises:
            StoreUnavailable: It does not run, or does not answer.
            ConfigError: Another server is on its port.
        """
        instance = self.instance()
        if self.process() is None:
            raise StoreUnavailable("neo4j: not running; run `sandan neo4j start`")
        if not is_answering(instance, self.password()):
            raise StoreUnavailable(f"neo4j: process {self.process()} does not answer yet; wait, or look into {instance.console}")
        return instance

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One command at a time.

        Raises:
            BusyError: Another is at work.
        """
        with home_lock(HomePaths(make_private(self.root))):
            yield

    def _make_password(self, instance: Instance) -> None:
        if self.is_set_up:
            if not self.password_file.exists():
                remedy = f"put the file back, or remove {self.root} to begin with an empty server"
                raise ConfigError(f"{self.password_file}: is gone, and the server's data cannot be used without; {remedy}")
            return
        with contextlib.suppress(FileExistsError):
            handle = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_hex(20)}\n")
        set_password(instance, self.password_file)

    def _spawn(self, instance: Instance, heap: str, callbacks: Iterable[Callable[[int], None]]) -> int:
        """Start the process in a session of its own, so that it outlives this one and no terminal's signals reach it."""
        files = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(instance.console), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        )
        command = server_command(instance, heap, f"-XX:ErrorFile={self.root}/logs/java-%p.log")
        number = os.posix_spawn(command[0], command, dict(os.environ), file_actions=files, setsid=True)
        for callback in callbacks:
            callback(number)
        (self.root / "process").write_text(f"{number}\n", encoding="ascii")
        return number

    def _end(self, timeout_s: float) -> bool:
        number = self.process()
        if number is None:
            return True
        os.kill(number, signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while self.process() is not None:
            _has_ended(number)  # where this very process started it, it stays listed until it is waited for
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True


def set_password(instance: Instance, file: Path) -> None:
    """Give the user `neo4j` of a server that never ran its first password, which nobody sees in a list of processes.

    Raises:
        ConfigError: Java is missing.
        StoreError: The server's tool refused.
    """
    command, environment = admin_command(instance, "dbms", "set-initial-password", f"@{file}", heap="256m")
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False, preexec_fn=ending_with_parent()
    )
    if done.returncode != 0:
        shutil.rmtree(instance.root / "data" / "dbms", ignore_errors=True)
        raise StoreError(f"neo4j: the password could not be set ({done.stderr.strip()[-300:]}); run the command again")


def _has_ended(number: int) -> bool:
    """Whether a process that this one has started is gone."""
    try:
        return os.waitpid(number, os.WNOHANG)[0] == number
    except ChildProcessError:
        return True


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        # A port that was in use a moment ago may be taken at once, as the server itself does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as exc:
            remedy = "stop that program, or choose another with --port"
            raise ConfigError(f"neo4j: port {port} of 127.0.0.1 is taken by another program; {remedy}") from exc

"""Processes of their own, for tests of what a process that is killed leaves behind.

They are forked from one that has loaded the libraries: loading them anew takes longer than what most of such processes are to do.
"""

import multiprocessing as mp
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LOADED = ["sandan.jobs.cli", "sandan.jobs.pipeline", "sandan.ingest.intake", "sandan.graph.arrays", "sandan.record.lake.upkeep"]
# In the new process: what a start as `python -c CODE ARGUMENTS` would have made of it.
_BEGIN = """
import os, sys
os.environ.clear()
os.environ.update(environment)
for number, path in ((1, out), (2, err)):
    os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
sys.argv = ["-c", *arguments]
exec(compile(code, "<code>", "exec"), {"__name__": "__main__"})
"""
_COMMAND_LINE = """
import sys
from sandan.jobs.cli import main
sys.argv[0] = "sandan"
main()
"""


class OwnProcess:
    """A process that runs Python code, begun at once."""

    def __init__(self, context: Any, code: str, arguments: tuple[str | Path, ...], environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._told = [Path(self._folder.name, name) for name in ("out", "err")]
        for file in self._told:
            file.touch()
        out, err = map(str, self._told)
        self._words = tuple(map(str, arguments))
        values = {"code": code, "arguments": self._words, "environment": {**os.environ, **environment}, "out": out, "err": err}
        # `exec` needs no module of the tests, which the new process could not import.
        self._process = context.Process(target=exec, args=(_BEGIN, values))
        self._process.start()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._process.kill()

    def wait(self, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        """Its exit code and what it wrote, once it has ended."""
        self._process.join(timeout_s)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise TimeoutError(f"not ended in {timeout_s} s")
        out, err = (file.read_text(encoding="utf-8") for file in self._told)
        self._process.close()
        self._folder.cleanup()
        return subprocess.CompletedProcess(self._words, code, out, err)


class OwnProcesses:
    """Starts them."""

    def __init__(self) -> None:
        self._context = mp.get_context("forkserver")
        self._context.set_forkserver_preload(_LOADED)

    def start(self, code: str, *arguments: str | Path, **environment: str) -> OwnProcess:
        """Run code in a process of its own, with arguments and a changed environment."""
        return OwnProcess(self._context, code, arguments, environment)

    def run(self, code: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """The same, and wait for its end."""
        return self.start(code, *arguments, **environment).wait()

    def sandan(self, *arguments: str | Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """The command line in a process of its own; `before` is code that runs first there."""
        return self.run(f"{before}\n{_COMMAND_LINE}", *arguments, **environment)

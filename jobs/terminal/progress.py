"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Report = Callable[[int, int], None]
_EVERY_S = 5.0


@contextlib.contextmanager
def counted(what: str) -> Iterator[Report]:
    """A function to report how many of how many are done; everything goes to standard error."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    started = last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= _EVERY_S:
            last = now
            say(f"{what}: {done} of {total}, {now - started:.0f} s")

    yield report


def say(text: str) -> None:
    """One line for the operator, on standard error."""
    print(text, file=sys.stderr, flush=True)

"""A synthetic world straight into a home: its messages are read and thrown away, only the key stays."""

import shutil
import tempfile
from pathlib import Path

from sandan.ingest.intake import ingest
from sandan.jobs.terminal.accounts import print_account
from sandan.jobs.terminal.progress import counted
from sandan.record.errors import OutputError
from sandan.record.settings import Settings
from sandan.synthetic.params import WorldParams
from sandan.synthetic.world import write_world


def fill_lake(settings: Settings, out: Path, params: WorldParams, processes: int) -> Path:
    """Reads a new world into the home.

    Args:
        settings: The home; what it holds already stays.
        out: Names the key, as of a world on disk; nothing else is written there.
        params: What to make.
        processes: How many processes make it.

    Returns:
        The answer key.

    Raises:
        OutputError: Key, home or the temporary folder beside it cannot be written.
    """
    key = out.with_name(out.name + ".key.csv")
    if key.exists():
        raise OutputError(f"{key}: there is a key already: name another world, or remove it")
    try:
        settings.home.parent.mkdir(parents=True, exist_ok=True)
        key.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sandan-world-", dir=settings.home.parent) as folder:
            with counted("writing consignments") as report:
                made = write_world(Path(folder) / "world", params, processes=processes, progress=report)
            # First, so that what was read before a failure is not left without its key.
            shutil.move(made.key, key)
            with counted("reading files") as report:
                account = ingest([made.folder], settings, progress=report)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error}") from error
    print_account(account, as_json=False)
    return key

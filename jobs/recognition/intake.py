"""Pictures of a folder: kept in the home, and what a recogniser sees in them as records of `scans`."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandan.ingest.account import Account
from sandan.jobs.received import take_in
from sandan.jobs.recognition.recogniser import Recogniser
from sandan.record.errors import InputError
from sandan.record.home import HomePaths
from sandan.record.pictures.store import MOST_BYTES, Pictures, opened_picture
from sandan.record.settings import Settings

_ENDINGS = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a folder.

    Attributes:
        n_kept: Pictures that are in the home now.
        refused: What could not be used, a line each.
        unsure: Pictures in which the recogniser was sure of nothing.
        account: Of the records of `scans`; None without any.
    """

    n_kept: int
    refused: tuple[str, ...]
    unsure: int
    account: Account | None


def take_pictures(
    settings: Settings,
    folder: Path,
    recogniser: Recogniser | None,
    least: float,
    progress: Callable[[int, int], None] = lambda _n, _of: None,
) -> Taken:
    """Keep the pictures of a folder, each under the number of the parcel that its name is, and look at them.

    Args:
        settings: The home.
        folder: Its files `NUMBER.png`, `NUMBER.jpg`, several of a parcel as `NUMBER_2.png`; looked into recursively.
        recogniser: Who looks at them; None: nobody.
        least: The smallest confidence that becomes a record.
        progress: Called with files done and files in all.

    Raises:
        InputError: There is no picture in it.
        BusyError, OutputError: The home cannot be written.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
    if not files:
        raise InputError(f"{folder}: holds no .png or .jpg; name a folder with pictures called after their parcels")
    pictures, refused, unsure, n_kept = Pictures(HomePaths(settings.home)), [], 0, 0
    records: list[dict[str, Any]] = []
    for done, path in enumerate(files, 1):
        progress(done, len(files))  # before what may refuse it: refused ones are done too
        try:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
            kept = pictures.keep(content, path.name, path.stem.partition("_")[0])
            n_kept += 1
            seen = recogniser.look(opened_picture(content, path.name), least) if recogniser else None
        except OSError as exc:
            refused.append(f"{path.name}: cannot be read ({exc.strerror})")
            continue
        except InputError as exc:
            refused.append(str(exc))
            continue
        if seen is None:
            unsure += recogniser is not None
        else:
            at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)  # when the picture was taken, as far as the file knows
            prohibited = {"prohibited": seen.label} if seen.is_prohibited else {}
            records.append(
                {
                    "logistics_no": kept.logistics_no, "scanned_at": at.isoformat(timespec="seconds"), "recognised": seen.label,
                    "confidence": seen.confidence, "image": kept.sha256, **prohibited,
                }
            )  # fmt: skip
    account = take_in({"scans": records}, settings) if records else None
    return Taken(n_kept, tuple(refused), unsure, account)

"""Bundles out and in: numbered, kept in mind, and taken whole or not at all."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandan.ingest.account import Account
from sandan.jobs.received import take_in
from sandan.jobs.sharing.contents import TABLES, checked, gather, sourced
from sandan.record.bundles.envelope import LARGEST_BYTES, Bundle, closed, opened
from sandan.record.bundles.keys import public_text, signing_key
from sandan.record.errors import InputError, OutputError
from sandan.record.files.checksums import read_sealed, seal
from sandan.record.files.durable import write_durably
from sandan.record.home import HomePaths, make_private
from sandan.record.processes.lock import bundles_lock
from sandan.record.settings import Settings

COLUMNS = ("direction", "name", "serial", "made_at", "expires_at", "at", "watchlists", "risk_profiles", "typologies", "statistics")
STATISTIC_COLUMNS = ("name", "serial", "made_at", "statistic", "of", "n", "breaches")
_REMEDY = "restore `bundles` from the backup; without it an older bundle could be taken again"


def own_key(settings: Settings) -> str:
    """The public key that others need to trust this home's bundles."""
    return public_text(signing_key(HomePaths(settings.home)))


def export_bundle(settings: Settings, out: Path, wanted: Collection[str], days: int | None = None) -> Iterator[str]:
    """Write a bundle; give lines that say what is in it and what was left out.

    Args:
        settings: The home.
        out: A new file.
        wanted: Parts, of `sandan.jobs.sharing.contents.PARTS`.
        days: How long it may be imported; None: as the settings say.

    Raises:
        OutputError: The file is there already or cannot be written.
        BusyError: Another bundle is being made or taken.
    """
    paths, now = HomePaths(settings.home), dt.datetime.now(dt.UTC)
    if out.exists():
        raise OutputError(f"{out}: is there already; name a new file")
    with bundles_lock(paths):
        found = gather(settings, wanted)
        # Never smaller than the time: a home that was restored from a backup goes on above the numbers that it gave before.
        serial = max([int(now.timestamp()), *(kept["serial"] + 1 for kept in _kept(paths, "sent"))])
        ends = now + dt.timedelta(days=days or settings.sharing.days)
        text = closed(signing_key(paths), serial, now, ends, found.parts)
        if len(text.encode()) > LARGEST_BYTES:
            raise InputError(f"the bundle would be larger than {LARGEST_BYTES >> 20} MiB; export fewer parts with --part")
        counts = {name: len(rows) for name, rows in found.parts.items()}
        _keep(paths, "sent", "own", {"serial": serial, "made_at": now.isoformat(), "expires_at": ends.isoformat(), "counts": counts})
        write_durably(out, text)
    held = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items())
    yield f"{out}: number {serial}, {held}; may be imported until {ends:%Y-%m-%d %H:%M} UTC"
    yield from (f"left out: {words}" for words in found.left_out)


def import_bundle(settings: Settings, file: Path) -> tuple[Bundle, Account | None, Path | None]:
    """Take a bundle in: its watchlists and profiles into the lake, its typologies and statistics beside it.

    Returns:
        What it was; the account of its records, None where it has none; the folder of its typologies, None likewise.

    Raises:
        InputError: It is refused; nothing of it was taken.
        ConfigError: A trusted key cannot be read.
        BusyError: Another run holds the home.
    """
    paths, now = HomePaths(settings.home), dt.datetime.now(dt.UTC)
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_BYTES + 1)
    except OSError as exc:
        raise InputError(f"{file}: cannot be read ({exc.strerror}); name the file of a bundle") from exc
    with bundles_lock(paths):
        last = {kept["key"]: kept for kept in sorted(_kept(paths, "taken"), key=lambda kept: kept["serial"])}
        try:
            bundle = opened(text, settings.sharing.trusted, {key: kept["serial"] for key, kept in last.items()}, now)
            parts = checked(bundle.signer, bundle.contents)
            digest = hashlib.sha256(json.dumps(bundle.contents, sort_keys=True).encode()).hexdigest()
            former = last.get(bundle.key)
            if former and former["serial"] == bundle.serial and former["digest"] != digest:
                raise InputError(f"its number was on another bundle of {bundle.signer} before; ask {bundle.signer} for a new one")
        except InputError as exc:
            raise InputError(f"{file}: refused: {exc}") from exc
        records = {
            name: [{**row, "source": sourced(bundle.signer, row["source"])} for row in parts[name]] for name in TABLES if parts.get(name)
        }
        account = take_in(records, settings) if records else None
        folder = _put_typologies(paths, bundle, parts.get("typologies", []))
        _keep(
            paths, "taken", _folder_of(bundle.key),
            {
                "signer": bundle.signer, "key": bundle.key, "serial": bundle.serial, "made_at": bundle.made_at.isoformat(),
                "expires_at": bundle.expires_at.isoformat(), "digest": digest, "counts": {name: len(rows) for name, rows in parts.items()},
                "statistics": parts.get("statistics", []),
            },
        )  # fmt: skip
    return bundle, account, folder


def _folder_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _put_typologies(paths: HomePaths, bundle: Bundle, rows: list[dict[str, Any]]) -> Path | None:
    """Lay typologies down to be read: they are programs, and run only when somebody moves them to his own."""
    if not rows:
        return None
    folder = make_private(paths.bundles / "taken" / _folder_of(bundle.key) / f"typologies-{bundle.serial}")
    for row in rows:
        write_durably(folder / row["file"], row["text"])
    return folder


def _keep(paths: HomePaths, direction: str, whose: str, said: Mapping[str, Any]) -> None:
    folder = make_private(paths.bundles / direction / whose)
    text = json.dumps(seal({**said, "at": dt.datetime.now(dt.UTC).isoformat(), "files": {}}), ensure_ascii=False, indent=1)
    write_durably(folder / f"{said['serial']}.json", text)


def _kept(paths: HomePaths, direction: str) -> list[dict[str, Any]]:
    return [read_sealed(path, _REMEDY) for path in sorted((paths.bundles / direction).glob("*/*.json"))]


def bundle_rows(settings: Settings) -> list[dict[str, Any]]:
    """Bundles that were given out and taken, the newest first; columns `COLUMNS`."""
    paths = HomePaths(settings.home)
    rows = [
        {
            "direction": direction,
            "name": kept.get("signer", ""),
            **{name: kept[name] for name in ("serial", "made_at", "expires_at", "at")},
            **kept["counts"],
        }
        for direction in ("sent", "taken")
        for kept in _kept(paths, direction)
    ]
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def statistic_rows(settings: Settings) -> list[dict[str, Any]]:
    """Statistics of the newest bundle of each sender that has any; columns `STATISTIC_COLUMNS`."""
    newest: dict[str, dict[str, Any]] = {}
    for kept in sorted(_kept(HomePaths(settings.home), "taken"), key=lambda kept: kept["serial"]):
        if kept["statistics"]:
            newest[kept["key"]] = kept
    return [
        {"name": kept["signer"], "serial": kept["serial"], "made_at": kept["made_at"], **row}
        for kept in newest.values()
        for row in kept["statistics"]
    ]

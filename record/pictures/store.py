"""The pictures of a home: each file once, under its SHA-256, with an index of parcels."""

import contextlib
import datetime as dt
import hashlib
import io
import os
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from sandan.record.errors import DamagedFile, InputError, OutputError, UnknownId
from sandan.record.files.durable import sync
from sandan.record.home import HomePaths, make_private
from sandan.record.pictures.likeness import LIKE_BITS, different_bits, likeness

MOST_BYTES, MOST_PIXELS = 10 * 2**20, 40_000_000
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}
_TABLE = (
    "create table if not exists pictures (sha256 text not null, logistics_no text not null, name text not null, kind text not null, "
    "likeness text not null, width integer not null, height integer not null, kept_at text not null, primary key (sha256, logistics_no))"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a parcel.

    Attributes:
        sha256: Of its file, 64 hexadecimal digits.
        logistics_no: Number of the parcel.
        name: Of the file that was handed in.
        kind: `image/png` or `image/jpeg`.
        width: In pixels.
        height: In pixels.
        bits: In how many bits it differs from the one that was asked about; 0 for itself.
    """

    sha256: str
    logistics_no: str
    name: str
    kind: str
    width: int
    height: int
    bits: int = 0


def opened_picture(content: bytes, name: str) -> Image.Image:
    """A picture from the bytes of a file, decoded whole.

    Raises:
        InputError: It is no PNG or JPEG, broken, or larger than a picture may be.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"{name}: has more than {MOST_BYTES >> 20} MiB; give a smaller picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=tuple(KINDS))
            if picture.width * picture.height > MOST_PIXELS:
                raise InputError(f"{name}: has more than {MOST_PIXELS // 10**6} million pixels; give a smaller picture")
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as exc:
        raise InputError(f"{name}: is no PNG or JPEG that can be read; export the picture again") from exc
    return picture


class Pictures:
    """The pictures of one home."""

    def __init__(self, paths: HomePaths) -> None:
        self._folder = paths.pictures

    def keep(self, content: bytes, name: str, logistics_no: str) -> Picture:
        """Keep a picture of a parcel; the same one again changes nothing.

        Raises:
            InputError: As `opened_picture`, or no parcel is named.
            OutputError: It cannot be written.
        """
        if not logistics_no.strip():
            raise InputError(f"{name}: names no parcel; call the file NUMBER.png after the parcel's number")
        picture = opened_picture(content, name)
        digest, kind = hashlib.sha256(content).hexdigest(), KINDS[picture.format or ""]
        try:
            self._write(digest, content)
            with self._index() as con:
                con.execute(
                    "insert or ignore into pictures values (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        digest, logistics_no, name, kind, f"{likeness(picture):016x}", picture.width, picture.height,
                        dt.datetime.now(dt.UTC).isoformat(),
                    ),
                )  # fmt: skip
        except (OSError, sqlite3.Error) as exc:
            raise OutputError(f"{self._folder}: cannot be written ({exc}); free space or make it writable, then try again") from exc
        return Picture(digest, logistics_no, name, kind, picture.width, picture.height)

    def of_parcel(self, logistics_no: str) -> list[Picture]:
        """Pictures of a parcel, in the order in which they came."""
        return self._rows("select * from pictures where logistics_no = ? order by kept_at, sha256", logistics_no)

    def like(self, picture: Picture, most: int) -> list[Picture]:
        """Pictures of other parcels that look like one, the likest first."""
        if not (self._folder / "index.db").exists():
            return []
        with self._index() as con:
            rows = con.execute(
                "select sha256, logistics_no, name, kind, width, height, likeness from pictures order by sha256, logistics_no"
            ).fetchall()
        own = next((row[6] for row in rows if row[0] == picture.sha256), None)
        if own is None:
            return []
        bits = different_bits(int(own, 16), np.array([int(row[6], 16) for row in rows], dtype=np.uint64))
        near = [
            replace(Picture(*row[:6]), bits=int(n))
            for row, n in zip(rows, bits, strict=True)
            if n <= LIKE_BITS and row[1] != picture.logistics_no
        ]
        return sorted(near, key=lambda one: (one.bits, one.logistics_no))[:most]

    def content(self, sha256: str) -> tuple[str, bytes]:
        """Kind and bytes of a picture.

        Raises:
            UnknownId: There is none.
            DamagedFile: Its file is missing, or is not what was kept.
        """
        found = self._rows("select * from pictures where sha256 = ? limit 1", sha256)
        if not found:
            raise UnknownId("there is no such picture")
        path = self._path(sha256)
        try:
            content = path.read_bytes()
        except OSError as exc:
            raise DamagedFile(f"{path}: cannot be read ({exc.strerror}); restore it from the backup") from exc
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedFile(f"{path}: is not what was kept; restore it from the backup")
        return found[0].kind, content

    def _rows(self, sql: str, value: str) -> list[Picture]:
        if not (self._folder / "index.db").exists():
            return []
        with self._index() as con:
            rows = con.execute(sql.replace("*", "sha256, logistics_no, name, kind, width, height"), (value,)).fetchall()
        return [Picture(*row) for row in rows]

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _write(self, sha256: str, content: bytes) -> None:
        path = self._path(sha256)
        if path.exists() and path.read_bytes() == content:
            return
        make_private(path.parent)
        fresh = path.with_name(f".{sha256}.{os.getpid()}")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync(path.parent)

    @contextlib.contextmanager
    def _index(self) -> Iterator[sqlite3.Connection]:
        make_private(self._folder)
        con = sqlite3.connect(self._folder / "index.db", timeout=30)
        try:
            with con:
                con.execute(_TABLE)
                yield con
        finally:
            con.close()

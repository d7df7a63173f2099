"""Who did what: rows that are only ever added, each sealed together with all before it."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import AUDIT
from sandan.record.ids import Keyring

_START = "0" * 64
_BLOCK = 5000
LONGEST_SUBJECT = 400


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        name: Account, or `system` for a command of the terminal.
        role: Its role.
        user_id: Its number; 0 for none.
    """

    name: str
    role: str
    user_id: int = 0


class Audit:
    """The audit of one app database, sealed with the installation's key: whoever has the database alone can not write it anew."""

    def __init__(self, database: AppDatabase, keyring: Keyring) -> None:
        self._database = database
        self._key = keyring.key

    def add(self, con: sa.Connection, actor: Actor, action: str, subject: str, **detail: Any) -> None:
        """Add a row inside a transaction of `writing`: the row and what it tells of are kept together or not at all.

        Args:
            con: The transaction.
            actor: Who.
            action: What: `look`, `search`, `decide`, `unmask`, ...
            subject: On what: `consignment:ID`, `case:7`, `user:li`, ...
            detail: Why and how; never a person's data in clear.
        """
        last = con.execute(sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).one_or_none()
        seq, before = (last.seq + 1, last.hash) if last else (1, _START)
        row = {
            "seq": seq,
            "at": stamp(utc_now()),
            "actor": actor.name,
            "role": actor.role,
            "action": action,
            "subject": subject[:LONGEST_SUBJECT],
            "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
        }
        con.execute(AUDIT.insert().values(**row, hash=self._seal(before, row)))

    def record(self, actor: Actor, action: str, subject: str, **detail: Any) -> None:
        """Add a row by itself."""
        with self._database.writing() as con:
            self.add(con, actor, action, subject, **detail)

    def search(
        self, *, actor: str = "", action: str = "", subject: str = "", since: str = "", until: str = "", start: int = 0, limit: int = 100
    ) -> tuple[list[dict[str, Any]], int]:
        """Rows, the newest first, and how many there are in all.

        Args:
            actor: Account; empty for all.
            action: Kind of action; empty for all.
            subject: Part of the subject.
            since: First day, `2025-04-01`.
            until: Last day.
            start: Rows to leave out.
            limit: Rows to give.
        """
        wanted = []
        if actor:
            wanted.append(AUDIT.c.actor == actor)
        if action:
            wanted.append(AUDIT.c.action == action)
        if subject:
            wanted.append(AUDIT.c.subject.contains(subject, autoescape=True))
        if since:
            wanted.append(AUDIT.c.at >= since)
        if until:
            wanted.append(AUDIT.c.at < f"{until}T24")  # behind every time of that day, as texts compare
        with self._database.reading() as con:
            total = con.execute(sa.select(sa.func.count()).select_from(AUDIT).where(*wanted)).scalar_one()
            found = con.execute(sa.select(AUDIT).where(*wanted).order_by(AUDIT.c.seq.desc()).offset(start).limit(limit))
            return [{**row._mapping, "detail": json.loads(row.detail)} for row in found], int(total)

    def head(self) -> tuple[int, str]:
        """Number and seal of the last row; 0 and the start of the chain for none."""
        with self._database.reading() as con:
            last = con.execute(sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).one_or_none()
        return (int(last.seq), str(last.hash)) if last else (0, _START)

    def seal_of(self, seq: int) -> str:
        """Seal of a row; empty text where there is none of that number."""
        with self._database.reading() as con:
            return str(con.execute(sa.select(AUDIT.c.hash).where(AUDIT.c.seq == seq)).scalar() or "")

    def fault(self) -> str:
        """The first thing that is wrong with the chain, in words; empty text where every row is as it was written."""
        expected, before = 1, _START
        with self._database.reading() as con:
            while True:
                rows = con.execute(sa.select(AUDIT).where(AUDIT.c.seq >= expected).order_by(AUDIT.c.seq).limit(_BLOCK)).all()
                for row in rows:
                    if row.seq != expected:
                        return f"rows {expected} to {row.seq - 1} are missing"
                    told = {name: row._mapping[name] for name in ("seq", "at", "actor", "role", "action", "subject", "detail")}
                    if not hmac.compare_digest(row.hash, self._seal(before, told)):
                        return f"row {row.seq} ({row.at}, {row.actor}, {row.action}) was changed, or one before it was removed"
                    expected, before = row.seq + 1, row.hash
                if len(rows) < _BLOCK:
                    return ""

    def _seal(self, before: str, row: Mapping[str, Any]) -> str:
        """HMAC-SHA256 over the seal before and the row, RFC 2104."""
        text = json.dumps([before, *(row[name] for name in ("seq", "at", "actor", "role", "action", "subject", "detail"))])
        return hmac.new(self._key, b"audit\x1f" + text.encode(), "sha256").hexdigest()

"""Tokens of programs that use the API: shown once, kept as their hash, each for what it is given for."""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, moment, stamp, utc_now
from sandan.record.app.roles import SCOPES
from sandan.record.app.tables import API_TOKENS
from sandan.record.errors import InputError, UnknownId

LONGEST_DAYS = 3650
_PREFIX = "sandan_"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,56}")
_USED_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token in force.

    Attributes:
        name: What its program is called.
        scopes: What it may be used for.
    """

    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        """As the audit names it."""
        return Actor(f"token:{self.name}", "program")


class Tokens:
    """The tokens of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def add(self, actor: Actor, name: str, scopes: Collection[str], days: int | None = None) -> str:
        """Make a token; return what the program has to send, which nobody can read again.

        Args:
            actor: Who makes it.
            name: Small letters, digits and `._-`.
            scopes: Some of `SCOPES`.
            days: How long it is in force; None: until it is removed.

        Raises:
            InputError: Name, scopes or days cannot be used, or a token in force has that name.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise InputError("a name has 2 to 57 small letters, digits, or one of . _ - after the first")
        if not scopes or not set(scopes) <= set(SCOPES):
            raise InputError(f"a token is for one or more of: {', '.join(SCOPES)}")
        if days is not None and not 1 <= days <= LONGEST_DAYS:
            raise InputError(f"a token is in force for 1 to {LONGEST_DAYS} days")
        now, text = utc_now(), _PREFIX + secrets.token_urlsafe(32)
        until = stamp(now + dt.timedelta(days=days)) if days else None
        chosen = [scope for scope in SCOPES if scope in scopes]
        with self._database.writing() as con:
            if con.execute(sa.select(API_TOKENS.c.token_id).where(API_TOKENS.c.name == name, API_TOKENS.c.removed_at.is_(None))).first():
                raise InputError(f"{name}: there is such a token; remove it with `sandan token remove {name}` or take another name")
            con.execute(
                API_TOKENS.insert().values(
                    name=name, token_hash=_hash(text), scopes=" ".join(chosen), made_at=stamp(now), made_by=actor.name, until=until
                )
            )
            self._audit.add(con, actor, "account", f"token:{name}", change="made", scopes=chosen, until=until)
        return text

    def remove(self, actor: Actor, name: str) -> None:
        """Take a token out of force.

        Raises:
            UnknownId: There is none of that name.
        """
        with self._database.writing() as con:
            its = sa.and_(API_TOKENS.c.name == name.strip().lower(), API_TOKENS.c.removed_at.is_(None))
            if not con.execute(API_TOKENS.update().where(its).values(removed_at=stamp(utc_now()))).rowcount:
                raise UnknownId(f"{name}: there is no such token; `sandan token list` shows them")
            self._audit.add(con, actor, "account", f"token:{name}", change="removed")

    def rows(self) -> list[dict[str, Any]]:
        """All tokens, removed ones too, by name: name, scopes, status, made_at, made_by, until, used_at. Never the token."""
        with self._database.reading() as con:
            found = con.execute(sa.select(API_TOKENS).order_by(API_TOKENS.c.name, API_TOKENS.c.token_id)).all()
        now = stamp(utc_now())
        return [
            {
                "name": row.name,
                "scopes": row.scopes.replace(" ", "|"),
                "status": "removed" if row.removed_at else "expired" if row.until and row.until <= now else "active",
                "made_at": row.made_at,
                "made_by": row.made_by,
                "until": row.until or "",
                "used_at": row.used_at or "",
            }
            for row in found
        ]

    def of(self, text: str) -> Token | None:
        """The token in force that a program has sent; None where it is none."""
        if not text.startswith(_PREFIX) or len(text) > 200 or not text.isascii():
            return None
        now = utc_now()
        with self._database.reading() as con:
            row = con.execute(
                sa.select(API_TOKENS).where(API_TOKENS.c.token_hash == _hash(text), API_TOKENS.c.removed_at.is_(None))
            ).one_or_none()
        if row is None or (row.until and row.until <= stamp(now)):
            return None
        if not row.used_at or (now - moment(row.used_at)).total_seconds() > _USED_EVERY_S:
            with self._database.writing() as con:
                con.execute(API_TOKENS.update().where(API_TOKENS.c.token_id == row.token_id).values(used_at=stamp(now)))
        return Token(row.name, frozenset(row.scopes.split()))


def _hash(text: str) -> str:
    """SHA-256: a token is 256 random bits, so that there is nothing to guess and no salt to keep."""
    return hashlib.sha256(text.encode()).hexdigest()

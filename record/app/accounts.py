"""Accounts and sessions: passwords as Argon2id, sessions that the server keeps and ends."""

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, moment, stamp, utc_now
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.tables import SESSIONS, USERS
from sandan.record.errors import InputError, UnknownId

# NIST SP 800-63B: length counts, rules on characters do not; a limit because hashing takes as long as the text is.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
MOST_FAILURES, LOCKED_MINUTES = 5, 15
NO_PASSWORD = "!"  # of an account that signs in another way
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_SEEN_EVERY_S = 30.0  # how exact the time of the last request is: not every request writes
_hasher = PasswordHasher()  # parameters of RFC 9106, low-memory profile
_decoy = _hasher.hash(secrets.token_urlsafe(16))  # so that a name that is unknown takes as long as one that is known


@dataclass(frozen=True, slots=True)
class User:
    """An account.

    Attributes:
        user_id: Its number.
        name: What its owner signs in with.
        shown_name: What others see.
        role: One of `ROLES`.
    """

    user_id: int
    name: str
    shown_name: str
    role: str

    def may(self, permission: Permission) -> bool:
        """Whether the role has a permission."""
        return permission in ROLES.get(self.role, frozenset())

    @property
    def actor(self) -> Actor:
        """As the audit names it."""
        return Actor(self.name, self.role, self.user_id)


class Accounts:
    """The accounts of one app database.

    Args:
        database: Where they are.
        audit: Where changes, sign-ins and failures are written down.
        idle: How long a session lives without a request.
        longest: How long a session lives at most.
    """

    def __init__(self, database: AppDatabase, audit: Audit, *, idle: dt.timedelta, longest: dt.timedelta) -> None:
        self._database, self._audit, self._idle, self._longest = database, audit, idle, longest

    def any(self) -> bool:
        """Whether there is an account."""
        with self._database.reading() as con:
            return con.execute(sa.select(USERS.c.user_id).where(USERS.c.removed_at.is_(None)).limit(1)).first() is not None

    def rows(self) -> list[dict[str, Any]]:
        """All accounts, removed ones too, by name: name, shown_name, role, made_at, seen_at, status."""
        now = stamp(utc_now())
        seen = sa.select(sa.func.max(SESSIONS.c.seen_at)).where(SESSIONS.c.user_id == USERS.c.user_id).scalar_subquery()
        with self._database.reading() as con:
            found = con.execute(sa.select(USERS, seen.label("seen_at")).order_by(USERS.c.name)).all()
        return [
            {
                "name": row.name,
                "shown_name": row.shown_name,
                "role": row.role,
                "made_at": row.made_at,
                "seen_at": row.seen_at or "",
                "status": "removed" if row.removed_at else "locked" if (row.locked_until or "") > now else "active",
            }
            for row in found
        ]

    def named(self, name: str) -> User:
        """An account by its name.

        Raises:
            UnknownId: There is none.
        """
        with self._database.reading() as con:
            row = con.execute(sa.select(USERS).where(USERS.c.name == name.lower(), USERS.c.removed_at.is_(None))).one_or_none()
        if row is None:
            raise UnknownId(f"{name}: there is no such account; `sandan user list` shows them")
        return _user(row)

    def add(self, actor: Actor, name: str, role: str, password: str | None, shown_name: str = "") -> User:
        """Make an account; one that was removed comes back with the same name.

        Args:
            actor: Who makes it.
            name: Small letters, digits and `._@-`.
            role: One of `ROLES`.
            password: Its password; None for one that signs in another way.
            shown_name: What others see; the name without one.

        Raises:
            InputError: Name, role or password cannot be used, or the name is taken.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise InputError("a name has 2 to 64 small letters, digits, or one of . _ @ - after the first")
        _check_role(role)
        hashed = NO_PASSWORD if password is None else hash_password(password, name)
        values = {"shown_name": shown_name.strip()[:200] or name, "role": role, "password": hashed, "made_at": stamp(utc_now())}
        with self._database.writing() as con:
            old = con.execute(sa.select(USERS).where(USERS.c.name == name)).one_or_none()
            if old is None:
                con.execute(USERS.insert().values(name=name, **values))
            elif old.removed_at is None:
                raise InputError(f"{name}: there is such an account; change its role with `sandan user role {name} ROLE`")
            else:
                con.execute(USERS.update().where(USERS.c.name == name).values(removed_at=None, n_failed=0, locked_until=None, **values))
            row = con.execute(sa.select(USERS).where(USERS.c.name == name)).one()
            self._audit.add(con, actor, "account", f"user:{name}", change="made", role=role)
        return _user(row)

    def add_first(self, name: str, password: str) -> User:
        """Make the first account, an admin's.

        Raises:
            InputError: There is an account already, or name or password cannot be used.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise InputError("a name has 2 to 64 small letters, digits, or one of . _ @ - after the first")
        values = {"name": name, "shown_name": name, "role": "admin", "password": hash_password(password, name), "made_at": stamp(utc_now())}
        with self._database.writing() as con:
            if con.execute(sa.select(USERS.c.user_id).limit(1)).first() is not None:
                raise InputError("there is an account already; ask its owner for one, or run `sandan user add`")
            con.execute(USERS.insert().values(**values))
            row = con.execute(sa.select(USERS).where(USERS.c.name == name)).one()
            self._audit.add(con, _user(row).actor, "account", f"user:{name}", change="made", role="admin")
        return _user(row)

    def change_role(self, actor: Actor, name: str, role: str) -> None:
        """Give an account another role; it holds from its next request.

        Raises:
            InputError, UnknownId: There is no such role or account, or it is the last admin.
        """
        _check_role(role)
        user = self.named(name)
        with self._database.writing() as con:
            self._keep_an_admin(con, user, role)
            con.execute(USERS.update().where(USERS.c.user_id == user.user_id).values(role=role))
            self._audit.add(con, actor, "account", f"user:{user.name}", change="role", role=role, before=user.role)

    def change_password(self, actor: Actor, name: str, password: str) -> None:
        """Give an account another password; its sessions end, a lock is lifted.

        Raises:
            InputError, UnknownId: It cannot be used, or there is no such account.
        """
        user = self.named(name)
        hashed = hash_password(password, user.name)
        with self._database.writing() as con:
            con.execute(USERS.update().where(USERS.c.user_id == user.user_id).values(password=hashed, n_failed=0, locked_until=None))
            self._end_all(con, user.user_id)
            self._audit.add(con, actor, "account", f"user:{user.name}", change="password")

    def remove(self, actor: Actor, name: str) -> None:
        """Close an account; what it did stays. Its sessions end.

        Raises:
            InputError, UnknownId: It is the last admin, or there is no such account.
        """
        user = self.named(name)
        with self._database.writing() as con:
            self._keep_an_admin(con, user, "")
            con.execute(USERS.update().where(USERS.c.user_id == user.user_id).values(removed_at=stamp(utc_now())))
            self._end_all(con, user.user_id)
            self._audit.add(con, actor, "account", f"user:{user.name}", change="removed")

    def sign_in(self, name: str, password: str) -> tuple[User, str] | None:
        """Begin a session; after some failures the account is locked for a while, whoever tries.

        Returns:
            The account and the token for the browser; None where name and password do not belong together, or the account is locked.
        """
        name = name.strip().lower()
        with self._database.reading() as con:
            row = con.execute(sa.select(USERS).where(USERS.c.name == name, USERS.c.removed_at.is_(None))).one_or_none()
        hashed = row.password if row is not None and row.password != NO_PASSWORD else _decoy
        fits = _fits(hashed, password[:LONGEST_PASSWORD]) and row is not None and row.password != NO_PASSWORD
        if row is None:
            # What was typed may be a password in the wrong field: it is not written down.
            self._audit.record(Actor("", ""), "refused", "sign-in", why="unknown name")
            return None
        now = utc_now()
        with self._database.writing() as con:
            # Read again: others may be guessing at the same time.
            row = con.execute(sa.select(USERS).where(USERS.c.user_id == row.user_id)).one()
            user = _user(row)
            if row.locked_until and moment(row.locked_until) > now:
                self._audit.add(con, user.actor, "refused", "sign-in", why="locked")
                return None
            if not fits or row.removed_at or row.password != hashed:
                failures = row.n_failed + 1
                locked = stamp(now + dt.timedelta(minutes=LOCKED_MINUTES)) if failures >= MOST_FAILURES else None
                con.execute(
                    USERS.update().where(USERS.c.user_id == user.user_id).values(n_failed=0 if locked else failures, locked_until=locked)
                )
                self._audit.add(con, user.actor, "refused", "sign-in", why="wrong password", locked=bool(locked))
                return None
            con.execute(USERS.update().where(USERS.c.user_id == user.user_id).values(n_failed=0, locked_until=None))
            return user, self._begin(con, user)

    def sign_in_known(self, user: User) -> str:
        """Begin a session of somebody whom another system has vouched for; return the token for the browser."""
        with self._database.writing() as con:
            return self._begin(con, user)

    def sign_in_provided(self, provided_by: str, name: str, shown_name: str, role: str) -> str:
        """Begin a session of somebody whom a provider of identities has vouched for; his account is made when he comes first.

        Args:
            provided_by: Issuer and subject: who it is, whatever he is called.
            name: What the provider calls him: the name of a new account.
            shown_name: What others see.
            role: What the provider lets him be; it holds from now on.

        Returns:
            The token for the browser.

        Raises:
            InputError: The name cannot be used or is somebody else's, or the account was removed.
        """
        _check_role(role)
        with self._database.writing() as con:
            row = con.execute(sa.select(USERS).where(USERS.c.provided_by == provided_by)).one_or_none()
            if row is None:
                if not _NAME.fullmatch(name):
                    raise InputError("a name has 2 to 64 small letters, digits, or one of . _ @ - after the first")
                # Nobody becomes the owner of an account because a provider calls him by its name.
                if con.execute(sa.select(USERS.c.user_id).where(USERS.c.name == name)).first() is not None:
                    raise InputError(f"{name}: there is an account of that name, which the provider does not vouch for")
                values = {"shown_name": shown_name.strip()[:200] or name, "role": role, "password": NO_PASSWORD}
                con.execute(USERS.insert().values(name=name, provided_by=provided_by, made_at=stamp(utc_now()), **values))
                self._audit.add(con, Actor("system", "system"), "account", f"user:{name}", change="made", role=role, by="oidc")
            elif row.removed_at is not None:
                raise InputError(f"{row.name}: the account was removed; `sandan user add` brings it back")
            elif row.role != role:
                con.execute(USERS.update().where(USERS.c.user_id == row.user_id).values(role=role))
                change = {"change": "role", "role": role, "before": row.role, "by": "oidc"}
                self._audit.add(con, Actor("system", "system"), "account", f"user:{row.name}", **change)
            return self._begin(con, _user(con.execute(sa.select(USERS).where(USERS.c.provided_by == provided_by)).one()), by="oidc")

    def of_session(self, token: str) -> User | None:
        """Whose session a token is; None where it is none, has ended, or rested too long."""
        if not token or len(token) > 200:
            return None
        key, now = _token_hash(token), utc_now()
        with self._database.reading() as con:
            row = con.execute(
                sa.select(USERS, SESSIONS.c.began_at, SESSIONS.c.seen_at)
                .join_from(SESSIONS, USERS)
                .where(SESSIONS.c.token_hash == key, SESSIONS.c.ended_at.is_(None), USERS.c.removed_at.is_(None))
            ).one_or_none()
        if row is None or now - moment(row.seen_at) > self._idle or now - moment(row.began_at) > self._longest:
            return None
        if (now - moment(row.seen_at)).total_seconds() > _SEEN_EVERY_S:
            with self._database.writing() as con:
                con.execute(SESSIONS.update().where(SESSIONS.c.token_hash == key).values(seen_at=stamp(now)))
        return _user(row)

    def sign_out(self, token: str) -> None:
        """End a session."""
        user = self.of_session(token)
        if user is None:
            return
        with self._database.writing() as con:
            con.execute(SESSIONS.update().where(SESSIONS.c.token_hash == _token_hash(token)).values(ended_at=stamp(utc_now())))
            self._audit.add(con, user.actor, "sign-out", f"user:{user.name}")

    def _begin(self, con: sa.Connection, user: User, **how: str) -> str:
        token, now = secrets.token_urlsafe(32), stamp(utc_now())
        con.execute(SESSIONS.insert().values(token_hash=_token_hash(token), user_id=user.user_id, began_at=now, seen_at=now))
        self._audit.add(con, user.actor, "sign-in", f"user:{user.name}", **how)
        return token

    def _end_all(self, con: sa.Connection, user_id: int) -> None:
        con.execute(SESSIONS.update().where(SESSIONS.c.user_id == user_id, SESSIONS.c.ended_at.is_(None)).values(ended_at=stamp(utc_now())))

    def _keep_an_admin(self, con: sa.Connection, user: User, role: str) -> None:
        if user.role != "admin" or role == "admin":
            return
        others = sa.select(USERS.c.user_id).where(USERS.c.role == "admin", USERS.c.removed_at.is_(None), USERS.c.user_id != user.user_id)
        if con.execute(others.limit(1)).first() is None:
            raise InputError(f"{user.name}: is the last admin; make another one first with `sandan user add NAME --role admin`")


def hash_password(password: str, name: str = "") -> str:
    """A password as it is kept: Argon2id with parameters of RFC 9106.

    Raises:
        InputError: It is too short, too long, or the name.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if name and password.lower() == name.lower():
        raise InputError("the password is the name; choose another one")
    return _hasher.hash(password)


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(f"{role}: there is no such role; choose one of {', '.join(ROLES)}")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _user(row: Any) -> User:
    return User(int(row.user_id), str(row.name), str(row.shown_name), str(row.role))

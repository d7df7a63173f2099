"""Who may see persons in clear for a while, and for what purpose: those of one consignment, or of all consignments of a case."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import CASE_SUBJECTS, CASES, CLOSED, UNMASKINGS, USERS
from sandan.record.errors import InputError, UnknownId

UNMASKED_MINUTES = 30
SHORTEST_PURPOSE, LONGEST_PURPOSE = 8, 500
_NAMED = 50  # consignments of a case that the audit names one by one
_ALL = ""  # in place of one consignment: all that were in the case when it was asked


class Unmaskings:
    """What was asked for and for what, in one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def unmask(self, actor: Actor, consignment: str, purpose: str) -> dt.datetime:
        """Let a user see the persons of a consignment in clear for a while; return until when.

        Raises:
            InputError: The purpose is not said.
        """
        purpose = _said(purpose)
        with self._database.writing() as con:
            until = _add(con, actor, consignment, None, purpose)
            self._audit.add(con, actor, "unmask", f"consignment:{consignment}", purpose=purpose, case_id=None, until=stamp(until))
        return until

    def unmask_case(self, actor: Actor, case_id: int, purpose: str) -> dt.datetime:
        """Let whom a case is assigned to see the persons of its consignments in clear for a while; return until when.

        It holds for what is in the case now, and ends early where the case is closed or given to somebody else.

        Raises:
            UnknownId: There is no such case.
            InputError: The purpose is not said; the case is closed, somebody else's, or holds no consignment.
        """
        purpose = _said(purpose)
        with self._database.writing() as con:
            case = con.execute(sa.select(CASES).where(CASES.c.case_id == case_id)).one_or_none()
            if case is None:
                raise UnknownId(f"{case_id}: there is no such case")
            if case.state in CLOSED:
                raise InputError("the case is closed; a supervisor can open it again")
            if case.assigned_to != actor.name:
                raise InputError(f"the case is assigned to {case.assigned_to}; whoever works on it may ask")
            held = CASE_SUBJECTS.c.case_id == case_id, CASE_SUBJECTS.c.kind == "consignment"
            names = con.execute(sa.select(CASE_SUBJECTS.c.subject).where(*held).order_by(CASE_SUBJECTS.c.subject)).scalars().all()
            if not names:
                raise InputError("the case holds no consignment; put one into it first")
            until = _add(con, actor, _ALL, case_id, purpose)
            self._audit.add(
                con, actor, "unmask", f"case:{case_id}", purpose=purpose, case_id=case_id, until=stamp(until),
                n=len(names), consignments=list(names[:_NAMED]),
            )  # fmt: skip
        return until

    def until(self, user_id: int, consignment: str) -> dt.datetime | None:
        """Until when a user may see the persons of a consignment in clear, by itself or in a case; None where he may not."""
        of_case = sa.exists().where(
            CASE_SUBJECTS.c.case_id == UNMASKINGS.c.case_id,
            CASE_SUBJECTS.c.kind == "consignment",
            CASE_SUBJECTS.c.subject == consignment,
            CASE_SUBJECTS.c.added_at <= UNMASKINGS.c.at,  # what is put in later was not asked for
        )
        by_itself = sa.and_(UNMASKINGS.c.case_id.is_(None), UNMASKINGS.c.consignment == consignment)
        return self._newest(user_id, sa.or_(by_itself, sa.and_(UNMASKINGS.c.consignment == _ALL, of_case)))

    def until_of_case(self, user_id: int, case_id: int) -> dt.datetime | None:
        """Until when a user may see the persons of a case's consignments in clear; None where he may not."""
        return self._newest(user_id, sa.and_(UNMASKINGS.c.consignment == _ALL, UNMASKINGS.c.case_id == case_id))

    def _newest(self, user_id: int, wanted: sa.ColumnElement[bool]) -> dt.datetime | None:
        with self._database.reading() as con:
            until = con.execute(sa.select(sa.func.max(UNMASKINGS.c.until)).where(UNMASKINGS.c.user_id == user_id, wanted)).scalar()
        return dt.datetime.fromisoformat(until) if until and until > stamp(utc_now()) else None


def end_unmaskings(con: sa.Connection, case_id: int, *, but_of: str | None = None) -> int:
    """End what was asked for a case, in the transaction that closes it or gives it away; return how many ended before their time.

    Args:
        con: The transaction.
        case_id: Which case.
        but_of: Name of the user who keeps his.
    """
    now = stamp(utc_now())
    wanted: list[Any] = [UNMASKINGS.c.case_id == case_id, UNMASKINGS.c.until > now]
    if but_of is not None:
        wanted.append(UNMASKINGS.c.user_id.not_in(sa.select(USERS.c.user_id).where(USERS.c.name == but_of)))
    return int(con.execute(UNMASKINGS.update().where(*wanted).values(until=now)).rowcount)


def _said(purpose: str) -> str:
    purpose = purpose.strip()
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        raise InputError(f"say for what purpose, in {SHORTEST_PURPOSE} to {LONGEST_PURPOSE} characters")
    return purpose


def _add(con: sa.Connection, actor: Actor, consignment: str, case_id: int | None, purpose: str) -> dt.datetime:
    now = utc_now()
    until = now + dt.timedelta(minutes=UNMASKED_MINUTES)
    con.execute(
        UNMASKINGS.insert().values(
            user_id=actor.user_id, consignment=consignment, case_id=case_id, purpose=purpose, at=stamp(now), until=stamp(until)
        )
    )
    return until

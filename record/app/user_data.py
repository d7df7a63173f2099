"""What belongs to one user: saved views and queries, what he has looked at."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import SAVED, VISITS
from sandan.record.errors import InputError

LONGEST_NAME, LONGEST_CONTENT, MOST_SAVED = 100, 20_000, 200
_MANY = 500


class UserData:
    """Saved things and visits of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def save(self, actor: Actor, kind: str, name: str, content: str) -> int:
        """Keep a view or a query under a name; one of that name is replaced. Return its number.

        Raises:
            InputError: The name or the content is empty or too long, or there are too many.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not content.strip() or len(content) > LONGEST_CONTENT:
            raise InputError(f"a name has 1 to {LONGEST_NAME} characters, what is saved 1 to {LONGEST_CONTENT}")
        now = stamp(utc_now())
        mine = sa.and_(SAVED.c.user_id == actor.user_id, SAVED.c.kind == kind, SAVED.c.removed_at.is_(None))
        with self._database.writing() as con:
            if con.execute(sa.select(sa.func.count()).select_from(SAVED).where(mine)).scalar_one() >= MOST_SAVED:
                raise InputError(f"at most {MOST_SAVED} are kept; remove one first")
            con.execute(SAVED.update().where(mine, SAVED.c.name == name).values(removed_at=now))
            row = SAVED.insert().values(user_id=actor.user_id, kind=kind, name=name, content=content, saved_at=now)
            number = con.execute(row.returning(SAVED.c.saved_id)).scalar_one()
            self._audit.add(con, actor, "save", f"{kind}:{name}")
        return int(number)

    def saved(self, user_id: int, kind: str) -> list[dict[str, Any]]:
        """What a user has saved of a kind, by name."""
        with self._database.reading() as con:
            found = con.execute(
                sa.select(SAVED)
                .where(SAVED.c.user_id == user_id, SAVED.c.kind == kind, SAVED.c.removed_at.is_(None))
                .order_by(SAVED.c.name)
            )
            return [dict(row._mapping) for row in found]

    def forget(self, actor: Actor, saved_id: int) -> None:
        """Remove one of one's own saved things."""
        with self._database.writing() as con:
            con.execute(
                SAVED.update()
                .where(SAVED.c.saved_id == saved_id, SAVED.c.user_id == actor.user_id, SAVED.c.removed_at.is_(None))
                .values(removed_at=stamp(utc_now()))
            )

    def look(self, actor: Actor, consignment: str, **detail: Any) -> None:
        """Write down that somebody looked at a consignment."""
        now = stamp(utc_now())
        with self._database.writing() as con:
            mine = sa.and_(VISITS.c.user_id == actor.user_id, VISITS.c.consignment == consignment)
            if not con.execute(VISITS.update().where(mine).values(visited_at=now)).rowcount:
                con.execute(VISITS.insert().values(user_id=actor.user_id, consignment=consignment, visited_at=now))
            self._audit.add(con, actor, "look", f"consignment:{consignment}", **detail)

    def visited(self, user_id: int, consignments: Iterable[str]) -> set[str]:
        """Those of some consignments that a user has looked at."""
        wanted = list(consignments)
        with self._database.reading() as con:
            return {
                row.consignment
                for start in range(0, len(wanted), _MANY)
                for row in con.execute(
                    sa.select(VISITS.c.consignment).where(
                        VISITS.c.user_id == user_id, VISITS.c.consignment.in_(wanted[start : start + _MANY])
                    )
                )
            }

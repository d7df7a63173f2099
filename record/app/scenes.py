"""Pictures of networks that are kept with cases. Nothing of them is ever changed or deleted: who changes one keeps another."""

from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import CASE_SCENES, CASES, CLOSED
from sandan.record.errors import InputError, UnknownId

LONGEST_NOTE, LONGEST_CONTENT, MOST_SCENES = 2000, 100_000, 200


class Scenes:
    """The kept pictures of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def keep(self, actor: Actor, case_id: int, run_id: str, content: str, note: str = "") -> int:
        """Keep a picture with a case; return its number.

        Args:
            actor: Who.
            case_id: Which case.
            run_id: The run whose graph it shows.
            content: JSON, as whoever shows it reads it.
            note: What it shows, in words.

        Raises:
            UnknownId: There is no such case.
            InputError: It is closed or full, or the note or the content is too long.
        """
        if len(note) > LONGEST_NOTE:
            raise InputError(f"a note on a picture has at most {LONGEST_NOTE} characters; shorten it")
        if len(content) > LONGEST_CONTENT:
            raise InputError("the picture is too large to be kept; hide what it does not need")
        with self._database.writing() as con:
            case = con.execute(sa.select(CASES.c.state).where(CASES.c.case_id == case_id)).one_or_none()
            if case is None:
                raise UnknownId(f"{case_id}: there is no such case")
            if case.state in CLOSED:
                raise InputError("the case is closed; a supervisor can open it again")
            n = con.execute(sa.select(sa.func.count()).select_from(CASE_SCENES).where(CASE_SCENES.c.case_id == case_id)).scalar_one()
            if n >= MOST_SCENES:
                raise InputError(f"a case keeps at most {MOST_SCENES} pictures; open another case")
            now = stamp(utc_now())
            number = con.execute(
                CASE_SCENES.insert()
                .values(case_id=case_id, at=now, by=actor.name, run_id=run_id, content=content, note=note.strip())
                .returning(CASE_SCENES.c.scene_id)
            ).scalar_one()
            con.execute(CASES.update().where(CASES.c.case_id == case_id).values(changed_at=now))
            self._audit.add(con, actor, "case", f"case:{case_id}", change="scene", scene_id=number, run_id=run_id)
        return int(number)

    def of_case(self, case_id: int) -> list[dict[str, Any]]:
        """The pictures of a case, the newest first."""
        with self._database.reading() as con:
            found = con.execute(sa.select(CASE_SCENES).where(CASE_SCENES.c.case_id == case_id).order_by(CASE_SCENES.c.scene_id.desc()))
            return [dict(row._mapping) for row in found]

    def one(self, case_id: int, scene_id: int) -> dict[str, Any]:
        """One picture of a case.

        Raises:
            UnknownId: The case has none of that number.
        """
        wanted = (CASE_SCENES.c.case_id == case_id, CASE_SCENES.c.scene_id == scene_id)
        with self._database.reading() as con:
            row = con.execute(sa.select(CASE_SCENES).where(*wanted)).one_or_none()
        if row is None:
            raise UnknownId(f"{scene_id}: case {case_id} keeps no such picture")
        return dict(row._mapping)

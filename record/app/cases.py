"""Cases: what officers work on together, from an alert, a cluster or an operator to a closed file. Nothing of them is ever deleted."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import AUDIT, CASE_FILES, CASE_NOTES, CASE_SUBJECTS, CASES, CLOSED
from sandan.record.app.unmaskings import end_unmaskings
from sandan.record.errors import Conflict, InputError, UnknownId

STATES = ("open", "in_progress", *CLOSED)
KINDS = ("consignment", "cluster", "operator")
LONGEST_TITLE, LONGEST_TEXT, LARGEST_FILE, MOST_FILES = 200, 20_000, 10 * 1024 * 1024, 100
# What a file begins with, by the kind that a case takes: its name proves nothing.
_BEGINS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
_ENDINGS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about.

    Attributes:
        kind: One of `KINDS`.
        subject: Key of the consignment, id of the cluster, or `role:code` of the operator.
        shown: The number or name that officers know it by.
        run_id: The run in which it was seen.
    """

    kind: str
    subject: str
    shown: str
    run_id: str


class Cases:
    """The cases of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def open(self, actor: Actor, title: str, subjects: list[Subject], note: str = "") -> int:
        """Open a case for oneself; return its number.

        Raises:
            InputError: There is no title, or it or the note is too long.
        """
        title = title.strip()
        if not title or len(title) > LONGEST_TITLE:
            raise InputError(f"a title has 1 to {LONGEST_TITLE} characters")
        now = stamp(utc_now())
        with self._database.writing() as con:
            number = con.execute(
                CASES.insert()
                .values(title=title, state="open", assigned_to=actor.name, opened_at=now, opened_by=actor.name, changed_at=now)
                .returning(CASES.c.case_id)
            ).scalar_one()
            self._audit.add(con, actor, "case", _name(number), change="opened", title=title)
            self._add_subjects(con, actor, number, subjects)
            if note.strip():
                self._add_note(con, actor, number, note)
        return int(number)

    def add(self, actor: Actor, case_id: int, subjects: list[Subject]) -> int:
        """Put more into a case; return how many were not in it before.

        Raises:
            UnknownId, InputError: There is no such case, or it is closed.
        """
        with self._database.writing() as con:
            self._working(con, case_id)
            return self._add_subjects(con, actor, case_id, subjects)

    def note(self, actor: Actor, case_id: int, text: str) -> None:
        """Add a note.

        Raises:
            UnknownId, InputError: There is no such case, it is closed, or the note is empty or too long.
        """
        with self._database.writing() as con:
            self._working(con, case_id)
            self._add_note(con, actor, case_id, text)

    def change_state(self, actor: Actor, case_id: int, state: str, why: str, *, expected: str, reopen: bool = False) -> None:
        """Move a case on; to close it, or to open a closed one again, takes a reason.

        Args:
            actor: Who.
            case_id: Which.
            state: One of `STATES`.
            why: In words.
            expected: The state that the page showed.
            reopen: Whether a closed case may be opened again.

        Raises:
            Conflict: Somebody changed its state meanwhile.
            UnknownId, InputError: There is no such case or state, or the reason lacks.
        """
        if state not in STATES:
            raise InputError(f"{state}: there is no such state; one of {', '.join(STATES)}")
        with self._database.writing() as con:
            row = self._row(con, case_id)
            if row.state != expected:
                raise Conflict(f"the case is {row.state} meanwhile; look again")
            if row.state in CLOSED and not reopen:
                raise InputError("the case is closed; a supervisor can open it again")
            if state == row.state:
                return
            if (state in CLOSED or row.state in CLOSED) and not why.strip():
                raise InputError("say why")
            con.execute(CASES.update().where(CASES.c.case_id == case_id).values(state=state, changed_at=stamp(utc_now())))
            ended = end_unmaskings(con, case_id) if state in CLOSED else 0
            more = {"unmaskings_ended": ended} if ended else {}
            self._audit.add(con, actor, "case", _name(case_id), change="state", state=state, before=row.state, **more)
            if why.strip():
                self._add_note(con, actor, case_id, why, state=state)

    def assign(self, actor: Actor, case_id: int, whose: str) -> None:
        """Give a case to somebody.

        Raises:
            UnknownId, InputError: There is no such case, or it is closed.
        """
        with self._database.writing() as con:
            self._working(con, case_id)
            con.execute(CASES.update().where(CASES.c.case_id == case_id).values(assigned_to=whose, changed_at=stamp(utc_now())))
            ended = end_unmaskings(con, case_id, but_of=whose)
            more = {"unmaskings_ended": ended} if ended else {}
            self._audit.add(con, actor, "case", _name(case_id), change="assigned", to=whose, **more)

    def attach(self, actor: Actor, case_id: int, name: str, content: bytes) -> int:
        """Keep a file with a case; return its number.

        Raises:
            InputError: It is too large, empty, or neither PDF, PNG, JPEG nor plain text; or the case is closed or full.
        """
        # No path, no control character: the name is shown, and offered to whoever takes the file out.
        shown = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip(" .")[:200]
        kind = _kind_of(shown, content)
        if len(content) > LARGEST_FILE:
            raise InputError(f"{shown}: larger than {LARGEST_FILE // 1024 // 1024} MiB")
        with self._database.writing() as con:
            self._working(con, case_id)
            n = con.execute(sa.select(sa.func.count()).select_from(CASE_FILES).where(CASE_FILES.c.case_id == case_id)).scalar_one()
            if n >= MOST_FILES:
                raise InputError(f"a case has at most {MOST_FILES} files")
            digest = hashlib.sha256(content).hexdigest()
            number = con.execute(
                CASE_FILES.insert()
                .values(case_id=case_id, at=stamp(utc_now()), by=actor.name, name=shown, kind=kind, sha256=digest, content=content)
                .returning(CASE_FILES.c.file_id)
            ).scalar_one()
            con.execute(CASES.update().where(CASES.c.case_id == case_id).values(changed_at=stamp(utc_now())))
            self._audit.add(con, actor, "case", _name(case_id), change="file", file_id=number, name=shown, sha256=digest)
        return int(number)

    def file(self, actor: Actor, case_id: int, file_id: int) -> tuple[str, str, bytes]:
        """Name, kind and content of a file, written down as taken out.

        Raises:
            UnknownId: There is none.
            InputError: It is not what was stored.
        """
        with self._database.writing() as con:
            row = con.execute(sa.select(CASE_FILES).where(CASE_FILES.c.case_id == case_id, CASE_FILES.c.file_id == file_id)).one_or_none()
            if row is None:
                raise UnknownId(f"{file_id}: there is no such file in case {case_id}")
            self._audit.add(con, actor, "export", _name(case_id), file_id=file_id)
        if hashlib.sha256(row.content).hexdigest() != row.sha256:
            raise InputError(f"file {file_id} of case {case_id} is not what was stored; restore the app database from its backup")
        return row.name, row.kind, row.content

    def rows(self, *, state: str = "", assigned_to: str = "", subject: str = "") -> list[dict[str, Any]]:
        """Cases, those changed last first, each with its number of subjects `n_subjects`."""
        n = sa.select(sa.func.count()).where(CASE_SUBJECTS.c.case_id == CASES.c.case_id).scalar_subquery()
        wanted = []
        if state:
            wanted.append(CASES.c.state == state)
        if assigned_to:
            wanted.append(CASES.c.assigned_to == assigned_to)
        if subject:
            wanted.append(CASES.c.case_id.in_(sa.select(CASE_SUBJECTS.c.case_id).where(CASE_SUBJECTS.c.subject == subject)))
        with self._database.reading() as con:
            found = con.execute(sa.select(CASES, n.label("n_subjects")).where(*wanted).order_by(CASES.c.changed_at.desc(), CASES.c.case_id))
            return [dict(row._mapping) for row in found]

    def whole(self, case_id: int) -> dict[str, Any]:
        """A case with its `subjects`, `notes`, `files` (without content) and `history`, each oldest first.

        Raises:
            UnknownId: There is none.
        """
        files = [column for column in CASE_FILES.c if column.name != "content"]
        with self._database.reading() as con:
            row = self._row(con, case_id)

            def of(columns: Any, table: sa.Table, order: str) -> list[dict[str, Any]]:
                found = con.execute(sa.select(*columns).where(table.c.case_id == case_id).order_by(table.c[order]))
                return [dict(one._mapping) for one in found]

            return {
                **row._mapping,
                "subjects": of(CASE_SUBJECTS.c, CASE_SUBJECTS, "added_at"),
                "notes": of(CASE_NOTES.c, CASE_NOTES, "note_id"),
                "files": of(files, CASE_FILES, "file_id"),
                "history": [
                    {**one._mapping, "detail": json.loads(one.detail)}
                    for one in con.execute(sa.select(AUDIT).where(AUDIT.c.subject == _name(case_id)).order_by(AUDIT.c.seq))
                    if one.action == "case"
                ],
            }

    def _add_subjects(self, con: sa.Connection, actor: Actor, case_id: int, subjects: list[Subject]) -> int:
        there = {
            (row.kind, row.subject)
            for row in con.execute(sa.select(CASE_SUBJECTS.c.kind, CASE_SUBJECTS.c.subject).where(CASE_SUBJECTS.c.case_id == case_id))
        }
        fresh = {(one.kind, one.subject): one for one in subjects if (one.kind, one.subject) not in there}
        now = stamp(utc_now())
        for one in fresh.values():
            if one.kind not in KINDS:
                raise InputError(f"{one.kind}: a case holds {', '.join(KINDS)}")
            con.execute(
                CASE_SUBJECTS.insert().values(
                    case_id=case_id, kind=one.kind, subject=one.subject, shown=one.shown[:400], run_id=one.run_id, added_at=now,
                    added_by=actor.name,
                )
            )  # fmt: skip
        if fresh:
            con.execute(CASES.update().where(CASES.c.case_id == case_id).values(changed_at=now))
            named = [f"{kind}:{subject}" for kind, subject in fresh]
            self._audit.add(con, actor, "case", _name(case_id), change="added", subjects=named[:50], n=len(named))
        return len(fresh)

    def _add_note(self, con: sa.Connection, actor: Actor, case_id: int, text: str, state: str | None = None) -> None:
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise InputError(f"a note has 1 to {LONGEST_TEXT} characters")
        now = stamp(utc_now())
        con.execute(CASE_NOTES.insert().values(case_id=case_id, at=now, by=actor.name, state=state, text=text.strip()))
        con.execute(CASES.update().where(CASES.c.case_id == case_id).values(changed_at=now))
        self._audit.add(con, actor, "case", _name(case_id), change="note")

    def _working(self, con: sa.Connection, case_id: int) -> None:
        if self._row(con, case_id).state in CLOSED:
            raise InputError("the case is closed; a supervisor can open it again")

    def _row(self, con: sa.Connection, case_id: int) -> Any:
        row = con.execute(sa.select(CASES).where(CASES.c.case_id == case_id)).one_or_none()
        if row is None:
            raise UnknownId(f"{case_id}: there is no such case")
        return row


def _kind_of(name: str, content: bytes) -> str:
    """The kind of a file, by its ending and by what is in it.

    Raises:
        InputError: The two do not agree, or it is of no kind that a case takes.
    """
    kind = _ENDINGS.get(name.rpartition(".")[2].lower())
    if not content:
        raise InputError(f"{name}: is empty")
    if kind is None or not name.rpartition(".")[0]:
        raise InputError(f"{name}: a case takes {', '.join(_ENDINGS)}")
    if kind in _BEGINS:
        if not content.startswith(_BEGINS[kind]):
            raise InputError(f"{name}: is not what its name says")
        return kind
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InputError(f"{name}: is no text in UTF-8") from exc
    if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
        raise InputError(f"{name}: is no plain text")
    return kind


def _name(case_id: int) -> str:
    return f"case:{case_id}"

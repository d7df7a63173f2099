"""Risk warnings: drafted from what a run found, approved by a supervisor, issued, recalled. Rows are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, stamp, utc_now
from sandan.record.app.tables import WARNING_STATES, WARNINGS
from sandan.record.errors import Conflict, InputError, UnknownId

AUDIENCES = ("internal", "party", "public", "department")
# From the least to the most that is known: graded, graded high, found at an inspection.
LEVELS = ("medium", "high", "confirmed")
STATES = ("draft", "approved", "issued", "recalled")
# From each state to those that may follow.
NEXT = {"draft": ("approved", "recalled"), "approved": ("issued", "recalled"), "issued": ("recalled",), "recalled": ()}
LONGEST_WHY = 2000
_STATE = tuple(WARNING_STATES.c[name] for name in ("state", "at", "by", "why"))


@dataclass(frozen=True, slots=True)
class Draft:
    """A warning as it is proposed.

    Attributes:
        audience: One of `AUDIENCES`.
        level: One of `LEVELS`.
        subject: `cluster:ID`, `operator:ROLE:CODE`, `consignment:KEY` or `identities:MONTH`.
        typologies: What was found, in its order.
        text_en: Its text in English.
        text_zh: Its text in Chinese.
        run_id: The run that found it.
    """

    audience: str
    level: str
    subject: str
    typologies: tuple[str, ...]
    text_en: str
    text_zh: str
    run_id: str


class Warnings:
    """The warnings of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def propose(self, actor: Actor, drafts: Sequence[Draft]) -> list[int]:
        """Keep drafts that say something new; return their numbers.

        A warning on the same subject for the same audience says it already, whatever became of it, unless it lacks a typology or was of a
        lower level: what a supervisor recalled is not proposed again. A draft that says less and that nobody approved is recalled for the
        new one.

        Args:
            actor: Who proposes: the program.
            drafts: In the order in which they are numbered.
        """
        made = []
        with self._database.writing() as con:
            newest = _newest(con)
            for draft in drafts:
                old = newest.get((draft.audience, draft.subject))
                if old is not None and _says(old, draft):
                    continue
                number = int(
                    con.execute(
                        WARNINGS.insert()
                        .values(
                            audience=draft.audience, level=draft.level, subject=draft.subject, typologies="|".join(draft.typologies),
                            text_en=draft.text_en, text_zh=draft.text_zh, run_id=draft.run_id, made_at=stamp(utc_now()),
                        )
                        .returning(WARNINGS.c.warning_id)
                    ).scalar_one()
                )  # fmt: skip
                self._enter(con, actor, number, "draft", "", of=draft.subject, audience=draft.audience, run_id=draft.run_id)
                if old is not None and old["state"] == "draft":
                    self._enter(con, actor, old["warning_id"], "recalled", f"replaced by {number}")
                newest[draft.audience, draft.subject] = {
                    "warning_id": number, "level": draft.level, "typologies": draft.typologies, "state": "draft"
                }  # fmt: skip
                made.append(number)
        return made

    def change(self, actor: Actor, warning_id: int, state: str, *, expected: str, why: str = "") -> None:
        """Give a warning its next state.

        Args:
            actor: Who.
            warning_id: Which.
            state: One that may follow, see `NEXT`.
            expected: The state that was shown.
            why: In words; a recall needs it.

        Raises:
            UnknownId: There is no such warning.
            Conflict: It has another state meanwhile.
            InputError: The state may not follow, or the reason is missing or too long.
        """
        why = why.strip()
        if len(why) > LONGEST_WHY or (state == "recalled" and not why):
            raise InputError(f"say why, in at most {LONGEST_WHY} characters")
        with self._database.writing() as con:
            row = con.execute(_whole().where(WARNINGS.c.warning_id == warning_id)).one_or_none()
            if row is None:
                raise UnknownId(f"{warning_id}: there is no such warning")
            if row.state != expected:
                raise Conflict(f"warning {warning_id} is {row.state} meanwhile, by {row.by}; look again")
            if state not in NEXT[row.state]:
                raise InputError(f"a warning that is {row.state} does not become {state}")
            self._enter(con, actor, warning_id, state, why, of=row.subject, audience=row.audience)

    def rows(self) -> list[dict[str, Any]]:
        """All warnings, the newest first, each with its state, by whom and since when, and when it was issued (None: never)."""
        states = WARNING_STATES.alias()
        issued = (
            sa.select(sa.func.max(states.c.at))
            .where(states.c.warning_id == WARNINGS.c.warning_id, states.c.state == "issued")
            .correlate(WARNINGS)
            .scalar_subquery()
        )
        with self._database.reading() as con:
            found = con.execute(_whole(issued.label("issued_at")).order_by(WARNINGS.c.warning_id.desc())).all()
        return [{**row._mapping, "typologies": _parts(row.typologies)} for row in found]

    def history(self, warning_id: int) -> list[dict[str, Any]]:
        """The states of a warning, the first one first: state, at, by, why."""
        with self._database.reading() as con:
            found = con.execute(sa.select(*_STATE).where(WARNING_STATES.c.warning_id == warning_id).order_by(WARNING_STATES.c.state_id))
            return [dict(row._mapping) for row in found]

    def _enter(self, con: sa.Connection, actor: Actor, warning_id: int, state: str, why: str, **detail: Any) -> None:
        con.execute(WARNING_STATES.insert().values(warning_id=warning_id, state=state, at=stamp(utc_now()), by=actor.name, why=why))
        self._audit.add(con, actor, "warning", f"warning:{warning_id}", state=state, why=why, **detail)


def _whole(*more: Any) -> Any:
    """Warnings with the last of their states."""
    last = (
        sa.select(WARNING_STATES.c.warning_id, sa.func.max(WARNING_STATES.c.state_id).label("state_id"))
        .group_by(WARNING_STATES.c.warning_id)
        .subquery()
    )
    wanted = sa.select(WARNINGS, *_STATE, *more)
    return wanted.join(last, last.c.warning_id == WARNINGS.c.warning_id).join(WARNING_STATES, WARNING_STATES.c.state_id == last.c.state_id)


def _newest(con: sa.Connection) -> dict[tuple[str, str], dict[str, Any]]:
    """The last warning for each audience on each subject."""
    found = con.execute(_whole().order_by(WARNINGS.c.warning_id)).all()
    return {(row.audience, row.subject): {**row._mapping, "typologies": _parts(row.typologies)} for row in found}


def _says(old: dict[str, Any], draft: Draft) -> bool:
    return LEVELS.index(old["level"]) >= LEVELS.index(draft.level) and set(draft.typologies) <= set(old["typologies"])


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()

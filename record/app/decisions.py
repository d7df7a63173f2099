"""What officers decided on consignments, with what they saw; the decisions that say what was found are outcomes to learn from."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from sandan.record.app.audit import Actor, Audit
from sandan.record.app.database import AppDatabase, moment, stamp, utc_now
from sandan.record.app.tables import CLAIMS, DECISIONS
from sandan.record.errors import Conflict, InputError, UnknownId
from sandan.record.lake.tables import SCHEMAS
from sandan.record.values.inspection import METHODS

LONGEST_NOTE = 4000
_MANY = 500  # names in one statement


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code of a decision.

    Attributes:
        decision: The decision that it is for.
        outcome: What was found, in the words of the outcomes' list; empty where nothing was found out.
    """

    decision: str
    outcome: str = ""


DECISIONS_IN_ORDER = ("release", "inspect", "hold", "escalate")
# `not_checked` and the like are no outcomes: what nobody looked at is not known to be compliant.
REASONS: Mapping[str, Reason] = {
    "compliant": Reason("release", "compliant"),
    "not_checked": Reason("release"),
    "check_goods": Reason("inspect"),
    "check_documents": Reason("inspect"),
    "ask_party": Reason("inspect"),
    "forged": Reason("hold", "forged"),
    "undervalued": Reason("hold", "undervalued"),
    "ipr": Reason("hold", "ipr"),
    "prohibited": Reason("hold", "prohibited"),
    "awaiting_answer": Reason("hold"),
    "unclear": Reason("escalate"),
    "organised": Reason("escalate"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A consignment as the officer saw it.

    Attributes:
        consignment: The key that names it in every run: `flow:ebp_code:order_no`, or `parcel:` and its parcel's.
        key: flow, ebp_code, order_no, logistics_code, logistics_no: its key in the outcomes' list.
        run_id: The run that was shown.
        model_id: Its model; None for none.
        as_of: Up to when that run knew.
        score: Its score.
        grade: Its grade.
        typologies: Its typologies.
    """

    consignment: str
    key: Mapping[str, str | None]
    run_id: str
    model_id: str | None
    as_of: dt.datetime
    score: float
    grade: str
    typologies: Sequence[str]


class Decisions:
    """Decisions and claims of one app database."""

    def __init__(self, database: AppDatabase, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def decide(self, actor: Actor, seen: Seen, reason: str, *, method: str = "", note: str = "", expected: int = 0) -> int:
        """Write down a decision.

        Args:
            actor: Who decides.
            seen: On what.
            reason: One of `REASONS`, which says which decision it is.
            method: How it was found out, where the reason says what was found; `document` without one.
            note: In the officer's own words.
            expected: Number of the decision that was in force when the page was shown; 0 for none.

        Returns:
            Its number.

        Raises:
            Conflict: Another decision came in between.
            InputError: Reason, method or note cannot be used.
        """
        meant = REASONS.get(reason)
        if meant is None:
            raise InputError(f"{reason}: there is no such reason")
        if len(note) > LONGEST_NOTE:
            raise InputError(f"a note has at most {LONGEST_NOTE} characters")
        if method and method not in METHODS:
            raise InputError(f"{method}: there is no such method; one of {', '.join(METHODS)}")
        now = utc_now()
        with self._database.writing() as con:
            standing = _standing(con, [seen.consignment]).get(seen.consignment)
            if (standing["decision_id"] if standing else 0) != expected:
                self._audit.add(con, actor, "refused", _subject(seen.consignment), why="decided meanwhile", reason=reason)
                conflict = _conflict(standing)
            else:
                conflict = None
                number = con.execute(
                    DECISIONS.insert()
                    .values(
                        consignment=seen.consignment,
                        **{name: seen.key.get(name) or None for name in ("ebp_code", "order_no", "logistics_code", "logistics_no")},
                        flow=seen.key["flow"],
                        decision=meant.decision,
                        reason=reason,
                        outcome=meant.outcome or None,
                        method=(method or "document") if meant.outcome else None,
                        note=note.strip(),
                        run_id=seen.run_id,
                        model_id=seen.model_id,
                        score=seen.score,
                        grade=seen.grade,
                        typologies="|".join(seen.typologies),
                        # What is decided on a run's lists is known from its date on: the date of the next run is that of its newest
                        # record of trade, which a clock far behind the lists' time would never reach.
                        inspected_at=stamp(min(now, seen.as_of)),
                        decided_at=stamp(now),
                        decided_by=actor.name,
                        replaces=expected or None,
                    )
                    .returning(DECISIONS.c.decision_id)
                ).scalar_one()
                con.execute(CLAIMS.delete().where(CLAIMS.c.consignment == seen.consignment))
                self._audit.add(
                    con, actor, "decide", _subject(seen.consignment), decision_id=number, decision=meant.decision, reason=reason,
                    method=method, run_id=seen.run_id, model_id=seen.model_id, score=round(seen.score, 4), grade=seen.grade,
                )  # fmt: skip
        if conflict:
            raise conflict
        return int(number)

    def take_back(self, actor: Actor, decision_id: int, why: str, *, others: bool = False) -> None:
        """Take a decision back: it is kept, and counts no longer.

        Args:
            actor: Who.
            decision_id: Which.
            why: In words.
            others: Whether those of others may be taken back.

        Raises:
            UnknownId, InputError: There is none, or it is another officer's.
            Conflict: It was taken back or replaced meanwhile.
        """
        if not why.strip() or len(why) > LONGEST_NOTE:
            raise InputError(f"say why, in at most {LONGEST_NOTE} characters")
        with self._database.writing() as con:
            row = con.execute(sa.select(DECISIONS).where(DECISIONS.c.decision_id == decision_id)).one_or_none()
            if row is None:
                raise UnknownId(f"{decision_id}: there is no such decision")
            if row.decided_by != actor.name and not others:
                raise InputError(f"decision {decision_id} is {row.decided_by}'s; a supervisor can take it back")
            standing = _standing(con, [row.consignment]).get(row.consignment)
            if standing is None or standing["decision_id"] != decision_id:
                raise _conflict(standing)
            con.execute(
                DECISIONS.update()
                .where(DECISIONS.c.decision_id == decision_id)
                .values(taken_back_at=stamp(utc_now()), taken_back_by=actor.name, taken_back_why=why.strip())
            )
            self._audit.add(con, actor, "take-back", _subject(row.consignment), decision_id=decision_id, why=why.strip())

    def standing(self, consignments: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The decision in force on each of some consignments, for those that have one."""
        with self._database.reading() as con:
            return _standing(con, list(consignments))

    def history(self, consignment: str) -> list[dict[str, Any]]:
        """All decisions on a consignment, taken back ones too, the newest first."""
        with self._database.reading() as con:
            found = con.execute(sa.select(DECISIONS).where(DECISIONS.c.consignment == consignment).order_by(DECISIONS.c.decision_id.desc()))
            return [dict(row._mapping) for row in found]

    def all_standing(self) -> dict[str, str]:
        """The decision in force on every consignment that has one, by its key."""
        with self._database.reading() as con:
            found = con.execute(
                sa.select(DECISIONS.c.consignment, DECISIONS.c.decision)
                .where(DECISIONS.c.taken_back_at.is_(None))
                .order_by(DECISIONS.c.decision_id)
            )
            return {row.consignment: row.decision for row in found}

    def claims(self, consignments: Iterable[str] | None = None) -> dict[str, str]:
        """Who has claimed each of some consignments, or of all of them, for those that are claimed."""
        with self._database.reading() as con:
            if consignments is None:
                rows = con.execute(sa.select(CLAIMS.c.consignment, CLAIMS.c.claimed_by)).all()
            else:
                wanted = list(consignments)
                rows = [
                    row
                    for start in range(0, len(wanted), _MANY)
                    for row in con.execute(
                        sa.select(CLAIMS.c.consignment, CLAIMS.c.claimed_by).where(CLAIMS.c.consignment.in_(wanted[start : start + _MANY]))
                    )
                ]
        return {row.consignment: row.claimed_by for row in rows}

    def claim(self, actor: Actor, consignment: str, whose: str = "", *, others: bool = False) -> None:
        """Take a consignment for oneself, or give it to somebody.

        Args:
            actor: Who acts.
            consignment: Which.
            whose: For whom; empty: for oneself.
            others: Whether what others have claimed may be given away.

        Raises:
            Conflict: Somebody else has claimed it.
        """
        whose = whose or actor.name
        with self._database.writing() as con:
            row = con.execute(sa.select(CLAIMS).where(CLAIMS.c.consignment == consignment)).one_or_none()
            if row is not None and row.claimed_by == whose:
                return
            if row is not None and row.claimed_by != actor.name and not others:
                raise Conflict(f"{row.claimed_by} has claimed it")
            values = {"claimed_by": whose, "given_by": actor.name, "claimed_at": stamp(utc_now())}
            if row is None:
                con.execute(CLAIMS.insert().values(consignment=consignment, **values))
            else:
                con.execute(CLAIMS.update().where(CLAIMS.c.consignment == consignment).values(**values))
            self._audit.add(con, actor, "claim" if whose == actor.name else "assign", _subject(consignment), to=whose)

    def let_go(self, actor: Actor, consignment: str, *, others: bool = False) -> None:
        """Give a claim up.

        Raises:
            Conflict: It is another officer's.
        """
        with self._database.writing() as con:
            row = con.execute(sa.select(CLAIMS).where(CLAIMS.c.consignment == consignment)).one_or_none()
            if row is None:
                return
            if row.claimed_by != actor.name and not others:
                raise Conflict(f"{row.claimed_by} has claimed it")
            con.execute(CLAIMS.delete().where(CLAIMS.c.consignment == consignment))
            self._audit.add(con, actor, "let-go", _subject(consignment))

    def outcomes(self) -> list[dict[str, Any]]:
        """What the decisions in force found, as rows of the outcomes' list: the newest of each consignment that found something."""
        with self._database.reading() as con:
            found = con.execute(
                sa.select(DECISIONS)
                .where(DECISIONS.c.taken_back_at.is_(None), DECISIONS.c.outcome.is_not(None))
                .order_by(DECISIONS.c.decision_id)
            ).all()
        newest = {row.consignment: row for row in found}
        return [
            {
                "flow": row.flow,
                "ebp_code": row.ebp_code,
                "order_no": row.order_no,
                "logistics_code": row.logistics_code,
                "logistics_no": row.logistics_no,
                "inspected_at": moment(row.inspected_at),
                "method": row.method,
                "outcome": row.outcome,
                "note": f"decision {row.decision_id} of {row.decided_by} on run {row.run_id}",
                "number": int(row.decision_id),
            }
            for row in newest.values()
        ]


def outcome_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Decisions as rows of the lake's list of outcomes, with its columns; what a file would have brought is empty.

    Args:
        rows: From `Decisions.outcomes`.
    """
    schema = SCHEMAS["outcomes"]
    made = []
    for row in rows:
        key = ":".join(row[name] or "" for name in ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no"))
        number = row["number"]
        made.append(
            {
                **{name: value for name, value in row.items() if name in schema.names},
                "known_at": row["inspected_at"],
                "record_id": f"decision-{number:012d}",
                "key_id": f"decision:{key}",
                "batch_id": "decisions",
                "file": "decisions",
            }
        )
    return pa.Table.from_pylist(made, schema=schema)


def _standing(con: sa.Connection, consignments: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(consignments), _MANY):
        rows = con.execute(
            sa.select(DECISIONS)
            .where(DECISIONS.c.consignment.in_(consignments[start : start + _MANY]), DECISIONS.c.taken_back_at.is_(None))
            .order_by(DECISIONS.c.decision_id)
        )
        found |= {row.consignment: dict(row._mapping) for row in rows}
    return found


def _conflict(standing: Mapping[str, Any] | None) -> Conflict:
    if standing is None:
        return Conflict("the decision was taken back meanwhile; look again")
    return Conflict(f"{standing['decided_by']} decided meanwhile: {standing['decision']} ({standing['reason']}); look again")


def _subject(consignment: str) -> str:
    return f"consignment:{consignment}"

"""Everything of the app database that a page or a command needs, opened once for a home."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from sandan.record.app.accounts import Accounts
from sandan.record.app.audit import Actor, Audit
from sandan.record.app.cases import Cases
from sandan.record.app.database import AppDatabase, open_app_database
from sandan.record.app.decisions import Decisions, outcome_table
from sandan.record.app.scenes import Scenes
from sandan.record.app.timetable import Timetable
from sandan.record.app.tokens import Tokens
from sandan.record.app.unmaskings import Unmaskings
from sandan.record.app.user_data import UserData
from sandan.record.app.warnings import Warnings
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring
from sandan.record.settings import Settings

SYSTEM = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one app database."""

    database: AppDatabase
    audit: Audit
    accounts: Accounts
    decisions: Decisions
    cases: Cases
    scenes: Scenes
    user_data: UserData
    timetable: Timetable
    warnings: Warnings
    tokens: Tokens
    unmaskings: Unmaskings


def open_services(settings: Settings) -> Services:
    """The app database of a home with all its parts.

    Raises:
        ConfigError, DamagedFile, OutputError, BusyError: As `open_app_database` and `open_keyring`.
    """
    database, audit_key = open_app_database(settings), open_keyring(settings)
    audit = Audit(database, audit_key)
    idle, longest = dt.timedelta(minutes=settings.app.idle_minutes), dt.timedelta(hours=settings.app.session_hours)
    accounts = Accounts(database, audit, idle=idle, longest=longest)
    decisions, cases, user_data = Decisions(database, audit), Cases(database, audit), UserData(database, audit)
    timetable, warnings, tokens = Timetable(database), Warnings(database, audit), Tokens(database, audit)
    scenes, unmaskings = Scenes(database, audit), Unmaskings(database, audit)
    return Services(database, audit, accounts, decisions, cases, scenes, user_data, timetable, warnings, tokens, unmaskings)


def has_app_database(settings: Settings) -> bool:
    """Whether anybody has used the app of a home: a command need not make its database to learn that it is empty."""
    if settings.app_db:
        return True
    path = HomePaths(settings.home).app_database
    if not path.exists() or not path.stat().st_size:
        return False
    return open_app_database(settings, upgrade=False).version() is not None


def outcomes_decided(settings: Settings) -> dict[str, pa.Table]:
    """What the decisions in force found, as rows beside the lake's list of outcomes; empty where nobody has used the app.

    Raises:
        ConfigError, DamagedFile, StoreUnavailable, BusyError: The database cannot be read.
    """
    rows = open_services(settings).decisions.outcomes() if has_app_database(settings) else []
    return {"outcomes": outcome_table(rows)} if rows else {}


def decided(settings: Settings) -> Mapping[str, str]:
    """The decision in force by key of the consignment; none where nobody has used the app. Raises as `outcomes_decided`."""
    return open_services(settings).decisions.all_standing() if has_app_database(settings) else {}

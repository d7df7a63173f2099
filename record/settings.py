"""Every setting in one table: flag > environment `SANDAN_*` > `sandan.toml` in the home > default."""

import os
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from sandan.record.errors import ConfigError
from sandan.record.values.inspection import Method

DEFAULT_HOME = Path(".sandan")
DUCKDB = "duckdb"
_ENGINE = re.compile(rf"{DUCKDB}|local(\[(\*|[1-9][0-9]*)\])?|local-cluster\[[0-9]+,[0-9]+,[0-9]+\]|spark://[^/\s]+:[0-9]+")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimeSettings(_Section):
    """When customs could know a record."""

    known_by: Literal["sent", "received"] = Field("sent", description="`sent`: the record's own time; `received`: when sandan read it")


class GradeSettings(_Section):
    """Where the grades begin."""

    # A calibrated score is a chance. Medium asks for a look: every third is a breach. High accuses, so clearly more must be breaches than
    # not: three in five at the least. Measured on five worlds of two other authors, .97 of what is high is one, .89 where outcomes are few.
    t_medium: float = Field(0.33, gt=0, lt=1, description="score from which a consignment is `medium`: one in three is a breach")
    t_high: float = Field(0.6, gt=0, lt=1, description="score from which a consignment is `high`: at least three in five are breaches")


class GraceSettings(_Section):
    """How long a list may stay away before its absence counts."""

    default_hours: float = Field(48.0, gt=0, description="grace for an import list while too few arrivals were seen to learn it")
    shortest_hours: float = Field(1.0, gt=0, description="a learned grace is never shorter")
    longest_days: float = Field(10.0, gt=0, description="a learned grace for an import list is never longer")
    export_payment_days: float = Field(45.0, gt=0, description="grace for the money of an export, which comes weeks later")


class MatchSettings(_Section):
    """Tolerances of the three-list matching."""

    amount_cny: Decimal = Field(Decimal("0.01"), ge=0, description="difference in one sum that rounding explains, per line")


class LearnSettings(_Section):
    """The learned model."""

    every_days: float = Field(7.0, ge=0, description="`sandan run` trains when the newest model is this old; 0: never")
    seed: int = Field(1, ge=0, description="of everything random in training")


class PlanSettings(_Section):
    """What inspections are spent on."""

    capacity: int = Field(0, ge=0, description="inspections that `sandan run` plans after each scoring; 0: it plans none")
    explore: float = Field(0.1, ge=0, le=1, description="share of the inspections that is drawn at random from consignments of low grade")
    share_high: float = Field(1.0, ge=0, le=1, description="at most this share of the consignments graded `high` is inspected")
    share_medium: float = Field(1.0, ge=0, le=1, description="at most this share of the consignments graded `medium` is inspected")
    fill: float = Field(
        0.1,
        ge=0,
        le=1,
        description="what is left of the inspections goes to low grade, up to this share of all consignments; 0: it is left",
    )
    per_office: dict[str, NonNegativeInt] = Field(
        {}, description="most inspections by customs code of the office; no limit where none is named"
    )
    per_method: dict[Method, NonNegativeInt] = Field({}, description="most inspections by method; no limit where none is named")
    learning: float = Field(0.25, ge=0, description="how much more an inspection is worth where the score leaves the outcome open")
    trusted: float = Field(
        0.5, gt=0, le=1, description="what an inspection counts for of a seller with credit `aeo`, beside 1 of others; floors excepted"
    )
    after_release_days: float = Field(30.0, ge=0, description="released consignments are checked by document, phone or tracking this long")
    waiting_days: float = Field(14.0, ge=0, description="what a former plan chose is not planned again for so long while it has no outcome")


class InboxSettings(_Section):
    """Folders that `sandan run` reads and empties."""

    folders: tuple[Path, ...] = Field((), description="folders whose files `sandan run` ingests when they are new; none lies in the home")
    after: Literal["move", "delete", "leave"] = Field("move", description="what becomes of a file that was read; `leave`: it is read again")
    done: Path | None = Field(None, description="where `move` puts files that were taken; default: beside the inbox, `INBOX-done`")
    rejected: Path | None = Field(
        None, description="where `move` puts files that were refused; default: beside the inbox, `INBOX-rejected`"
    )
    settle_s: float = Field(2.0, ge=0, le=600, description="a file younger than this may still be written, in seconds")


class LakeSettings(_Section):
    """How the lake is kept quick and small."""

    compact_files: int = Field(32, ge=2, description="a table is written into few files again when so many batches have added files to it")
    keep_hours: float = Field(24.0, ge=0, description="how long files are kept for readers of a state that is no longer the last, in hours")


class SparkSettings(_Section):
    """How Spark works, where `engine` names it."""

    memory: str = Field("3g", pattern="^[1-9][0-9]*[mg]$", description="memory of Spark's driver, which on this machine does all the work")
    folder: Path | None = Field(
        None, description="where Spark sets aside what does not fit into memory, on this machine; default: the machine's temporary folder"
    )
    options: dict[str, str] = Field({}, description="further options of Spark, such as `spark.executor.memory`; docs/scale.md")


class CypherSettings(_Section):
    """How much one query of an analyst may take."""

    max_rows: int = Field(100_000, ge=1, le=10_000_000, description="rows that one query may return")
    timeout_s: float = Field(60.0, gt=0, le=3600, description="seconds that one query may run")
    max_memory_mb: int = Field(
        1024, ge=128, description="memory that one query may take on the embedded graph, in MiB; a Neo4j limits its own"
    )


class SignatureSettings(_Section):
    """Whose signatures on messages count."""

    trusted: tuple[str, ...] = Field((), description="PEM files of trusted certificates, one pattern or several; relative to the home")
    allow_sha1: bool = Field(False, description="RSA with SHA-1 counts too")
    max_mib: float = Field(16.0, gt=0, description="the signature of a larger message is not checked, in MiB")
    require: bool = Field(False, description="only messages with a valid signature are loaded")

    @field_validator("trusted", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class AppSettings(_Section):
    """The officers' app."""

    hosts: tuple[str, ...] = Field((), description="names under which a proxy serves the app to others, besides this machine's own")
    idle_minutes: float = Field(30.0, gt=0, le=24 * 60, description="a session ends after so long without a request")
    session_hours: float = Field(10.0, gt=0, le=24 * 7, description="a session ends after so long in any case")


class OidcSettings(_Section):
    """Signing in with a provider of identities by OpenID Connect."""

    issuer: str = Field("", description="the provider's issuer, `https://…`; empty: names and passwords of this installation only")
    client_id: str = Field("", description="what the provider knows this installation by")
    client_secret: str = Field("", repr=False, description="the secret that belongs to it (environment only)")
    name: str = Field("SSO", description="what the button of the sign-in page calls the provider")
    scope: str = Field("openid profile", description="what is asked for; `openid` is among it")
    role_claim: str = Field("roles", description="claim that says what somebody may be; a dot leads one level down: `realm_access.roles`")
    roles: dict[str, Literal["viewer", "officer", "supervisor", "analyst", "auditor", "admin"]] = Field(
        {}, description="role by value of that claim; the first in this order that somebody has counts, and who has none is refused"
    )
    name_claim: str = Field("preferred_username", description="claim that a new account takes its name from")
    redirect: str = Field("", description="`https://NAME/oidc/back` as the provider knows it; empty: as the browser names this host")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.issuer:
            return self
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
            raise ValueError("issuer: begins with https://")
        if not self.client_id or not self.roles or "openid" not in self.scope.split():
            raise ValueError("issuer: needs client_id, roles, and openid in scope")
        return self


class ApiSettings(_Section):
    """What programs may ask of `/api/v1`."""

    per_minute: int = Field(120, ge=1, description="requests of one token in a minute; one more is answered with 429")
    wait_s: float = Field(5.0, ge=0, le=60, description="how long a request that writes waits for another run, in seconds, before 503")


class SharingSettings(_Section):
    """What offices give each other."""

    trusted: dict[str, str] = Field(
        {}, description="whose bundles are imported: name and public key, as `sandan bundle key` prints it there"
    )
    days: int = Field(30, ge=1, le=366, description="how long a bundle may be imported after it was made, in days")
    least: int = Field(10, ge=3, description="statistics leave out counts below this, so that no single consignment or party shows")


class JobSettings(_Section):
    """One job of the schedule."""

    command: str = Field(description="what follows `sandan`, such as `run`")
    cron: str = Field(description="minute, hour, day, month, day of the week (`mon` to `sun`), in Beijing time")


class ScheduleSettings(_Section):
    """What `sandan schedule` runs, and when."""

    jobs: dict[str, JobSettings] = Field(
        {"daily": JobSettings(command="run", cron="30 5 * * *")},
        description="jobs by name, each with `command` and `cron`; docs/schedule.md",
    )
    retry_minutes: float = Field(
        5.0, gt=0, le=24 * 60, description="how long a job waits that met another run, or a graph or database that did not answer"
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="port on 127.0.0.1 of `/metrics` and `/healthz`; 0: none")
    stop_s: float = Field(30.0, gt=0, le=3600, description="how long a job that is told to stop may take before it is killed, in seconds")


class Settings(BaseSettings):
    """What can be set, with defaults that work."""

    model_config = SettingsConfigDict(env_prefix="SANDAN_", env_nested_delimiter="__", extra="forbid", frozen=True)

    home: Path = Field(DEFAULT_HOME, description="folder of the lake, the graph and the runs")
    language: Literal["en", "zh"] = Field("en", description="language of sentences in tables; the dashboard has both")
    engine: str = Field(
        DUCKDB,
        description="what runs the set-at-a-time work: `duckdb`; or Spark, as `local[*]` on this machine or `spark://HOST:PORT` on others",
    )
    graph: str = Field("", description="`bolt://user@host:7687` puts the graph in Neo4j; empty: embedded, in the home")
    graph_password: str = Field("", repr=False, description="password of the Neo4j user (environment only)")
    graph_password_file: Path | None = Field(None, description="file that holds the password instead")
    app_db: str = Field(
        "",
        repr=False,
        description="`postgresql://user:password@host/name` keeps accounts, decisions, cases and audit there; empty: in the home",
    )
    key_file: Path | None = Field(None, description="key of the keyed hashes; default: `secret.key` in the home, made on first use")
    typologies: Path | None = Field(
        None, description="folder of this installation's own typologies, a Python file each; relative to the home"
    )
    workers: int = Field(0, ge=0, description="processes that read files side by side; 0: one per core")
    time: TimeSettings = TimeSettings()
    grade: GradeSettings = GradeSettings()
    grace: GraceSettings = GraceSettings()
    match: MatchSettings = MatchSettings()
    learn: LearnSettings = LearnSettings()
    plan: PlanSettings = PlanSettings()
    inbox: InboxSettings = InboxSettings()
    lake: LakeSettings = LakeSettings()
    spark: SparkSettings = SparkSettings()
    cypher: CypherSettings = CypherSettings()
    signatures: SignatureSettings = SignatureSettings()
    app: AppSettings = AppSettings()
    oidc: OidcSettings = OidcSettings()
    api: ApiSettings = ApiSettings()
    sharing: SharingSettings = SharingSettings()
    schedule: ScheduleSettings = ScheduleSettings()

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if not _ENGINE.fullmatch(value):
            raise ValueError("is `duckdb`, `local[*]`, `local[N]` or `spark://HOST:PORT`")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment beats what is passed in, because what is passed in is the file."""
        return env_settings, init_settings

    @property
    def n_workers(self) -> int:
        """Processes to use for reading files; at least 1."""
        return self.workers or len(os.sched_getaffinity(0))


def load_settings(home: Path | None = None) -> Settings:
    """Settings of a home: the environment over its `sandan.toml` over the defaults.

    Args:
        home: The home; None: `SANDAN_HOME`, else `./.sandan`.

    Raises:
        ConfigError: The file cannot be read, or a value does not fit; the message names every one.
    """
    folder = home or Path(os.environ.get("SANDAN_HOME") or DEFAULT_HOME)
    path = folder / "sandan.toml"
    values: dict[str, Any] = {}
    try:
        if path.exists():
            values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"{path}: {exc}; correct or remove the file") from exc
    if "home" in values or "graph_password" in values:
        raise ConfigError(f"{path}: `home` and `graph_password` belong in the environment, not in the file")
    if isinstance(values.get("oidc"), dict) and "client_secret" in values["oidc"]:
        raise ConfigError(f"{path}: the secret of [oidc] belongs in the environment, SANDAN_OIDC__CLIENT_SECRET, not in the file")
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        lines = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in exc.errors()]
        raise ConfigError(f"settings ({path} and SANDAN_*): " + "; ".join(lines)) from exc
    except SettingsError as exc:
        # A section or list in the environment that is no JSON; the library names the field.
        raise ConfigError(f"settings (SANDAN_*): {exc}; write sections as SANDAN_SECTION__NAME and lists as JSON") from exc
    if settings.grade.t_medium >= settings.grade.t_high:
        raise ConfigError(f"{path}: grade.t_medium must be smaller than grade.t_high")
    return settings.model_copy(update={"home": folder})

"""Tables of the app database. Nothing in them is ever deleted; times are ISO 8601 in UTC with microseconds."""

import sqlalchemy as sa

META = sa.MetaData()
_TIME = sa.String(32)
_NAME = sa.String(64)

USERS = sa.Table(
    "users",
    META,
    sa.Column("user_id", sa.Integer, primary_key=True),
    sa.Column("name", _NAME, nullable=False, unique=True),
    sa.Column("shown_name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("password", sa.String(200), nullable=False),  # Argon2id with its salt and parameters; `!`: no password opens it
    sa.Column("made_at", _TIME, nullable=False),
    sa.Column("removed_at", _TIME),
    sa.Column("n_failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", _TIME),
    sa.Column("provided_by", sa.String(400), unique=True),  # issuer and subject of who vouches for it; null: a password of ours
)

SESSIONS = sa.Table(
    "sessions",
    META,
    sa.Column("token_hash", sa.String(64), primary_key=True),  # SHA-256 of what the browser holds
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("began_at", _TIME, nullable=False),
    sa.Column("seen_at", _TIME, nullable=False),
    sa.Column("ended_at", _TIME),
)

AUDIT = sa.Table(
    "audit",
    META,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", _TIME, nullable=False, index=True),
    sa.Column("actor", _NAME, nullable=False, index=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("action", sa.String(40), nullable=False, index=True),
    sa.Column("subject", sa.String(400), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),  # JSON, keys sorted
    sa.Column("hash", sa.String(64), nullable=False),
)

DECISIONS = sa.Table(
    "decisions",
    META,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    sa.Column("consignment", sa.String(400), nullable=False, index=True),
    sa.Column("flow", sa.String(10), nullable=False),
    sa.Column("ebp_code", sa.String(100)),
    sa.Column("order_no", sa.String(200)),
    sa.Column("logistics_code", sa.String(100)),
    sa.Column("logistics_no", sa.String(200)),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("outcome", sa.String(20)),
    sa.Column("method", sa.String(20)),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("model_id", sa.String(60)),
    sa.Column("score", sa.Float, nullable=False),  # as shown when it was decided
    sa.Column("grade", sa.String(10), nullable=False),
    sa.Column("typologies", sa.Text, nullable=False),
    sa.Column("inspected_at", _TIME, nullable=False),
    sa.Column("decided_at", _TIME, nullable=False),
    sa.Column("decided_by", _NAME, nullable=False, index=True),
    sa.Column("replaces", sa.Integer, sa.ForeignKey("decisions.decision_id")),
    sa.Column("taken_back_at", _TIME),
    sa.Column("taken_back_by", _NAME),
    sa.Column("taken_back_why", sa.Text),
)

CLAIMS = sa.Table(
    "claims",
    META,
    sa.Column("consignment", sa.String(400), primary_key=True),
    sa.Column("claimed_by", _NAME, nullable=False, index=True),
    sa.Column("given_by", _NAME, nullable=False),
    sa.Column("claimed_at", _TIME, nullable=False),
)

VISITS = sa.Table(
    "visits",
    META,
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.user_id"), primary_key=True),
    sa.Column("consignment", sa.String(400), primary_key=True),
    sa.Column("visited_at", _TIME, nullable=False),
)

CLOSED = ("confirmed", "dismissed")  # states of a case that nobody works on any more
CASES = sa.Table(
    "cases",
    META,
    sa.Column("case_id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("assigned_to", _NAME, nullable=False, index=True),
    sa.Column("opened_at", _TIME, nullable=False),
    sa.Column("opened_by", _NAME, nullable=False),
    sa.Column("changed_at", _TIME, nullable=False),
)

CASE_SUBJECTS = sa.Table(
    "case_subjects",
    META,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.case_id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),  # consignment, cluster, operator
    sa.Column("subject", sa.String(400), primary_key=True, index=True),
    sa.Column("shown", sa.String(400), nullable=False),  # the number or name that officers know it by
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("added_at", _TIME, nullable=False),
    sa.Column("added_by", _NAME, nullable=False),
)

CASE_NOTES = sa.Table(
    "case_notes",
    META,
    sa.Column("note_id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("at", _TIME, nullable=False),
    sa.Column("by", _NAME, nullable=False),
    sa.Column("state", sa.String(20)),  # the state that it explains; null: a plain note
    sa.Column("text", sa.Text, nullable=False),
)

CASE_FILES = sa.Table(
    "case_files",
    META,
    sa.Column("file_id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("at", _TIME, nullable=False),
    sa.Column("by", _NAME, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

CASE_SCENES = sa.Table(
    "case_scenes",
    META,
    sa.Column("scene_id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("at", _TIME, nullable=False),
    sa.Column("by", _NAME, nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON: the parts of an address, and where every node stands
    sa.Column("note", sa.Text, nullable=False),
)

UNMASKINGS = sa.Table(
    "unmaskings",
    META,
    sa.Column("unmasking_id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("consignment", sa.String(400), nullable=False),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.case_id")),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("at", _TIME, nullable=False),
    sa.Column("until", _TIME, nullable=False),
)

SAVED = sa.Table(
    "saved",
    META,
    sa.Column("saved_id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),  # view, query
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("saved_at", _TIME, nullable=False),
    sa.Column("removed_at", _TIME),
)

SCHEDULED = sa.Table(
    "scheduled_jobs",
    META,
    sa.Column("name", _NAME, primary_key=True),
    sa.Column("command", sa.String(400), nullable=False),
    sa.Column("cron", sa.String(100), nullable=False),
    sa.Column("next_at", _TIME),  # null: no job of the settings any more
    sa.Column("started_at", _TIME),
    sa.Column("ended_at", _TIME),  # null while it runs, or where its schedule died with it
    sa.Column("ended", sa.String(20)),  # done, refused, busy, stopped, failed
    sa.Column("succeeded_at", _TIME),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
)

WARNINGS = sa.Table(
    "warnings",
    META,
    sa.Column("warning_id", sa.Integer, primary_key=True),
    sa.Column("audience", sa.String(20), nullable=False),
    sa.Column("level", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(400), nullable=False, index=True),
    sa.Column("typologies", sa.Text, nullable=False),
    sa.Column("text_en", sa.Text, nullable=False),
    sa.Column("text_zh", sa.Text, nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("made_at", _TIME, nullable=False),
)

WARNING_STATES = sa.Table(
    "warning_states",
    META,
    sa.Column("state_id", sa.Integer, primary_key=True),
    sa.Column("warning_id", sa.Integer, sa.ForeignKey("warnings.warning_id"), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),  # draft, approved, issued, recalled
    sa.Column("at", _TIME, nullable=False),
    sa.Column("by", _NAME, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

API_TOKENS = sa.Table(
    "api_tokens",
    META,
    sa.Column("token_id", sa.Integer, primary_key=True),
    sa.Column("name", _NAME, nullable=False, index=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),  # SHA-256 of what the program holds
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_at", _TIME, nullable=False),
    sa.Column("made_by", _NAME, nullable=False),
    sa.Column("until", _TIME),
    sa.Column("used_at", _TIME),
    sa.Column("removed_at", _TIME),
)

"""Risk warnings and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("warnings", "warning_states")
_SQLITE = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'warnings are only ever added to'); END"
_POSTGRESQL = (
    "CREATE FUNCTION warnings_unchanged() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'warnings are only ever added to'; END $$"
)
_ON_POSTGRESQL = (
    "CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION warnings_unchanged()"
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "warnings",
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("typologies", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("warning_id"),
    )
    op.create_index(op.f("ix_warnings_subject"), "warnings", ["subject"], unique=False)
    op.create_table(
        "warning_states",
        sa.Column("state_id", sa.Integer(), nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.warning_id"]),
        sa.PrimaryKeyConstraint("state_id"),
    )
    op.create_index(op.f("ix_warning_states_warning_id"), "warning_states", ["warning_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for verb in ("UPDATE", "DELETE"):
                op.execute(_SQLITE.format(table=table, verb=verb))
    else:
        op.execute(_POSTGRESQL)
        for table in _TABLES:
            op.execute(_ON_POSTGRESQL.format(table=table))

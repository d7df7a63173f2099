"""Accounts that a provider of identities vouches for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: who the provider says that it is."""
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("provided_by", sa.String(length=400), nullable=True))
        table.create_unique_constraint("uq_users_provided_by", ["provided_by"])

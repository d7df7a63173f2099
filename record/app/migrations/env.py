"""Run by Alembic: brings the connection that it is given to the newest version."""

from alembic import context

from sandan.record.app.tables import META

context.configure(connection=context.config.attributes["connection"], target_metadata=META, version_table="app_version")
with context.begin_transaction():
    context.run_migrations()

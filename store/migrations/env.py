"""Run by alembic inside the transaction that ``store.migrate`` opened; it opens and commits nothing itself."""

from alembic import context

import store.tables  # noqa: F401 (brings every table into the schema)
from store.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()

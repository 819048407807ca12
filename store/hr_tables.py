"""The tables of HR's files: what their columns mean, each on its way into force, the doors they come by."""

from sqlalchemy import Column, Date, Index, LargeBinary, Table, Text, text

from store.columns import BigId, Instant
from store.metadata import metadata

column_mapping = Table(  # what a person said the columns of a kind of file from one source mean
    "column_mapping",
    metadata,
    Column("kind", Text, primary_key=True),  # staff | posts | leave | cards | roster
    Column("source", Text, primary_key=True),  # as hr_file.source
    Column("headings", Text, nullable=False),  # JSON: heading of the file -> field, empty to leave it out
    Column("saved_by", Text, nullable=False),  # a login
    Column("saved_at", Instant, nullable=False),
)

hr_file = Table(
    "hr_file",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),  # desk | folder | the name of a source in the settings
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of its bytes
    Column("content", LargeBinary, nullable=False),  # sealed (contract.sealed_bytes); emptied when applied or refused
    Column("effective_on", Date, nullable=False),
    Column("state", Text, nullable=False),  # brought | unmapped | previewed | waits | applied | refused
    Column("summary", Text, nullable=False),  # JSON: what it would change and how much; or what was wrong
    Column("brought_by", Text, nullable=False),  # a login; empty for a folder, SFTP or HTTPS
    Column("brought_at", Instant, nullable=False),
    Column("agreed_by", Text),  # the second person of a mass change
    Column("agreed_at", Instant),
    Column("settled_by", Text),  # who refused it; empty for the job that applied or refused it
    Column("settled_at", Instant),
)
_OPEN = "state NOT IN ('applied', 'refused')"
Index("ix_hr_file_state", hr_file.c.state, hr_file.c.effective_on)
Index(  # the same file twice on its way is one
    "uq_hr_file_open",
    hr_file.c.kind,
    hr_file.c.digest,
    hr_file.c.effective_on,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)

hr_source = Table(  # a door that is asked for files: what it gave last
    "hr_source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mark", Text, nullable=False),  # ETag, or size and time of the file: unchanged means nothing new
    Column("looked_at", Instant, nullable=False),
    Column("trouble", Text, nullable=False),  # why the last look failed; empty when it did not
)

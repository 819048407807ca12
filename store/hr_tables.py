"""The tables of files that come in from HR: how a file's columns are meant, and each file on its way into force."""

from sqlalchemy import Column, Date, Index, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

column_mapping = Table(  # what a person said the columns of a kind of file mean
    "column_mapping",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # staff | posts | leave | roster | cards
    Column("name", Text, nullable=False),
    Column("headings", Text, nullable=False),  # JSON: heading of the file -> field
    Column("saved_by", Text, nullable=False),  # a login
    Column("saved_at", Instant, nullable=False),
)

hr_file = Table(
    "hr_file",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of its bytes: the same file twice is one
    Column("content", LargeBinary, nullable=False),  # emptied once it is in force or refused
    Column("mapping_id", Text),
    Column("effective_on", Date, nullable=False),
    Column("state", Text, nullable=False),  # previewed | waits | applied | refused
    Column("summary", Text, nullable=False),  # JSON: how many were added, changed, left; or what was wrong
    Column("brought_by", Text, nullable=False),  # a login; empty for a folder, SFTP or HTTPS
    Column("brought_at", Instant, nullable=False),
    Column("agreed_by", Text),  # the second person of a mass change
    Column("agreed_at", Instant),
    Column("applied_at", Instant),
)
Index("ix_hr_file_state", hr_file.c.state, hr_file.c.effective_on)
Index("uq_hr_file_digest", hr_file.c.kind, hr_file.c.digest, hr_file.c.effective_on, unique=True)

"""The tables of leave (休暇): what is granted, and what was taken of it. Amounts are whole minutes."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

leave_grant = Table(  # 付与 and 繰越; corrections are grants too, of fewer minutes than nothing
    "leave_grant",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # domain.attendance.leave_kinds
    Column("minutes", Integer, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day on which it may be taken
    Column("source", Text, nullable=False),  # grant | carried | hr | correction
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),  # a login; empty for a rule or a file
    Column("given_at", Instant, nullable=False),
)

leave_taken = Table(
    "leave_taken",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("day_on", Date, nullable=False),
    Column("starts_minute", Integer),  # both None: the whole day
    Column("ends_minute", Integer),
    Column("minutes", Integer, nullable=False),  # what it takes of the balance
    Column("application_id", Text, ForeignKey("application.id")),
    Column("ended_at", Instant),  # cancelled afterwards
)
Index("ix_leave_taken_person", leave_taken.c.person_id, leave_taken.c.day_on)

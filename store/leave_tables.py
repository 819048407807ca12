"""The tables of leave (休暇): what is granted, and what was taken of it. Amounts are whole minutes."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

leave_term = Table(  # what a person's grants follow from a day on; without a row a full-timer has the usual ones
    "leave_term",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("scheme", Text, nullable=False),  # domain.attendance.leave_grants.GrantScheme, by its id
    Column("serves_from_on", Date),  # the first day of uninterrupted service; None is the day of joining
    Column("week_days", Integer, nullable=False),
    Column("day_minutes", Integer, nullable=False),  # what a day of leave is
)

leave_grant = Table(  # 付与 and 繰越; corrections are grants too, of fewer minutes than nothing
    "leave_grant",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # domain.attendance.leave_kinds
    Column("minutes", Integer, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day on which it may be taken
    Column("source", Text, nullable=False),  # domain.attendance.leave_grants.LeaveSource
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),  # a login; empty for a rule or a file
    Column("given_at", Instant, nullable=False),
    Column("rule_key", Text),  # names what the rule gave once, as (kind, person, first day, which); by a hand its form
    Index("uq_leave_grant_rule_key", "rule_key", unique=True),
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

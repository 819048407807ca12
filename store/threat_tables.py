"""The tables of threat levels: who declared which, which device confirmed it, and what devices declared themselves."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text

from store.columns import Instant
from store.metadata import metadata

threat_declaration = Table(  # never removed: the audit of who declared what, when and why
    "threat_declaration",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that pressing twice is harmless
    Column("level", Text, nullable=False),  # domain.access.threat.ThreatLevel
    Column("until", Instant),
    Column("reason", Text, nullable=False),
    Column("asked_at", Instant, nullable=False, index=True),
    Column("asked_by", Text, nullable=False),  # a login
    Column("asked_by_name", Text, nullable=False),
    Column("confirm_by_at", Instant),  # until when a second account may confirm; None: it needs none
    Column("confirmed_by", Text),
    Column("confirmed_by_name", Text),
    Column("declared_at", Instant, unique=True),  # None: nobody confirmed it, and it never held
)

threat_answer = Table(
    "threat_answer",
    metadata,
    Column("declaration_id", Text, ForeignKey("threat_declaration.id"), primary_key=True),
    Column("device_id", Text, primary_key=True),
    Column("answered_at", Instant, nullable=False),
    Column("obeyed", Boolean, nullable=False),
    Column("cause", Text, nullable=False),
)

threat_change = Table(  # contract.records.ThreatChanged, as devices wrote it
    "threat_change",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("changed_at", Instant, nullable=False, index=True),
    Column("level", Text, nullable=False),
    Column("source", Text, nullable=False),  # centre | card | time
    Column("declared_at", Instant, nullable=False),
    Column("until", Instant),
    Column("cause_seq", BigInteger, nullable=False),
)

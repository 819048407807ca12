"""The tables of the citizens' door: letters that wait or left, sessions of citizens, programs that ask for them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from store.columns import BigId, Instant
from store.metadata import metadata

reservee_letter = Table(
    "reservee_letter",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # domain.notices.reservee_letter.LetterKind
    Column("subject", Text, nullable=False),  # what it is about, so that the same thing is written once
    Column("filling", Text, nullable=False),  # JSON; emptied once it has left
    Column("link", Text, nullable=False),  # a path of the citizens' pages
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("failed_at", Instant),  # given up
    Column("fault", Text, nullable=False),
)
Index("uq_reservee_letter_written", reservee_letter.c.kind, reservee_letter.c.subject, unique=True)
Index(
    "ix_reservee_letter_due",
    reservee_letter.c.due_at,
    sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
    postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
)

citizen_session = Table(
    "citizen_session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("reservee_id", Text, ForeignKey("reservee.id"), index=True),  # None: an address that nobody registered
    Column("csrf", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # None: a code was sent and not entered yet
)

api_client = Table(  # a program that asks by the HTTP API: the city's app
    "api_client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

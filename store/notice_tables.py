"""The tables of what people are told: the message, and what became of it on each way that it was sent."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from store.columns import BigId, Instant
from store.metadata import metadata

message = Table(
    "message",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False),  # contract.message_words
    Column("subject", Text, nullable=False),  # what it is about, so that the same thing is told once
    Column("filling", Text, nullable=False),  # JSON: what its words are filled with
    Column("link", Text, nullable=False),  # a path of our own pages
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
)
Index("ix_message_person", message.c.person_id, message.c.created_at)
Index("ix_message_subject", message.c.subject)
Index("uq_message_told", message.c.person_id, message.c.kind, message.c.subject, unique=True)

delivery = Table(
    "delivery",
    metadata,
    Column("message_id", BigId, ForeignKey("message.id"), primary_key=True),
    Column("way", Text, primary_key=True),  # mail | line_works | webhook
    Column("due_at", Instant, nullable=False),  # after quiet hours, or with the digest
    Column("tries", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("failed_at", Instant),  # given up
    Column("fault", Text, nullable=False),
)
Index(
    "ix_delivery_due",
    delivery.c.due_at,
    sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
    postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
)

address = Table(  # where a person is reached, and what that person wants to hear how
    "address",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("way", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("language", Text, nullable=False),  # ja | en
    Column("quiet_from_minute", Integer),  # of the civil day; both None: never quiet
    Column("quiet_until_minute", Integer),
    Column("digest_minute", Integer),  # once a day at this minute; None at once
)

"""The tables of what information is worth, where it is moved to, and which connections of a tier are allowed.

Classes and allowed connections are versions: what somebody entered counts once another one has approved it, and what it
replaced stays. Nothing here is ever erased.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

information_class = Table(  # versions of classes; append-only but for the second person's word
    "information_class",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("class_id", Text, nullable=False, index=True),
    Column("scheme", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("tiers", Text, nullable=False),  # ids with a blank between
    Column("demands", Text, nullable=False),  # handling=demand, a blank between
    Column("same_as", Text, nullable=False),  # ids with a blank between
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),  # store.versions.VersionState
    Column("decided_by", Text),
    Column("decided_at", Instant),
)

specific_link = Table(  # versions of allowed connections (特定通信); as above
    "specific_link",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("link_id", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("first_port", Integer, nullable=False),
    Column("last_port", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("decided_by", Text),
    Column("decided_at", Instant),
)

firewall_drift = Table(  # how a firewall differed from the list when it was last compared; append-only
    "firewall_drift",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("firewall", Text, nullable=False),
    Column("compared_at", Instant, nullable=False),
    Column("compared_by", Text, nullable=False),
    Column("passed", Integer, nullable=False),  # how many connections it lets through
    Column("body", Text, nullable=False),  # JSON of store.specific_links.KeptDrift
)

movement = Table(  # who asked to move, take out or dispose of which information, and where that stands
    "movement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("handling", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("class_id", Text, nullable=False),
    Column("demand", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("person_id", Text, ForeignKey("person.id"), nullable=True, index=True),
    Column("department_id", Text, nullable=False, index=True),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("from_tier", Text, nullable=False),
    Column("to_tier", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("approved_by", Text, nullable=False),  # logins with a blank between, in their order
    Column("done_by", Text, nullable=False),
    Column("done_at", Instant),
    Column("means", Text, nullable=False),
    Index("ix_movement_state_until_at", "state", "until_at"),
)

movement_step = Table(  # what was done about it, by whom and when; append-only
    "movement_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("movement_id", Text, ForeignKey("movement.id"), nullable=False, index=True),
    Column("act", Text, nullable=False),  # domain.zones.movement.MovementAct, or "ask"
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
)

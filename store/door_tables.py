"""The tables of doors, readers and cards at the desk; ``store.tables`` holds all others.

``door_state``, ``reader_state`` and ``last_tap`` are views derived from ``record`` by pure rules and can be rebuilt.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

# ---- what the log says of doors and readers -----------------------------------------------------------------------

door_state = Table(  # derived from record: how each door stands, as the newest record of its journal tells
    "door_state",
    metadata,
    Column("door_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False, index=True),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("mode", Text, nullable=False),  # the standing one (domain.access.door.DoorMode)
    Column("mode_source", Text, nullable=False),
    Column("lock", Text, nullable=False),  # released | relocked
    Column("contact", Text, nullable=False),  # opened | closed; empty: it has not spoken in this life of the device
    Column("alarm", Text, nullable=False),  # forced_open | held_open_prealarm | held_open; empty without one
    Column("tampered", Boolean, nullable=False),
    Column("fire", Boolean, nullable=False),
)

reader_state = Table(  # derived from record: how each reader last reported
    "reader_state",
    metadata,
    Column("reader_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("health", Text, nullable=False),
    Column("cause", Text, nullable=False),
)

last_tap = Table(  # derived from record: where the last tap of each access point stands in the log
    "last_tap",
    metadata,
    Column("access_point_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("tapped_at", Instant, nullable=False),
)

# ---- what is asked of doors ---------------------------------------------------------------------------------------

door_command = Table(  # what was asked of doors: by whom, why, and what the device answered
    "door_command",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, nullable=False, index=True),  # one press of a button: commands to several devices
    Column("scope", Text, nullable=False),  # door | area | site, as the person chose it
    Column("scope_id", Text, nullable=False),  # the door's or the area's id; empty for the site
    Column("device_id", Text, nullable=False),
    Column("doors", Text, nullable=False),  # space-separated
    Column("action", Text, nullable=False),  # contract.commands.DoorAction
    Column("seconds", Integer),
    Column("reason", Text, nullable=False),
    Column("issued_by", Text, nullable=False),  # a login
    Column("issued_by_name", Text, nullable=False),  # the person behind it
    Column("confirmed_by", Text),  # the second person's login, where the site wants two
    Column("confirmed_by_name", Text),
    Column("issued_at", Instant, nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("superseded_at", Instant),  # a later command took these doors: this one is not sent again
    Column("answered_at", Instant),
    Column("obeyed", Boolean),
    Column("cause", Text),
)
Index(
    "ix_door_command_waiting",
    door_command.c.device_id,
    sqlite_where=door_command.c.answered_at.is_(None),
    postgresql_where=door_command.c.answered_at.is_(None),
)

door_proposal = Table(  # what is asked of doors only once a second person confirms it; never removed
    "door_proposal",
    metadata,
    Column("id", Text, primary_key=True),  # becomes the commands' request_id
    Column("scope", Text, nullable=False),
    Column("scope_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("seconds", Integer),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # a login
    Column("asked_by_name", Text, nullable=False),
    Column("asked_at", Instant, nullable=False, index=True),
    Column("confirm_by_at", Instant, nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_by_name", Text),
    Column("confirmed_at", Instant),
)

# ---- cards at the desk --------------------------------------------------------------------------------------------

card_change = Table(  # who changed what of a card; never a PIN, nor anything made from one
    "card_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),  # a login
    Column("token", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # enrolled | status | allowances | pin | duress_pin | pin_removed
    Column("detail", Text, nullable=False),
)
Index("ix_card_change_person", card_change.c.person_id, card_change.c.id)

enrolment = Table(  # the next card held to this reader is to be this person's
    "enrolment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reader_id", Text, nullable=False),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # a login
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text),  # enrolled | belongs | unfit | cancelled | expired
    Column("token", Text),  # the card that came
)
Index(
    "uq_enrolment_waiting",
    enrolment.c.reader_id,
    unique=True,
    sqlite_where=enrolment.c.ended_at.is_(None),
    postgresql_where=enrolment.c.ended_at.is_(None),
)
Index("ix_enrolment_asked_by", enrolment.c.asked_by, enrolment.c.asked_at)

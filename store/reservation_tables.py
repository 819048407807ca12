"""The tables of reservations: who reserves, what, its life in deeds, and what each one holds.

``resource_hold`` is where no double booking can exist: of two holds of one resource whose times overlap both have one
holder. PostgreSQL keeps that as an exclusion constraint, SQLite as triggers of the same name (migration 0020).
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from store.columns import BigId, Instant
from store.metadata import metadata

DOUBLE_HOLD = "ex_resource_hold_double"
"""The name of the constraint, and what SQLite's triggers say."""

reservee = Table(  # who reserves; what tells who it was is emptied when its time is over
    "reservee",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # staff | citizen | group
    Column("user_class", Text, ForeignKey("user_class.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("contact_name", Text, nullable=False),  # of a group: who answers for it
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("person_id", Text, ForeignKey("person.id"), unique=True),  # a member of staff
    Column("registered_at", Instant, nullable=False),
    Column("registered_by", Text, nullable=False),  # a login; "self"
    Column("confirmed_at", Instant),  # that the address or telephone is theirs
    Column("blocked_until", Date),  # the last day
    Column("blocked_reason", Text, nullable=False),
    Column("merged_into", Text),  # the reservee that this one turned out to be
    Column("forgotten_at", Instant),
)
Index("ix_reservee_email", reservee.c.email)
Index("ix_reservee_phone", reservee.c.phone)


def wish_columns() -> tuple[Column[Any], ...]:
    """Give the columns that say what somebody wishes to have: of a reservation, and of a place in a waiting list."""
    return (
        Column("room_id", Text, ForeignKey("room.id"), nullable=False),
        Column("from_at", Instant, nullable=False),
        Column("until_at", Instant, nullable=False),
        Column("slot_id", Text, ForeignKey("slot_kind.id")),
        Column("places", Integer),
        Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
        Column("user_class", Text, ForeignKey("user_class.id"), nullable=False),
        Column("party", Integer, nullable=False),
        Column("purpose", Text, nullable=False),
    )


reservation = Table(
    "reservation",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    *wish_columns(),
    Column("state", Text, nullable=False),  # domain.facilities.reservation.ReservationState
    Column("version", Integer, nullable=False),
    Column("series_id", Text, index=True),
    Column("expires_at", Instant),
    Column("made_by", Text, nullable=False),  # a login; "self" for a citizen's own
    Column("made_at", Instant, nullable=False),
    CheckConstraint("from_at < until_at", name="time"),
)
Index("ix_reservation_room", reservation.c.room_id, reservation.c.from_at)
Index("ix_reservation_state", reservation.c.state, reservation.c.from_at)

reservation_unit = Table(  # equipment asked for
    "reservation_unit",
    metadata,
    Column("reservation_id", Text, ForeignKey("reservation.id"), primary_key=True),
    Column("equipment_id", Text, ForeignKey("equipment.id"), primary_key=True),
    Column("units", Integer, nullable=False),
)

reservation_step = Table(  # who did what about it; append-only
    "reservation_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, index=True),
    Column("act", Text, nullable=False),  # domain.facilities.reservation.ReservationAct
    Column("actor", Text, nullable=False),  # domain.facilities.reservation.Actor
    Column("done_by", Text, nullable=False),  # a login, "self", a device's or a job's name
    Column("done_at", Instant, nullable=False),
    Column("from_state", Text, nullable=False),  # empty where it begins
    Column("to_state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

resource_hold = Table(
    "resource_hold",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("resource", Text, nullable=False),  # domain.facilities.holds: space:…, place:…, unit:…
    Column("holder", Text, nullable=False),  # whoever shares it: a reservation or one day's slot
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, index=True),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    CheckConstraint("from_at < until_at", name="time"),
)
Index("ix_resource_hold_resource", resource_hold.c.resource, resource_hold.c.from_at)
resource_hold.append_constraint(
    ExcludeConstraint(
        (resource_hold.c.resource, "="),
        (text("tstzrange(from_at, until_at)"), "&&"),
        (resource_hold.c.holder, "<>"),
        name=DOUBLE_HOLD,
        using="gist",
    ).ddl_if(dialect="postgresql")
)

party_code = Table(  # QR codes for citizens' bookings, drawn before anybody has them; what names a code is no code
    "party_code",
    metadata,
    Column("token", Text, primary_key=True),
    Column("code_id", Text, nullable=False),  # hexadecimal; the centre signs it again whenever it is shown
    Column("drawn_at", Instant, nullable=False),
    Column("reservation_id", Text, ForeignKey("reservation.id"), index=True),  # NULL: nobody's yet
    Column("taken_at", Instant),
    Column("ended_at", Instant),  # another one counts instead
)
Index(
    "ix_party_code_free",
    party_code.c.drawn_at,
    party_code.c.token,
    sqlite_where=party_code.c.reservation_id.is_(None),
    postgresql_where=party_code.c.reservation_id.is_(None),
)

unkept_promise = Table(  # promises that something keeps from being kept: seen by a clock, gone when all is well again
    "unkept_promise",
    metadata,
    Column("reservation_id", Text, ForeignKey("reservation.id"), primary_key=True),
    Column("lacks", Text, nullable=False),  # domain.facilities.promises.PromiseKind, space-separated
    Column("since_at", Instant, nullable=False),
)

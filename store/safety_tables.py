"""The tables of what is done about alarms, of who is inside in an evacuation, and of floor plans."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

alarm_step = Table(  # what became of an alarm, and who did it
    "alarm_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("alarm_id", BigId, ForeignKey("alarm.id"), nullable=False, index=True),
    Column("done_at", Instant, nullable=False),
    Column("done_by", Text, nullable=False),  # a login; empty for what happened by itself
    Column("act", Text, nullable=False),  # domain.access.alarm_desk.AlarmAct
    Column("note", Text, nullable=False),
)

presence_correction = Table(  # a person said where another one is, against the doors
    "presence_correction",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("corrected_at", Instant, nullable=False),
    Column("corrected_by", Text, nullable=False),  # a login
    Column("area_from", Text),  # None: the doors knew of no place
    Column("area_to", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

muster = Table(  # an evacuation, or its drill
    "muster",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that pressing twice is harmless
    Column("scope", Text, nullable=False),  # site
    Column("started_at", Instant, nullable=False, index=True),
    Column("started_by", Text, nullable=False),  # a login
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("drill", Boolean),  # None while it lasts: said at its end
    Column("note", Text, nullable=False),
)
Index(
    "uq_muster_going_on",
    muster.c.scope,
    unique=True,
    sqlite_where=muster.c.ended_at.is_(None),
    postgresql_where=muster.c.ended_at.is_(None),
)

muster_person = Table(  # who was to be looked for, as known when the name came onto the list
    "muster_person",
    metadata,
    Column("muster_id", Text, ForeignKey("muster.id"), primary_key=True),
    Column("person_id", Text, primary_key=True),  # of somebody without one: visit-… or hand-…
    Column("listed_at", Instant, nullable=False),
    Column("listed_by", Text, nullable=False),  # a login where the name was added by hand; else empty
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("belongs", Text, nullable=False),  # the department; of a visitor the organisation and the host
    Column("kind", Text, nullable=False),  # staff | visitor | by_hand
    Column("area_id", Text, nullable=False),  # empty: not known
    Column("access_point_id", Text, nullable=False),  # empty: not from a door
    Column("since_at", Instant),
    Column("doubt", Text, nullable=False),  # domain.access.whereabouts.Doubt
)

muster_mark = Table(  # somebody was seen, or not after all
    "muster_mark",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("muster_id", Text, ForeignKey("muster.id"), nullable=False, index=True),
    Column("person_id", Text, nullable=False),
    Column("marked_at", Instant, nullable=False),
    Column("marked_by", Text, nullable=False),  # a login; of a tap the access point
    Column("safe", Boolean, nullable=False),
    Column("how", Text, nullable=False),  # touch | tap
)

floor_plan = Table(
    "floor_plan",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("media_type", Text, nullable=False),  # image/svg+xml | image/png
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("image", LargeBinary, nullable=False),  # only what gateway.plan_images let through
    Column("uploaded_at", Instant, nullable=False),
    Column("uploaded_by", Text, nullable=False),  # a login
)

plan_marker = Table(  # where a door is on a plan
    "plan_marker",
    metadata,
    Column("plan_id", BigId, ForeignKey("floor_plan.id"), primary_key=True),
    Column("door_id", Text, primary_key=True),
    Column("x", Integer, nullable=False),  # ten-thousandths of the width, from the left
    Column("y", Integer, nullable=False),  # of the height, from above
    Column("placed_at", Instant, nullable=False),
    Column("placed_by", Text, nullable=False),  # a login
)

"""The tables of what can be reserved: facilities, their rooms, spaces, equipment, and the slots of a day.

Whoever looks after a facility edits these on a page; nothing is deleted, what is over is retired. Minutes count from
00:00 and may run past 1440. ``domain.facilities.facility`` says what the values mean.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Table, Text

from store.columns import Instant
from store.metadata import metadata

facility = Table(
    "facility",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("department_id", Text, ForeignKey("department.id"), nullable=False),
    Column("operator", Text, nullable=False),  # 指定管理者; empty where the city runs it
    Column("is_public", Boolean, nullable=False),
    Column("retired_on", Date),
)

space = Table(  # the smallest part that is never shared
    "space",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
)

room = Table(
    "room",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("position", Integer, nullable=False),  # where it stands among the facility's rooms
    Column("capacity", Integer, nullable=False),
    Column("step_minutes", Integer, nullable=False),
    Column("minutes_min", Integer, nullable=False),
    Column("minutes_max", Integer, nullable=False),
    Column("before_minutes", Integer, nullable=False),
    Column("after_minutes", Integer, nullable=False),
    Column("permits", Text, nullable=False),  # domain.facilities.facility.Permits
    Column("area_id", Text),  # of the site's description
    Column("retired_on", Date),
)

room_space = Table(
    "room_space",
    metadata,
    Column("room_id", Text, ForeignKey("room.id"), primary_key=True),
    Column("space_id", Text, ForeignKey("space.id"), primary_key=True),
)

equipment = Table(
    "equipment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("room_id", Text, ForeignKey("room.id")),  # of one room alone
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("retired_on", Date),
)

slot_kind = Table(  # 区分: a part of the day in which a room is reserved
    "slot_kind",
    metadata,
    Column("id", Text, primary_key=True),
    Column("room_id", Text, ForeignKey("room.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("from_minute", Integer, nullable=False),
    Column("to_minute", Integer, nullable=False),
    Column("weekdays", Text, nullable=False),  # digits, 0 is Monday
    Column("places", Integer),  # 枠ごとの定員; NULL: for one reservation alone
    Column("valid_from", Date),
    Column("valid_until", Date),  # the last day
)

user_class = Table(  # whom windows, quotas and fees tell apart: 市内, 市外, 減免団体
    "user_class",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("retired_on", Date),
)

site_area = (
    Table(  # what the site's description says of areas behind rooms' doors; written by the gateway, never edited
        "site_area",
        metadata,
        Column("id", Text, primary_key=True),
        Column("level_id", Text),  # what a booking of a room in it gives; NULL: nothing
        Column("points", Text, nullable=False),  # access points that lead into it, space-separated
        Column("code_points", Text, nullable=False),  # those of them that read QR codes
        Column("told_at", Instant, nullable=False),
    )
)

"""The tables of a facility's rules: hours, closures, booking windows, quotas, terms; who has which duty; what changed.

A rule with a ``room_id`` is of that room alone. Nothing is deleted: a rule ends on ``valid_until``, and one that was a
mistake is ``retired_at``. ``domain.facilities`` says what the values mean (``opening``, ``closures``,
``booking_rules``, ``quotas``); minutes count from 00:00, a deadline's as ``booking_rules.Deadline`` says.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, text

from store.columns import BigId, Instant
from store.metadata import metadata


def _rule(name: str, *columns: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
        *columns,
        Column("retired_at", Instant),
    )


opening = _rule(
    "opening",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("weekdays", Text, nullable=False),  # digits, 0 is Monday
    Column("from_minute", Integer, nullable=False),
    Column("to_minute", Integer, nullable=False),
    Column("months", Text, nullable=False),  # space-separated; empty: all
    Column("valid_from", Date),
    Column("valid_until", Date),  # the last day
)

closure_rule = _rule(
    "closure_rule",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("kind", Text, nullable=False),  # ClosureKind
    Column("name", Text, nullable=False),
    Column("weekdays", Text, nullable=False),  # digits
    Column("nths", Text, nullable=False),  # space-separated; -1 is the last
    Column("from_day", Text),  # 12-29
    Column("to_day", Text),  # the last
    Column("on_holiday", Text, nullable=False),  # OnHoliday
    Column("valid_from", Date),
    Column("valid_until", Date),
)

special_days = _rule(  # 臨時休館、臨時開館
    "special_days",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("kind", Text, nullable=False),  # SpecialKind
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("from_minute", Integer),
    Column("to_minute", Integer),
)

booking_window = _rule(
    "booking_window",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("user_class", Text, ForeignKey("user_class.id")),
    Column("opens_by", Text, nullable=False),  # OpensBy
    Column("opens_before", Integer, nullable=False),  # months or days
    Column("opens_day", Integer, nullable=False),
    Column("opens_minute", Integer, nullable=False),
    Column("closes_days", Integer),
    Column("closes_minutes", Integer, nullable=False),
    Column("desk_closes_days", Integer),
    Column("desk_closes_minutes", Integer),  # NULL: no longer than anybody
    Column("valid_from", Date),  # of the day of use
    Column("valid_until", Date),
)

quota = _rule(
    "quota",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("user_class", Text, ForeignKey("user_class.id")),
    Column("counts", Text, nullable=False),  # Counts
    Column("per", Text, nullable=False),  # Per
    Column("most", Integer, nullable=False),
    Column("valid_from", Date),  # of the day of use
    Column("valid_until", Date),
)

facility_terms = _rule(
    "facility_terms",
    Column("cancel_days", Integer),
    Column("cancel_minutes", Integer, nullable=False),
    Column("valid_from", Date),  # of the day of use, until the next ones
    Column("no_shows_to_block", Integer, nullable=False),
    Column("no_show_days", Integer, nullable=False),
    Column("block_days", Integer, nullable=False),
    Column("no_show_after_minutes", Integer),
    Column("contact_confirmed", Boolean, nullable=False),
    Column("tentative_minutes", Integer, nullable=False),
)

entry_rule = _rule(  # 入室方法: how one gets into a reserved room
    "entry_rule",
    Column("room_id", Text, ForeignKey("room.id")),
    Column("ways", Text, nullable=False),  # domain.facilities.entry.Way, space-separated
    Column("early_minutes", Integer, nullable=False),
    Column("late_minutes", Integer, nullable=False),
    Column("valid_from", Date),  # of the day of use, until the next one
)

facility_duty = Table(  # who decides, stands at the desk, keeps the keys: 窓口委託, 指定管理者
    "facility_duty",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("duty", Text, nullable=False),  # store.facility_duties.Duty
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
)
_STANDS = text("ended_at IS NULL")
Index(
    "uq_facility_duty_stands",
    facility_duty.c.login,
    facility_duty.c.facility_id,
    facility_duty.c.duty,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)

facility_change = Table(  # who laid down what; append-only
    "facility_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), index=True),  # NULL: of no single one (a user class)
    Column("thing", Text, nullable=False),  # domain.facilities.facility_fault.Thing
    Column("thing_id", Text, nullable=False),
    Column("before", Text),  # JSON; NULL: it was not there
    Column("after", Text),  # JSON; NULL: it is retired
    Column("changed_by", Text, nullable=False),  # a login, or "command"
    Column("changed_at", Instant, nullable=False),
)

"""The tables of what was planned and agreed for a person's days: shifts, swaps, days elsewhere, punches by hand.

Rows that an application brought name it; what is over is ended with the instant, never deleted. Clock minutes count
from 00:00 of the day, past 1440 on the day after.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

shift_kind = Table(  # 勤務区分: a named shift that rosters refer to
    "shift_kind",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # domain.attendance.shift.DayKind
    Column("hours", Text, nullable=False),  # as domain.attendance.shift_text writes a day of work; else empty
    Column("until_on", Date),  # the last day on which it may be planned
)

shift_pattern = Table(  # 交替制: shifts that repeat, from a day on
    "shift_pattern",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("codes", Text, nullable=False),  # space-separated shift kinds, one a day, then again from the first
    Column("anchor_on", Date, nullable=False),  # a day on which the first code holds
    Column("on_holidays", Boolean, nullable=False),  # duty is due on holidays too (交替制), unlike a part-timer's week
)

pattern_member = Table(
    "pattern_member",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("pattern_id", Text, ForeignKey("shift_pattern.id"), nullable=False),
    Column("offset_days", Integer, nullable=False),  # by how many days this person is behind the pattern
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day
)

planned_shift = Table(  # a person's shift of one day; stands above patterns and the profile's week
    "planned_shift",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("day_on", Date, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("hours", Text, nullable=False),
    Column("code", Text),  # the shift kind it was planned by
    Column("source", Text, nullable=False),  # desk | import | application
    Column("application_id", Text, ForeignKey("application.id")),
    Column("planned_by", Text, nullable=False),  # a login; empty for a file
    Column("planned_at", Instant, nullable=False),
)

day_swap = Table(  # 週休日の振替
    "day_swap",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("worked_on", Date, nullable=False),
    Column("off_on", Date, nullable=False),
    Column("part_minutes", Integer),  # None is the whole day
    Column("application_id", Text, ForeignKey("application.id")),
    Column("ended_at", Instant),
)
Index("ix_day_swap_person", day_swap.c.person_id, day_swap.c.worked_on)

compensatory_day = Table(  # 代休日
    "compensatory_day",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("worked_on", Date, nullable=False),
    Column("off_on", Date, nullable=False),
    Column("application_id", Text, ForeignKey("application.id")),
    Column("ended_at", Instant),
)
Index("ix_compensatory_day_person", compensatory_day.c.person_id, compensatory_day.c.worked_on)

elsewhere = Table(  # 在宅, 出張, 宿日直 and the like: hours without taps, or of another kind
    "elsewhere",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("day_on", Date, nullable=False),
    Column("kind", Text, nullable=False),  # domain.attendance.elsewhere.ElsewhereKind
    Column("starts_minute", Integer, nullable=False),
    Column("ends_minute", Integer, nullable=False),
    Column("application_id", Text, ForeignKey("application.id")),
    Column("ended_at", Instant),
)
Index("ix_elsewhere_person", elsewhere.c.person_id, elsewhere.c.day_on)

manual_punch = Table(  # a punch by hand: the card was forgotten; counts once its application is approved
    "manual_punch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("punched_at", Instant, nullable=False),
    Column("direction", Text, nullable=False),  # in | out
    Column("application_id", Text, ForeignKey("application.id"), nullable=False),
    Column("ended_at", Instant),
)
Index("ix_manual_punch_person", manual_punch.c.person_id, manual_punch.c.punched_at)

wrong_tap = Table(  # a tap that is none of working time: the record stays, the punch bounds nothing while this holds
    "wrong_tap",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("device_id", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("tapped_at", Instant, nullable=False),  # to the minute
    Column("application_id", Text, ForeignKey("application.id"), nullable=False),
    Column("agreed_by", Text, nullable=False),  # a person
    Column("reason", Text, nullable=False),
    Column("ended_at", Instant),
)
Index("ix_wrong_tap_person", wrong_tap.c.person_id, wrong_tap.c.tapped_at)
Index("ix_wrong_tap_record", wrong_tap.c.device_id, wrong_tap.c.epoch, wrong_tap.c.seq)

punch_judgement = Table(  # what a person said of a tap whose clock was uncertain
    "punch_judgement",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("counts", Boolean, nullable=False),
    Column("judged_by", Text, nullable=False),  # a login
    Column("judged_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

computer_use = Table(  # log-on and log-off of a person's computers, as another system tells them: evidence only
    "computer_use",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("used_at", Instant, primary_key=True),
    Column("kind", Text, primary_key=True),  # on | off
    Column("host", Text, nullable=False),
)

workplace = Table(  # which overtime caps hold in a department from a day on (L2, R9)
    "workplace",
    metadata,
    Column("department_id", Text, ForeignKey("department.id"), primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("kind", Text, nullable=False),  # domain.attendance.facts.Workplace
    Column("said_by", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
)

former_employment = Table(  # how somebody was employed through a day; what holds since then stands with the person
    "former_employment",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("until_on", Date, primary_key=True),
    Column("employment", Text, nullable=False),
    Column("is_manager", Boolean, nullable=False),
)

"""The tables of a month's end: how far each person's month is, its closed versions, and what was put right afterwards.

A closed version is never changed and never deleted; what comes later is an adjustment that names it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.columns import BigId, Instant
from store.metadata import metadata

person_month = Table(
    "person_month",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("period", Text, primary_key=True),  # YYYY-MM
    Column("state", Text, nullable=False),  # domain.attendance.closing.MonthState
    Column("seen_hash", Text, nullable=False),  # of what the last confirmation saw
    Column("version", Integer, nullable=False),  # 0 before the first closing
    Column("proposed_by", Text),  # a person who wants the closed month opened again
    Column("changed_at", Instant, nullable=False),
)
Index("ix_person_month_period", person_month.c.period, person_month.c.state)

month_step = Table(  # who confirmed, closed or reopened what, and when
    "month_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("act", Text, nullable=False),  # domain.attendance.closing.MonthAct
    Column("done_by", Text, nullable=False),  # a person; empty for a rule that did it by itself
    Column("done_at", Instant, nullable=False),
    Column("seen_hash", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
Index("ix_month_step_month", month_step.c.period, month_step.c.person_id)

month_version = Table(
    "month_version",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("profile", Text, nullable=False),
    Column(
        "content", LargeBinary, nullable=False
    ),  # contract.month_version: every minute with class, order, taps and rule
    Column("content_hash", Text, nullable=False),
    Column("closed_by", Text, nullable=False),  # a person
    Column("closed_at", Instant, nullable=False),
)

closing_run = Table(  # a closing of many months as somebody asked for it, and how far it is
    "closing_run",
    metadata,
    Column("id", Text, primary_key=True),  # the form's: asking twice is once
    Column("period", Text, nullable=False),
    Column("department_id", Text, ForeignKey("department.id")),  # None is the whole city
    Column("asked_by", Text, ForeignKey("person.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("without_readers", Text, nullable=False),  # space-separated device ids
    Column("reason", Text, nullable=False),
    Column("worked_at", Instant),  # when its worker last said so; None while it waits for one
    Column("done", Integer, nullable=False),  # departments
    Column("of", Integer, nullable=False),
    Column("closed", Integer, nullable=False),  # persons' months
    Column("left", Integer, nullable=False),
    Column("ended_at", Instant),
    Column("fault", Text),  # domain.attendance.month_fault.MonthWhy, where it was refused after all
)
_RUNS = text("ended_at IS NULL")
Index("uq_closing_run_open", closing_run.c.period, unique=True, sqlite_where=_RUNS, postgresql_where=_RUNS)
Index("ix_closing_run_period", closing_run.c.period, closing_run.c.asked_at)

month_adjustment = Table(  # what is paid or taken back after the closing, and why
    "month_adjustment",
    metadata,
    Column("id", Text, primary_key=True),  # derived from its content: finding it twice is harmless
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("version", Integer, nullable=False),  # the closed version it departs from
    Column("causes", Text, nullable=False),  # space-separated domain.attendance.adjustment.Cause
    Column("content", LargeBinary, nullable=False),  # contract.adjustment_content: before and after, by day
    Column("content_hash", Text, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("proposed_by", Text),  # two persons: one proposes, another agrees
    Column("proposed_at", Instant),
    Column("agreed_by", Text),
    Column("agreed_at", Instant),
    Column("dismissed_at", Instant),
    Column("reason", Text, nullable=False),
)
Index("ix_month_adjustment_month", month_adjustment.c.period, month_adjustment.c.person_id)

changed_day = Table(  # duty days whose facts changed since they were last looked at; the outbox of recomputing
    "changed_day",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("day_on", Date, primary_key=True),
    Column("cause", Text, primary_key=True),  # domain.attendance.adjustment.Cause
    Column("changed_at", Instant, nullable=False),
)

divergent_day = Table(  # what diverges by the last look: an index that finds days, never what they are judged by
    "divergent_day",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("subject", Text, primary_key=True),  # domain.attendance.requests.divergence_subject
    Column("period", Text, nullable=False),
    Column("day_on", Date, nullable=False),
    Column("kind", Text, nullable=False),  # domain.attendance.divergence.DivergenceKind
    Column("minutes", Integer, nullable=False),
)
Index("ix_divergent_day_period", divergent_day.c.period, divergent_day.c.person_id)

month_look = Table(  # when a person's month was last looked through for divergences
    "month_look",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("looked_at", Instant),  # None: something changed since
    Column("days", Integer, nullable=False),  # on how many days of it something diverged
    Column("unrecorded", Integer, nullable=False),  # on how many days of duty nothing is known
)
Index(
    "ix_month_look_forgotten",
    month_look.c.period,
    sqlite_where=text("looked_at IS NULL"),
    postgresql_where=text("looked_at IS NULL"),
)

month_overtime = Table(  # what the last look counted of a month's overtime, for the report; rebuilt like the look
    "month_overtime",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("overtime_minutes", Integer, nullable=False),
    Column("with_holidays_minutes", Integer, nullable=False),  # and statutory rest days
    Column("notice_minutes", Integer, nullable=False),  # and all holiday work, and a manager's days
)
Index("ix_month_overtime_period", month_overtime.c.period, month_overtime.c.person_id)

doubtful_tap = Table(  # taps whose clock was never set: they count for pay only after a person has looked
    "doubtful_tap",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Text, nullable=False),
    Column("tapped_at", Instant, nullable=False),
)
Index("ix_doubtful_tap_person", doubtful_tap.c.person_id, doubtful_tap.c.tapped_at)

pay_line = Table(  # each figure that payroll is to take: once, whatever the wire does
    "pay_line",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column(
        "row_name", Text, nullable=False
    ),  # domain.attendance.pay_line.PayRow.name: with the adjustments it contains
    Column("line", Text, nullable=False),  # the layout's key of a column
    Column("layout", Text, nullable=False),
    Column("minutes", BigInteger, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("state", Text, nullable=False),  # domain.attendance.pay_line.LineState
    Column("answer", Text, nullable=False),  # what the other side said, in words
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("period", "layout", "person_id", "version", "row_name", "line"),
)
Index("ix_pay_line_batch", pay_line.c.batch_id)

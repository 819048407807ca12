"""The tables of papers on order, of what payroll said and how its service lets us in, and of subscribed calendars."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

paper = Table(  # an order by a page; the connector makes it, and after some days it is forgotten
    "paper",
    metadata,
    Column("id", Text, primary_key=True),  # drawn with the form: the same order twice is one
    Column("kind", Text, nullable=False),  # domain.attendance.paper.PaperKind
    Column("period", Text, nullable=False),  # YYYY-MM
    Column("person_id", Text, ForeignKey("person.id")),  # whose; None with a department, or for everybody
    Column("department_id", Text, ForeignKey("department.id")),
    Column("asked_by", Text, nullable=False),  # a login
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # domain.attendance.paper.PaperState
    Column("attempt", Integer, nullable=False),  # how often its making began; who makes it knows the number
    Column("done", Integer, nullable=False),  # parts made so far …
    Column("parts", Integer, nullable=False),  # … of these; 0 while nobody knows
    Column("touched_at", Instant, nullable=False),  # the last sign of whoever makes it
    Column("finished_at", Instant),
    Column("words", Text, nullable=False),  # why it failed, or what has to be known of it; Japanese / English
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary),
    Column("given", LargeBinary),  # the other side's list; emptied once it was read
)
Index("ix_paper_state", paper.c.state, paper.c.asked_at)
Index("ix_paper_asked_by", paper.c.asked_by, paper.c.asked_at)

pay_check = Table(  # payroll's own list of a month held against ours, once
    "pay_check",
    metadata,
    Column("id", Text, primary_key=True),  # of the paper that asked for it
    Column("period", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("checked_by", Text, nullable=False),  # a login
    Column("checked_at", Instant, nullable=False),
    Column("agreed", Integer, nullable=False),  # figures that are the same
    Column("confirmed", Integer, nullable=False),  # lines that became confirmed by it
)
Index("ix_pay_check_period", pay_check.c.period, pay_check.c.checked_at)

pay_difference = Table(
    "pay_difference",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("check_id", Text, ForeignKey("pay_check.id"), nullable=False),
    Column("person_id", Text, nullable=False),  # as their list names one; we may know nobody of it
    Column("line", Text, nullable=False),  # the layout's key of a column; empty for the person as a whole
    Column("ours", Integer),  # minutes; None where a side has nothing
    Column("theirs", Integer),
    Column("difference", Text, nullable=False),  # domain.attendance.reconciliation.Difference | listed_twice
)
Index("ix_pay_difference_check", pay_difference.c.check_id)

payroll_form = Table(  # the form that the connector is set to; one row, said anew at each of its starts
    "payroll_form",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("layout", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("is_file", Boolean, nullable=False),  # False: a service's requests
    Column("trouble", Text, nullable=False),  # why the form cannot be used; Japanese / English
    Column("told_at", Instant, nullable=False),
)

payroll_access = (
    Table(  # the tokens by which a payroll service lets us in; each renewal takes the place of the one before
        "payroll_access",
        metadata,
        Column("service", Text, primary_key=True),  # freee
        Column("number", Integer, nullable=False),  # counts the pairs: whoever renews says which one was seen
        Column("sealed", LargeBinary, nullable=False),  # sync.payroll.token_pair, sealed (contract.sealed_bytes)
        Column("ends_at", Instant, nullable=False),  # of the token that goes with requests
        Column("renewing_at", Instant),  # since when somebody renews it
        Column(
            "refusal", Text, nullable=False
        ),  # why it is not renewed any more, Japanese / English; empty while it is
    )
)

calendar_feed = Table(  # the secret address under which somebody's calendar is read
    "calendar_feed",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),  # SHA-256 of what stands in the address
    Column("made_at", Instant, nullable=False),
    Column("asked_at", Instant),  # when a calendar last asked, to the hour
)

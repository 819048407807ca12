"""The tables of applications (申請): what was asked, who did what about it, and who stands in for whom.

``domain.workflow`` says what an act does; these rows keep it. ``deeds`` is how many acts there were: a writer names
how many it saw, so that of two who act at once one is told so. Deeds are never changed and never deleted.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from store.columns import BigId, Instant
from store.metadata import metadata

application = Table(
    "application",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("kind", Text, nullable=False),  # domain.attendance.requests.RequestKind, later other contexts' too
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),  # whom it is about
    Column("applicant_id", Text, ForeignKey("person.id"), nullable=False),
    Column("department_id", Text, ForeignKey("department.id"), nullable=False),
    Column("route", Text, nullable=False),  # space-separated domain.workflow.route.StepRole
    Column("subject", Text, nullable=False),  # what else finds it, as the divergence explained; or empty
    Column("content", LargeBinary, nullable=False),  # canonical JSON; its SHA-256 is what is approved
    Column("content_hash", Text, nullable=False),
    Column("from_on", Date, nullable=False),  # the duty days it speaks of, the last one too
    Column("until_on", Date, nullable=False),
    Column("state", Text, nullable=False),  # domain.workflow.states.State
    Column("step", Integer, nullable=False),
    Column("waits_for", Text),  # the StepRole whose word it needs now; None while it waits for nobody
    Column("deeds", Integer, nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
Index("ix_application_person_days", application.c.person_id, application.c.from_on)
Index("ix_application_applicant", application.c.applicant_id)
Index("ix_application_subject", application.c.subject)
Index(
    "ix_application_waiting",
    application.c.waits_for,
    application.c.department_id,
    sqlite_where=text("waits_for IS NOT NULL"),
    postgresql_where=text("waits_for IS NOT NULL"),
)
Index(  # a month's explanations, for the queue of divergent days
    "ix_application_divergence",
    application.c.from_on,
    sqlite_where=text("kind = 'divergence'"),
    postgresql_where=text("kind = 'divergence'"),
)

application_deed = Table(
    "application_deed",
    metadata,
    Column("application_id", Text, ForeignKey("application.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 0; two of one number cannot both stand
    Column("act", Text, nullable=False),  # domain.workflow.states.Act
    Column("done_by", Text, nullable=False),  # a person
    Column("acting_for", Text),
    Column("done_at", Instant, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("content", LargeBinary),  # as it was submitted, where the act submitted it
    Column("step", Integer, nullable=False),
    Column("state", Text, nullable=False),  # what the act led to
    Column("reason", Text, nullable=False),
)

delegation = Table(  # 代決: a head names who decides while he is away
    "delegation",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("head_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("delegate_id", Text, ForeignKey("person.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),  # the last day
    Column("given_by", Text, nullable=False),  # a login
    Column("given_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
)

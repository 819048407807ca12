"""The tables of rights: who belongs where and when, what is granted and denied, who held which card, what is ordered.

Civil days (``_on``) count in full, the last one too; None is no bound. Nothing here is deleted: what is over is ended,
with who and when. ``store.tables`` holds persons, departments and cards themselves.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

# ---- who belongs where --------------------------------------------------------------------------------------------

post = Table(  # a person's place in the organisation for a time; HR's department is the regular one
    "post",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("department_id", Text, ForeignKey("department.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),  # domain.access.rights.PostKind: regular | concurrent | acting
    Column("from_on", Date),
    Column("until_on", Date),  # the last day
    Column("source", Text, nullable=False),  # hr | desk: whose word it is
    Column("given_by", Text, nullable=False),  # a login; empty for HR's file
    Column("given_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_by", Text),  # who set the last day afterwards
    Column("ended_at", Instant),
    Column("end_reason", Text),
)

person_group = Table(  # people who belong together without being a department
    "person_group",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

group_member = Table(
    "group_member",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("group_id", Text, ForeignKey("person_group.id"), nullable=False, index=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("from_on", Date),
    Column("until_on", Date),  # the last day
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_by", Text),  # who set the last day afterwards
    Column("ended_at", Instant),
    Column("end_reason", Text),
)

contract_terms = Table(  # what is agreed on somebody of another company who works here: the newest row counts
    "contract_terms",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("company", Text, nullable=False),
    Column("sponsor_id", Text, nullable=False),  # the member of staff who answers for the person
    Column("until_on", Date, nullable=False),  # the last day
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
)

# ---- what is granted and denied -----------------------------------------------------------------------------------

right_grant = Table(  # a level of the site's files given to a person, to all below a department, or to a group
    "right_grant",
    metadata,
    Column("id", Text, primary_key=True),  # made by whoever asks, so that sending twice is harmless
    Column("subject_kind", Text, nullable=False),  # domain.access.rights.SubjectKind
    Column("subject_id", Text, nullable=False),
    Column("level_id", Text, nullable=False),
    Column("valid_from", Instant),
    Column("valid_until", Instant),  # no longer inside
    Column("source", Text, nullable=False),  # domain.access.rights.GrantSource
    Column("source_id", Text, nullable=False),  # the visit, reservation or the like; empty without one
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),  # a login; empty for HR's file
    Column("given_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
    Column("end_reason", Text),
)
Index("ix_right_grant_subject", right_grant.c.subject_kind, right_grant.c.subject_id)
Index("ix_right_grant_source", right_grant.c.source, right_grant.c.source_id)

right_denial = Table(  # the points and hours of a level taken from somebody: they win over every grant
    "right_denial",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("level_id", Text, nullable=False),
    Column("from_on", Date),
    Column("until_on", Date),  # the last day
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
    Column("end_reason", Text),
)
Index("ix_right_denial_subject", right_denial.c.subject_kind, right_denial.c.subject_id)

# ---- who held which card ------------------------------------------------------------------------------------------

card_holding = Table(  # whose a card was, when: old taps that arrive late are the holder's of their time
    "card_holding",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("token", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("from_at", Instant),
    Column("until_at", Instant),  # no longer his
)
Index("ix_card_holding_token", card_holding.c.token, card_holding.c.id)
Index("ix_card_holding_person", card_holding.c.person_id)

# ---- who is to leave or to move -----------------------------------------------------------------------------------

staffing_order = Table(  # a leaver or a transfer ordered on a date; carried out when its day begins
    "staffing_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # end | transfer
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("due_on", Date, nullable=False),  # end: the last day; transfer: the first day in the new department
    Column("department_id", Text),  # transfer: where to
    Column("title", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("cancelled_by", Text),
    Column("cancelled_at", Instant),
)
Index(
    "ix_staffing_order_waiting",
    staffing_order.c.due_on,
    sqlite_where=staffing_order.c.done_at.is_(None),
    postgresql_where=staffing_order.c.done_at.is_(None),
)

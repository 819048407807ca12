"""Tables around the event log: saved views of it, who read whose events, and the reviews of who may enter where."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

saved_view = Table(  # a search of the event log under a name, for its owner or for everybody of a role
    "saved_view",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("owner", Text, nullable=False),  # a login
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # the search as its address spells it, without a place in the list
    Column("shared_with", Text, nullable=False),  # space-separated roles; empty: the owner alone
    Column("saved_at", Instant, nullable=False),
)
Index("uq_saved_view_owner_name", saved_view.c.owner, saved_view.c.name, unique=True)

read_log = Table(  # who looked at events that tell of persons
    "read_log",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("read_at", Instant, nullable=False, index=True),
    Column("login", Text, nullable=False),
    Column("what", Text, nullable=False),  # events | event | events_file | report | report_file
    Column("person_id", Text),  # whose, where one person was asked for
    Column("query", Text, nullable=False),  # what was asked, as its address spells it
)
Index("ix_read_log_person", read_log.c.person_id, read_log.c.read_at)

access_review = Table(  # 棚卸し: somebody answers for who may enter an area
    "access_review",
    metadata,
    Column("id", Text, primary_key=True),  # made by the client, so that sending twice is harmless
    Column("area_id", Text, nullable=False),
    Column("reviewer_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("opened_by", Text, nullable=False),  # a login
    Column("due_at", Instant, nullable=False),
    Column("signed_at", Instant),
    Column("signed_by", Text),  # a login
    Column("signed_name", Text),  # as the reviewer wrote it
)

review_line = Table(  # one grant that lets somebody into the area, and what the reviewer made of it
    "review_line",
    metadata,
    Column("review_id", Text, ForeignKey("access_review.id"), primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("level_id", Text, primary_key=True),
    Column("grants", Text, nullable=False),  # space-separated: the grants that give it, as they stood at the opening
    Column("shared", Boolean, nullable=False),  # a department, a group or HR gives one: taken by a denial
    Column("keep", Boolean),  # null: not marked yet
    Column("marked_at", Instant),
    Column("marked_by", Text),  # a login
    Column("ended", Boolean),  # at the signing: whether the grant was ended
)

"""The tables of visits: who is to come, to whom, with which pass; and who did what about it, when and why."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, false, text

from store.columns import BigId, Instant
from store.metadata import metadata

guest_visit = Table(  # one visitor's one visit; what tells who it was is emptied when its time is over
    "guest_visit",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("code", Text, nullable=False, index=True),  # what the visitor says at the desk; it opens nothing
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("host_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("host_phone", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False, index=True),
    Column("levels", Text, nullable=False),  # space-separated ids of the site's files
    Column("escorted", Boolean, nullable=False),
    Column("approval", Text, nullable=False),  # domain.access.visits.Approval: whose word was asked for
    Column("state", Text, nullable=False),  # domain.access.visits.STANDING; being late is read off the clock
    Column("announced_by", Text, nullable=False),  # a login
    Column("announced_at", Instant, nullable=False),
    Column("decided_by", Text),
    Column("arrived_at", Instant),
    Column("left_at", Instant),
    Column("person_id", Text, ForeignKey("person.id"), unique=True),  # the visitor at the doors, from the arrival on
    Column("pass_kind", Text),  # card | code | escort; None before the arrival
    Column("token", Text, index=True),  # the card or code that is held now
    Column("pass_label", Text, nullable=False),
    Column("code_id", Text),  # names the QR code that was drawn last; without the centre's key it makes none
    Column("passed_at", Instant),  # when the pass was handed over
    Column("card_lost", Boolean, nullable=False, server_default=false()),
    Column("overstay_told_at", Instant),
    Column("forgotten_at", Instant),  # since then it is not known any more who it was
)
Index(
    "ix_guest_visit_inside",
    guest_visit.c.state,
    sqlite_where=text("state = 'arrived'"),
    postgresql_where=text("state = 'arrived'"),
)

visit_step = Table(  # who did what about a visit
    "visit_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("visit_id", Text, ForeignKey("guest_visit.id"), nullable=False, index=True),
    Column("done_at", Instant, nullable=False),
    Column("done_by", Text, nullable=False),  # a login; a reader's id where a card was held to a desk's reader
    Column("act", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

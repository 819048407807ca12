"""The table of new controllers: who invited one, which box came, who admitted it as what."""

from sqlalchemy import Column, Index, Table, Text, text

from store.columns import Instant
from store.metadata import metadata

device_enrolment = Table(
    "device_enrolment",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("token_hash", Text, nullable=False, unique=True),  # SHA-256 of the one-time secret
    Column("invited_by", Text, nullable=False),  # a login
    Column("invited_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("request", Text),  # the box's certificate request in PEM; None until a box came
    Column("device_key", Text),
    Column("software", Text, nullable=False),
    Column("came_at", Instant),
    Column("came_from", Text, nullable=False),  # the address
    Column("outcome", Text),  # admitted | refused; None while nobody decided
    Column("device_id", Text),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("certificate", Text),
    Column("fetched_at", Instant),  # when the box took it
)
Index(
    "ix_device_enrolment_waiting",
    device_enrolment.c.came_at,
    sqlite_where=text("outcome IS NULL"),
    postgresql_where=text("outcome IS NULL"),
)

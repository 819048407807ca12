"""The tables of descriptions of the site, and of how they go out."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

site_revision = Table(  # a description as it once was written down; never changed, for editions name it
    "site_revision",
    metadata,
    Column("id", Text, primary_key=True),  # the first digits of the digest (gateway.revisions)
    Column("digest", Text, nullable=False),  # SHA-256 of the content
    Column("content", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Column("stored_by", Text, nullable=False),
)

roll_out = Table(  # the newest that is done says which description holds; at most one is proposed or running
    "roll_out",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("revision_id", Text, ForeignKey("site_revision.id"), nullable=False),
    Column("former_id", Text, ForeignKey("site_revision.id")),  # NULL: the first description of all
    Column("live", Boolean, unique=True),  # true while it is proposed or running, else NULL: one at a time
    Column("phase", Text, nullable=False),  # this to blamed: domain.access.rollout.Rollout
    Column("stage", Integer, nullable=False),
    Column("began_at", Instant),
    Column("held_at", Instant),
    Column("cause", Text),
    Column("blamed", Text),
    Column("plan", Text, nullable=False),  # gateway.site.plan.SitePlan as JSON; empty for a first description
    Column("reason", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),  # a login
    Column("lost_pairs", BigInteger, nullable=False),
    Column("held_pairs", BigInteger, nullable=False),
    Column("share_max", Float, nullable=False),
    Column("approved_at", Instant),
    Column("approved_by", Text),
    Column("ended_at", Instant),
    Column("ended_by", Text),  # a login; NULL: by itself
    Column("end_reason", Text),
)

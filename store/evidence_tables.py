"""The table of what was put together for an audit of the network tiers."""

from sqlalchemy import Column, Date, Integer, LargeBinary, Table, Text

from store.columns import Instant
from store.metadata import metadata

evidence_pack = Table(  # what was put together for an audit; forgotten after a while, for it can be made again
    "evidence_pack",
    metadata,
    Column("id", Text, primary_key=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),  # store.evidence_packs.PackState
    Column("attempt", Integer, nullable=False),
    Column("touched_at", Instant),
    Column("finished_at", Instant),
    Column("sha256", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("content", LargeBinary),
)

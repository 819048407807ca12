"""The tables of policies: what they are made from changed, and the editions themselves."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from store.columns import Instant
from store.metadata import metadata

policy_inputs = Table(  # one row: grows whenever something changes that a policy is made from
    "policy_inputs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
)

policy_change = Table(  # whose cards may differ since the revision before
    "policy_change",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("persons", Text),  # their ids, space-separated; NULL: anything may differ
)

policy_edition = Table(  # a base is whole; a change leads from the edition before of the same revision of the site
    "policy_edition",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("site_revision", Text, nullable=False),
    Column("base_version", BigInteger),  # NULL: this is a base
    Column("from_version", BigInteger),  # the edition before of the same revision; NULL: there is none
    Column("issued_at", Instant, nullable=False),
    Column("data", LargeBinary, nullable=False),  # contract.policy_snapshot, by the site's tokens
)
Index("ix_policy_edition_site_revision", policy_edition.c.site_revision, policy_edition.c.version)
Index("ix_policy_edition_base_version", policy_edition.c.base_version)

"""Policies as editions of a site revision, stored as bases and changes; who changed."""

import zlib

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whole snapshots become bases of a revision without a name; whoever changed before is not known."""
    op.create_table(
        "policy_change",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("persons", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_policy_change")),
    )
    op.create_table(
        "policy_edition",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_revision", sa.Text(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=True),
        sa.Column("from_version", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_edition")),
    )
    op.create_index("ix_policy_edition_site_revision", "policy_edition", ["site_revision", "version"])
    op.create_index("ix_policy_edition_base_version", "policy_edition", ["base_version"])
    _keep_snapshots(op.get_bind())
    op.drop_table("policy_snapshot")


def _keep_snapshots(connection: sa.Connection) -> None:
    instant, blob = Instant(), sa.LargeBinary()
    old = sa.table("policy_snapshot", sa.column("version"), sa.column("issued_at", instant), sa.column("data", blob))
    new = sa.table(
        "policy_edition",
        *(sa.column("version"), sa.column("site_revision")),
        *(sa.column("issued_at", instant), sa.column("data", blob)),
    )
    for version in connection.scalars(sa.select(old.c.version).order_by(old.c.version)).all():
        issued_at, data = connection.execute(
            sa.select(old.c.issued_at, old.c.data).where(old.c.version == version)
        ).one()
        row = {"version": version, "site_revision": "", "issued_at": issued_at, "data": zlib.compress(data, 1)}
        connection.execute(sa.insert(new).values(row))

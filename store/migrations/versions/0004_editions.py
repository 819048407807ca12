"""Policies as editions of a site revision, stored as bases and changes; who changed."""

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
    op.execute(
        "INSERT INTO policy_edition (version, site_revision, issued_at, data)"
        " SELECT version, '', issued_at, data FROM policy_snapshot"
    )

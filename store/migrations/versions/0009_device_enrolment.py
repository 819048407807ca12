"""Invitations and admissions of new controllers."""

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of invitations and of the boxes that came on them."""
    op.create_table(
        "device_enrolment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("device_key", sa.Text(), nullable=True),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("came_at", Instant(), nullable=True),
        sa.Column("came_from", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_enrolment")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_enrolment_token_hash")),
    )
    op.create_index(
        "ix_device_enrolment_waiting",
        "device_enrolment",
        ["came_at"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("device_enrolment")

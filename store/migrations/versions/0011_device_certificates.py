"""Certificates of devices, and devices that were revoked."""

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_certificate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=True),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_certificate")),
    )
    op.create_index(op.f("ix_device_certificate_device_id"), "device_certificate", ["device_id"])
    op.create_index(op.f("ix_device_certificate_serial"), "device_certificate", ["serial"])
    op.create_table(
        "device_revocation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_revocation")),
    )
    op.create_index(op.f("ix_device_revocation_device_id"), "device_revocation", ["device_id"])


def downgrade() -> None:
    op.drop_table("device_revocation")
    op.drop_table("device_certificate")

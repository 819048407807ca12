"""Openings of doors that wait for a second person."""

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "door_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("confirm_by_at", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_proposal")),
    )
    op.create_index(op.f("ix_door_proposal_asked_at"), "door_proposal", ["asked_at"])
    op.add_column("door_command", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.add_column("door_command", sa.Column("confirmed_by_name", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("door_command", "confirmed_by_name")
    op.drop_column("door_command", "confirmed_by")
    op.drop_table("door_proposal")

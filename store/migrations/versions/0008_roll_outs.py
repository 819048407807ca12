"""Site revisions and how they go out."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_revision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("stored_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_revision")),
    )
    op.create_table(
        "roll_out",
        sa.Column("id", BigId, nullable=False),
        sa.Column("revision_id", sa.Text(), nullable=False),
        sa.Column("former_id", sa.Text(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=True),
        sa.Column("held_at", Instant(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("blamed", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("lost_pairs", sa.BigInteger(), nullable=False),
        sa.Column("held_pairs", sa.BigInteger(), nullable=False),
        sa.Column("share_max", sa.Float(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["site_revision.id"], name=op.f("fk_roll_out_revision_id")),
        sa.ForeignKeyConstraint(["former_id"], ["site_revision.id"], name=op.f("fk_roll_out_former_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_out")),
        sa.UniqueConstraint("live", name=op.f("uq_roll_out_live")),
    )


def downgrade() -> None:
    op.drop_table("roll_out")
    op.drop_table("site_revision")

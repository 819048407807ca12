"""Threat levels and shelters."""

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "threat_declaration",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("confirm_by_at", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("declared_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threat_declaration")),
        sa.UniqueConstraint("declared_at", name=op.f("uq_threat_declaration_declared_at")),
    )
    op.create_index(op.f("ix_threat_declaration_asked_at"), "threat_declaration", ["asked_at"])
    op.create_table(
        "threat_answer",
        sa.Column("declaration_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("obeyed", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["threat_declaration.id"], name=op.f("fk_threat_answer_declaration_id")
        ),
        sa.PrimaryKeyConstraint("declaration_id", "device_id", name=op.f("pk_threat_answer")),
    )
    op.create_table(
        "threat_change",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("cause_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "epoch", "seq", name=op.f("pk_threat_change")),
    )
    op.create_index(op.f("ix_threat_change_changed_at"), "threat_change", ["changed_at"])


def downgrade() -> None:
    op.drop_table("threat_change")
    op.drop_table("threat_answer")
    op.drop_table("threat_declaration")

"""Visitors: announced, received, gone."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_visits()
    op.create_table(
        "visit_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["guest_visit.id"], name=op.f("fk_visit_step_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_step")),
    )
    op.create_index(op.f("ix_visit_step_visit_id"), "visit_step", ["visit_id"], unique=False)


def _create_visits() -> None:
    op.create_table(
        "guest_visit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("host_phone", sa.Text(), nullable=False),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("escorted", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.Text(), nullable=False),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("left_at", Instant(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("pass_kind", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("pass_label", sa.Text(), nullable=False),
        sa.Column("code_id", sa.Text(), nullable=True),
        sa.Column("passed_at", Instant(), nullable=True),
        sa.Column("card_lost", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("overstay_told_at", Instant(), nullable=True),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_guest_visit_host_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guest_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_visit")),
        sa.UniqueConstraint("person_id", name=op.f("uq_guest_visit_person_id")),
    )
    for column in ("code", "host_id", "token", "valid_until"):
        op.create_index(op.f(f"ix_guest_visit_{column}"), "guest_visit", [column], unique=False)
    op.create_index(
        "ix_guest_visit_inside",
        "guest_visit",
        ["state"],
        unique=False,
        sqlite_where=sa.text("state = 'arrived'"),
        postgresql_where=sa.text("state = 'arrived'"),
    )

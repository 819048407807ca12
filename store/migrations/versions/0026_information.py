"""Classes of information, its movements, and the allowed connections of a tier (特定通信)."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_versions()
    op.create_table(
        "firewall_drift",
        sa.Column("id", BigId, nullable=False),
        sa.Column("firewall", sa.Text(), nullable=False),
        sa.Column("compared_at", Instant(), nullable=False),
        sa.Column("compared_by", sa.Text(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firewall_drift")),
    )
    _create_movements()


def downgrade() -> None:
    for name in ("movement_step", "movement", "firewall_drift", "specific_link", "information_class"):
        op.drop_table(name)


def _create_versions() -> None:
    op.create_table(
        "information_class",
        sa.Column("id", BigId, nullable=False),
        sa.Column("class_id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("demands", sa.Text(), nullable=False),
        sa.Column("same_as", sa.Text(), nullable=False),
        *_version_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_class")),
    )
    op.create_table(
        "specific_link",
        sa.Column("id", BigId, nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("first_port", sa.Integer(), nullable=False),
        sa.Column("last_port", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_version_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specific_link")),
    )
    for table, column in (("information_class", "class_id"), ("specific_link", "link_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
        op.create_index(op.f(f"ix_{table}_state"), table, ["state"], unique=False)


def _version_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
    ]


def _create_movements() -> None:
    op.create_table(
        "movement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("from_tier", sa.Text(), nullable=False),
        sa.Column("to_tier", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("means", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_movement_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_person_id"), "movement", ["person_id"], unique=False)
    op.create_index(op.f("ix_movement_department_id"), "movement", ["department_id"], unique=False)
    op.create_index(op.f("ix_movement_state_until_at"), "movement", ["state", "until_at"], unique=False)
    op.create_table(
        "movement_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("movement_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_movement_step_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_step")),
    )
    op.create_index(op.f("ix_movement_step_movement_id"), "movement_step", ["movement_id"], unique=False)

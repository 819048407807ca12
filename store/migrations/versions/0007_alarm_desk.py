"""The life of alarms, musters, floor plans.

What was acknowledged before alarms had a life counts as cleared then.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDING = "cleared_at IS NULL"
GOING_ON = "ended_at IS NULL"
TABLES = ("plan_marker", "floor_plan", "muster_mark", "muster_person", "muster", "presence_correction", "alarm_step")
ADDED = ("cleared_by", "cleared_at", "escalated_at", "restored_at", "last_at", "times")


def upgrade() -> None:
    _lengthen_alarms()
    _create_presence_corrections()
    _create_musters()
    _create_plans()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_alarm_raised_at", "alarm")
    op.drop_index("ix_alarm_standing", "alarm")
    for name in ADDED:
        op.drop_column("alarm", name)


def _lengthen_alarms() -> None:
    op.add_column("alarm", sa.Column("times", sa.Integer(), server_default="1", nullable=False))
    for name in ("last_at", "restored_at", "escalated_at", "cleared_at"):
        op.add_column("alarm", sa.Column(name, Instant(), nullable=True))
    op.add_column("alarm", sa.Column("cleared_by", sa.Text(), nullable=True))
    op.execute("UPDATE alarm SET cleared_at = acknowledged_at, cleared_by = acknowledged_by")
    standing = sa.text(STANDING)
    op.create_index("ix_alarm_standing", "alarm", ["subject", "kind"], sqlite_where=standing, postgresql_where=standing)
    op.create_index("ix_alarm_raised_at", "alarm", ["raised_at"])
    op.create_table(
        "alarm_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("alarm_id", BigId, nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_step_alarm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_step")),
    )
    op.create_index(op.f("ix_alarm_step_alarm_id"), "alarm_step", ["alarm_id"])


def _create_presence_corrections() -> None:
    op.create_table(
        "presence_correction",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("area_from", sa.Text(), nullable=True),
        sa.Column("area_to", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_correction")),
    )
    op.create_index(op.f("ix_presence_correction_person_id"), "presence_correction", ["person_id"])


def _create_musters() -> None:
    op.create_table(
        "muster",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("drill", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muster")),
    )
    going_on = sa.text(GOING_ON)
    op.create_index(
        "uq_muster_going_on", "muster", ["scope"], unique=True, sqlite_where=going_on, postgresql_where=going_on
    )
    op.create_index(op.f("ix_muster_started_at"), "muster", ["started_at"])
    op.create_table(
        "muster_person",
        sa.Column("muster_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("listed_at", Instant(), nullable=False),
        sa.Column("listed_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("belongs", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("access_point_id", sa.Text(), nullable=False),
        sa.Column("since_at", Instant(), nullable=True),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["muster_id"], ["muster.id"], name=op.f("fk_muster_person_muster_id")),
        sa.PrimaryKeyConstraint("muster_id", "person_id", name=op.f("pk_muster_person")),
    )
    op.create_table(
        "muster_mark",
        sa.Column("id", BigId, nullable=False),
        sa.Column("muster_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.Column("marked_by", sa.Text(), nullable=False),
        sa.Column("safe", sa.Boolean(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["muster_id"], ["muster.id"], name=op.f("fk_muster_mark_muster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muster_mark")),
    )
    op.create_index(op.f("ix_muster_mark_muster_id"), "muster_mark", ["muster_id"])


def _create_plans() -> None:
    op.create_table(
        "floor_plan",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_plan")),
        sa.UniqueConstraint("name", name=op.f("uq_floor_plan_name")),
    )
    op.create_table(
        "plan_marker",
        sa.Column("plan_id", BigId, nullable=False),
        sa.Column("door_id", sa.Text(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["floor_plan.id"], name=op.f("fk_plan_marker_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "door_id", name=op.f("pk_plan_marker")),
    )

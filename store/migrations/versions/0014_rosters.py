"""Rosters, swaps, days elsewhere, punches by hand, and orders that came from an application."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _shifts()
    _agreed_days()
    _punches()
    _orders()
    op.create_table(
        "workplace",
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_workplace_department_id")),
        sa.PrimaryKeyConstraint("department_id", "from_on", name=op.f("pk_workplace")),
    )
    op.create_table(
        "former_employment",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("is_manager", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_employment_person_id")),
        sa.PrimaryKeyConstraint("person_id", "until_on", name=op.f("pk_former_employment")),
    )


def _shifts() -> None:
    op.create_table(
        "shift_kind",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shift_kind")),
    )
    op.create_table(
        "shift_pattern",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_pattern")),
    )
    op.create_table(
        "pattern_member",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("pattern_id", sa.Text(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["pattern_id"], ["shift_pattern.id"], name=op.f("fk_pattern_member_pattern_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pattern_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_member")),
    )
    op.create_index(op.f("ix_pattern_member_person_id"), "pattern_member", ["person_id"], unique=False)
    op.create_table(
        "planned_shift",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_planned_shift_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_planned_shift_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day_on", name=op.f("pk_planned_shift")),
    )


def _agreed_days() -> None:
    op.create_table(
        "day_swap",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("off_on", sa.Date(), nullable=False),
        sa.Column("part_minutes", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_day_swap_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_day_swap_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_swap")),
    )
    op.create_index("ix_day_swap_person", "day_swap", ["person_id", "worked_on"], unique=False)
    op.create_table(
        "compensatory_day",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("off_on", sa.Date(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_compensatory_day_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_compensatory_day_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensatory_day")),
    )
    op.create_index("ix_compensatory_day_person", "compensatory_day", ["person_id", "worked_on"], unique=False)
    op.create_table(
        "elsewhere",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_elsewhere_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_elsewhere_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere")),
    )
    op.create_index("ix_elsewhere_person", "elsewhere", ["person_id", "day_on"], unique=False)


def _punches() -> None:
    op.create_table(
        "manual_punch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("punched_at", Instant(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_manual_punch_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_manual_punch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_punch")),
    )
    op.create_index("ix_manual_punch_person", "manual_punch", ["person_id", "punched_at"], unique=False)
    op.create_table(
        "wrong_tap",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tapped_at", Instant(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_wrong_tap_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wrong_tap_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_tap")),
    )
    op.create_index("ix_wrong_tap_person", "wrong_tap", ["person_id", "tapped_at"], unique=False)
    op.create_index("ix_wrong_tap_record", "wrong_tap", ["device_id", "epoch", "seq"], unique=False)
    op.create_table(
        "punch_judgement",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("judged_by", sa.Text(), nullable=False),
        sa.Column("judged_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "epoch", "seq", name=op.f("pk_punch_judgement")),
    )
    op.create_table(
        "computer_use",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_computer_use_person_id")),
        sa.PrimaryKeyConstraint("person_id", "used_at", "kind", name=op.f("pk_computer_use")),
    )


def _orders() -> None:
    with op.batch_alter_table("overtime_order") as batch:
        batch.add_column(sa.Column("breaks", sa.Text(), nullable=True))
        batch.add_column(sa.Column("application_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("ended_at", Instant(), nullable=True))
        batch.create_foreign_key(op.f("fk_overtime_order_application_id"), "application", ["application_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("overtime_order") as batch:
        batch.drop_constraint("fk_overtime_order_application_id", type_="foreignkey")
        for name in ("breaks", "application_id", "ended_at"):
            batch.drop_column(name)
    op.drop_table("computer_use")
    op.drop_table("punch_judgement")
    op.drop_table("wrong_tap")
    op.drop_table("manual_punch")
    op.drop_table("elsewhere")
    op.drop_table("compensatory_day")
    op.drop_table("day_swap")
    op.drop_table("planned_shift")
    op.drop_table("pattern_member")
    op.drop_table("shift_pattern")
    op.drop_table("shift_kind")

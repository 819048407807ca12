"""A month's end: confirmations, versions, adjustments, lines for payroll."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _confirmations()
    _runs()
    _adjustments()
    _divergences()


def _confirmations() -> None:
    op.create_table(
        "person_month",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_month_person_id")),
        sa.PrimaryKeyConstraint("person_id", "period", name=op.f("pk_person_month")),
    )
    op.create_index("ix_person_month_period", "person_month", ["period", "state"], unique=False)
    op.create_table(
        "month_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("seen_hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_step")),
    )
    op.create_index("ix_month_step_month", "month_step", ["period", "person_id"], unique=False)
    op.create_table(
        "month_version",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_version_person_id")),
        sa.PrimaryKeyConstraint("person_id", "period", "version", name=op.f("pk_month_version")),
    )


def _runs() -> None:
    op.create_table(
        "closing_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("without_readers", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("worked_at", Instant(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_closing_run_department_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_closing_run_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_run")),
    )
    runs = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_closing_run_open", "closing_run", ["period"], unique=True, sqlite_where=runs, postgresql_where=runs
    )
    op.create_index("ix_closing_run_period", "closing_run", ["period", "asked_at"], unique=False)


def _adjustments() -> None:
    op.create_table(
        "month_adjustment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=True),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("agreed_at", Instant(), nullable=True),
        sa.Column("dismissed_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_adjustment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_adjustment")),
    )
    op.create_index("ix_month_adjustment_month", "month_adjustment", ["period", "person_id"], unique=False)
    op.create_table(
        "changed_day",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day_on", "cause", name=op.f("pk_changed_day")),
    )
    op.create_table(
        "doubtful_tap",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("tapped_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "epoch", "seq", name=op.f("pk_doubtful_tap")),
    )
    op.create_index("ix_doubtful_tap_person", "doubtful_tap", ["person_id", "tapped_at"], unique=False)
    op.create_table(
        "pay_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pay_line_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_line")),
        sa.UniqueConstraint(
            "period", "layout", "person_id", "version", "row_name", "line", name=op.f("uq_pay_line_period")
        ),
    )
    op.create_index("ix_pay_line_batch", "pay_line", ["batch_id"], unique=False)


def _divergences() -> None:
    op.create_table(
        "divergent_day",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_divergent_day_person_id")),
        sa.PrimaryKeyConstraint("person_id", "subject", name=op.f("pk_divergent_day")),
    )
    op.create_index("ix_divergent_day_period", "divergent_day", ["period", "person_id"], unique=False)
    op.create_table(
        "month_look",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unrecorded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_look_person_id")),
        sa.PrimaryKeyConstraint("person_id", "period", name=op.f("pk_month_look")),
    )
    op.create_index(
        "ix_month_look_forgotten",
        "month_look",
        ["period"],
        unique=False,
        sqlite_where=sa.text("looked_at IS NULL"),
        postgresql_where=sa.text("looked_at IS NULL"),
    )
    op.create_table(
        "month_overtime",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("overtime_minutes", sa.Integer(), nullable=False),
        sa.Column("with_holidays_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_overtime_person_id")),
        sa.PrimaryKeyConstraint("person_id", "period", name=op.f("pk_month_overtime")),
    )
    op.create_index("ix_month_overtime_period", "month_overtime", ["period", "person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("month_overtime")
    op.drop_table("month_look")
    op.drop_table("divergent_day")
    op.drop_table("pay_line")
    op.drop_table("doubtful_tap")
    op.drop_table("changed_day")
    op.drop_table("month_adjustment")
    op.drop_table("closing_run")
    op.drop_table("month_version")
    op.drop_table("month_step")
    op.drop_table("person_month")

"""Papers on order, what payroll said and how its service lets us in, and calendars that are subscribed to."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_papers()
    _create_pay_checks()
    _create_payroll_sides()
    _create_feeds()


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("payroll_access")
    op.drop_table("payroll_form")
    op.drop_table("pay_difference")
    op.drop_table("pay_check")
    op.drop_table("paper")


def _create_papers() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("touched_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("given", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_person_id_person")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_paper_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_state", "paper", ["state", "asked_at"], unique=False)
    op.create_index("ix_paper_asked_by", "paper", ["asked_by", "asked_at"], unique=False)


def _create_pay_checks() -> None:
    op.create_table(
        "pay_check",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_check")),
    )
    op.create_index("ix_pay_check_period", "pay_check", ["period", "checked_at"], unique=False)
    op.create_table(
        "pay_difference",
        sa.Column("id", BigId, nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=True),
        sa.Column("theirs", sa.Integer(), nullable=True),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["pay_check.id"], name=op.f("fk_pay_difference_check_id_pay_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_difference")),
    )
    op.create_index("ix_pay_difference_check", "pay_difference", ["check_id"], unique=False)


def _create_payroll_sides() -> None:
    op.create_table(
        "payroll_form",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_file", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payroll_form")),
    )
    op.create_table(
        "payroll_access",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("renewing_at", Instant(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_payroll_access")),
    )


def _create_feeds() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )

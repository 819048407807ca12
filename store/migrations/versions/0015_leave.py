"""Leave granted and taken."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leave_term",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("serves_from_on", sa.Date(), nullable=True),
        sa.Column("week_days", sa.Integer(), nullable=False),
        sa.Column("day_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_term_person_id")),
        sa.PrimaryKeyConstraint("person_id", "from_on", name=op.f("pk_leave_term")),
    )
    op.create_table(
        "leave_grant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("rule_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_grant")),
    )
    op.create_index(op.f("ix_leave_grant_person_id"), "leave_grant", ["person_id"], unique=False)
    op.create_index("uq_leave_grant_rule_key", "leave_grant", ["rule_key"], unique=True)
    op.create_table(
        "leave_taken",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=True),
        sa.Column("ends_minute", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_leave_taken_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_taken_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_taken")),
    )
    op.create_index("ix_leave_taken_person", "leave_taken", ["person_id", "day_on"], unique=False)


def downgrade() -> None:
    op.drop_table("leave_taken")
    op.drop_table("leave_grant")
    op.drop_table("leave_term")

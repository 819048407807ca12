"""Dated grants, denials, posts and groups; the life of cards.

HR's levels become grants of HR's, each person's department the regular post, each card its holder's since ever.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("department", sa.Column("parent_id", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("kind", sa.Text(), server_default="staff", nullable=False))
    op.add_column("person", sa.Column("sponsor_id", sa.Text(), nullable=True))
    op.add_column("credential", sa.Column("status_at", Instant(), nullable=True))
    op.add_column("credential", sa.Column("replaces", sa.Text(), nullable=True))
    op.add_column("credential", sa.Column("replaced_by", sa.Text(), nullable=True))
    _create_memberships()
    _create_rights()
    _create_histories()
    _fill()
    op.drop_table("level_grant")


def _create_memberships() -> None:
    op.create_table(
        "post",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        *_reasoned(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_person_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_post_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_person_id"), "post", ["person_id"], unique=False)
    op.create_index(op.f("ix_post_department_id"), "post", ["department_id"], unique=False)
    op.create_table(
        "person_group",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_group")),
    )
    op.create_table(
        "group_member",
        sa.Column("id", BigId, nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        *_reasoned(),
        sa.ForeignKeyConstraint(["group_id"], ["person_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_group_id"), "group_member", ["group_id"], unique=False)
    op.create_index(op.f("ix_group_member_person_id"), "group_member", ["person_id"], unique=False)
    op.create_table(
        "contract_terms",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("sponsor_id", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contract_terms_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_terms")),
    )
    op.create_index(op.f("ix_contract_terms_person_id"), "contract_terms", ["person_id"], unique=False)


def _reasoned() -> "tuple[sa.Column[object], ...]":
    return (
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
    )


def _create_rights() -> None:
    op.create_table(
        "right_grant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("level_id", sa.Text(), nullable=False),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        *_given_and_ended(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_right_grant")),
    )
    op.create_index("ix_right_grant_subject", "right_grant", ["subject_kind", "subject_id"], unique=False)
    op.create_index("ix_right_grant_source", "right_grant", ["source", "source_id"], unique=False)
    op.create_table(
        "right_denial",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("level_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        *_given_and_ended(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_right_denial")),
    )
    op.create_index("ix_right_denial_subject", "right_denial", ["subject_kind", "subject_id"], unique=False)


def _given_and_ended() -> "tuple[sa.Column[object], ...]":
    return (
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
    )


def _create_histories() -> None:
    op.create_table(
        "card_holding",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=True),
        sa.Column("until_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_holding")),
    )
    op.create_index("ix_card_holding_token", "card_holding", ["token", "id"], unique=False)
    op.create_index("ix_card_holding_person", "card_holding", ["person_id"], unique=False)
    op.create_table(
        "staffing_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staffing_order_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_order")),
    )
    op.create_index(op.f("ix_staffing_order_person_id"), "staffing_order", ["person_id"], unique=False)
    op.create_index(
        "ix_staffing_order_waiting",
        "staffing_order",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


GRANTS = """
INSERT INTO right_grant
    (id, subject_kind, subject_id, level_id, source, source_id, reason, given_by, given_at)
SELECT 'hr:' || person_id || ':' || level_id, 'person', person_id, level_id, 'hr', '', '', '', :at FROM level_grant
"""
POSTS = """
INSERT INTO post (person_id, department_id, title, kind, source, given_by, given_at, reason)
SELECT id, department_id, '', 'regular', 'hr', '', :at, '' FROM person ORDER BY id
"""
HOLDINGS = "INSERT INTO card_holding (token, person_id) SELECT token, person_id FROM credential ORDER BY token"


def _fill() -> None:
    at = sa.bindparam("at", datetime.now(UTC), type_=Instant())
    op.execute(sa.text(GRANTS).bindparams(at))
    op.execute(sa.text(POSTS).bindparams(at))
    op.execute(HOLDINGS)

"""Indexes for searching the log, saved views, reviews, who read what.

Every record gets what it is about (``subject``), and the records of doors, readers, boxes and alarms the one word that
tells them (``reason``), read from their bodies. Bodies that could not be read stay about their device.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUSED = "granted IS FALSE"
NOTABLE = (
    "reason NOT IN ('granted', 'taken', 'not_taken', 'released', 'relocked', 'opened', 'closed', 'request_to_exit')"
)
RARE = "kind NOT IN ('tap.observed', 'access.ended', 'door.moved')"
UNDATED = "occurred_at IS NULL"

INDEXES = (
    ("ix_record_subject_occurred", ["subject", "occurred_at"], None),
    ("ix_record_refused", ["subject", "occurred_at"], REFUSED),
    ("ix_record_reason", ["reason", "occurred_at"], NOTABLE),
    ("ix_record_subject_reason", ["subject", "reason", "occurred_at"], NOTABLE),
    ("ix_record_kind", ["kind", "occurred_at"], RARE),
    ("ix_record_subject_kind", ["subject", "kind", "occurred_at"], RARE),
    ("ix_record_undated", ["received_at"], UNDATED),
)
WORDS = (  # kind, the body's field that the record is about, the one that is its word
    ("door.moved", "door", "state"),
    ("door.mode_changed", "door", "mode"),
    ("reader.reported", "reader", "health"),
    ("read.failed", None, "cause"),
    ("alarm.raised", None, "alarm"),
)
FLAGS = (("access.ended", "taken", "taken", "not_taken"), ("command.answered", "obeyed", "obeyed", "not_obeyed"))


def upgrade() -> None:
    op.add_column("record", sa.Column("subject", sa.Text(), nullable=True))
    _tell_subjects()
    for name, columns, where in INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, "record", columns, sqlite_where=condition, postgresql_where=condition)
    _create_views()
    _create_reviews()


def downgrade() -> None:
    for table in ("review_line", "access_review", "read_log", "saved_view"):
        op.drop_table(table)
    for name, _, _ in INDEXES:
        op.drop_index(name, "record")
    op.drop_column("record", "subject")


def _tell_subjects() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"

    def field(name: str) -> str:
        text = "convert_from(body, 'UTF8')::json" if postgres else "CAST(body AS TEXT)"
        return f"({text} ->> '{name}')"

    op.execute("UPDATE record SET subject = coalesce(access_point_id, device_id)")
    for kind, about, word in WORDS:
        subject = f", subject = {field(about)}" if about else ""
        op.execute(f"UPDATE record SET reason = {field(word)}{subject} WHERE kind = '{kind}'")  # noqa: S608
    for kind, flag, yes, no in FLAGS:
        true = "'true'" if postgres else "1"
        word = f"CASE WHEN {field(flag)} = {true} THEN '{yes}' ELSE '{no}' END"
        op.execute(f"UPDATE record SET reason = {word} WHERE kind = '{kind}'")  # noqa: S608


def _create_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", BigId, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared_with", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("uq_saved_view_owner_name", "saved_view", ["owner", "name"], unique=True)
    op.create_table(
        "read_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
    )
    op.create_index(op.f("ix_read_log_read_at"), "read_log", ["read_at"])
    op.create_index("ix_read_log_person", "read_log", ["person_id", "read_at"])


def _create_reviews() -> None:
    op.create_table(
        "access_review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_access_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
    )
    op.create_index(op.f("ix_access_review_reviewer_id"), "access_review", ["reviewer_id"])
    op.create_index(op.f("ix_access_review_opened_at"), "access_review", ["opened_at"])
    op.create_table(
        "review_line",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("level_id", sa.Text(), nullable=False),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("keep", sa.Boolean(), nullable=True),
        sa.Column("marked_at", Instant(), nullable=True),
        sa.Column("marked_by", sa.Text(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name=op.f("fk_review_line_review_id")),
        sa.PrimaryKeyConstraint("review_id", "person_id", "level_id", name=op.f("pk_review_line")),
    )

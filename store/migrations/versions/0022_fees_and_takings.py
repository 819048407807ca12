"""Fees and what they were worked out from; takings with numbers that have no gaps; what providers paid out."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_fees()
    _create_lines()
    _create_takings()
    _create_days()
    _create_payouts()


def downgrade() -> None:
    for name in (
        "payout_upload",
        "payout_match",
        "payout_line",
        "payout_file",
        "takings_day",
        "taking",
        "slip_counter",
        "taking_desk",
    ):
        op.drop_table(name)
    for name in ("fee_reduction", "fee_line", "fee_quote", "fee_table"):
        op.drop_table(name)


def _create_fees() -> None:
    op.create_table(
        "fee_table",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_fee_table_facility_id")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_fee_table")),
    )
    op.create_index(op.f("ix_fee_table_facility_id"), "fee_table", ["facility_id"], unique=False)
    op.create_table(
        "fee_quote",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("reservation_version", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Text(), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("total_yen", sa.Integer(), nullable=False),
        sa.Column("deposit_yen", sa.Integer(), nullable=False),
        sa.Column("tax_percent", sa.Integer(), nullable=True),
        sa.Column("priced_by", sa.Text(), nullable=False),
        sa.Column("priced_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_fee_quote_reservation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_quote")),
    )
    op.create_index(op.f("ix_fee_quote_reservation_id"), "fee_quote", ["reservation_id"], unique=False)


def _create_lines() -> None:
    op.create_table(
        "fee_line",
        sa.Column("quote_id", BigId, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_yen", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["fee_quote.id"], name=op.f("fk_fee_line_quote_id")),
        sa.PrimaryKeyConstraint("quote_id", "position", name=op.f("pk_fee_line")),
    )
    op.create_table(
        "fee_reduction",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("reduction_id", sa.Text(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_fee_reduction_reservation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_reduction")),
    )
    op.create_index(op.f("ix_fee_reduction_reservation_id"), "fee_reduction", ["reservation_id"], unique=False)


def _create_takings() -> None:
    op.create_table(
        "taking_desk",
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_taking_desk_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", name=op.f("pk_taking_desk")),
    )
    op.create_table(
        "slip_counter",
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_slip_counter_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "fiscal_year", "series", name=op.f("pk_slip_counter")),
    )
    op.create_table(
        "taking",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("yen", sa.Integer(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("tax_percent", sa.Integer(), nullable=True),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.CheckConstraint("yen <> 0", name="yen"),
        sa.ForeignKeyConstraint(["corrects"], ["taking.id"], name=op.f("fk_taking_corrects")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_taking_facility_id")),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_taking_reservation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taking")),
        sa.UniqueConstraint("corrects", name=op.f("uq_taking_corrects")),
        sa.UniqueConstraint("facility_id", "fiscal_year", "series", "number", name=op.f("uq_taking_facility_id")),
    )
    op.create_index("ix_taking_day", "taking", ["facility_id", "counted_on"], unique=False)
    op.create_index("ix_taking_provider", "taking", ["provider", "reference"], unique=False)
    op.create_index(op.f("ix_taking_reservation_id"), "taking", ["reservation_id"], unique=False)


def _create_days() -> None:
    op.create_table(
        "takings_day",
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("opening_yen", sa.Integer(), nullable=False),
        sa.Column("counted_yen", sa.Integer(), nullable=False),
        sa.Column("banked_yen", sa.Integer(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("report_hash", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_takings_day_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "day_on", name=op.f("pk_takings_day")),
    )


def _create_payouts() -> None:
    op.create_table(
        "payout_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.Column("brought_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_file")),
    )
    op.create_table(
        "payout_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("gross_yen", sa.Integer(), nullable=False),
        sa.Column("commission_yen", sa.Integer(), nullable=False),
        sa.Column("net_yen", sa.Integer(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["payout_file.id"], name=op.f("fk_payout_line_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_line")),
    )
    op.create_index(op.f("ix_payout_line_file_id"), "payout_line", ["file_id"], unique=False)
    op.create_index("ix_payout_line_provider", "payout_line", ["provider", "used_on"], unique=False)
    op.create_table(
        "payout_match",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("taking_id", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("matched_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["payout_line.id"], name=op.f("fk_payout_match_line_id")),
        sa.ForeignKeyConstraint(["taking_id"], ["taking.id"], name=op.f("fk_payout_match_taking_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_payout_match")),
        sa.UniqueConstraint("taking_id", name=op.f("uq_payout_match_taking_id")),
    )
    op.create_table(
        "payout_upload",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_payout_upload_login")),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_payout_upload")),
    )

"""Reservees' changes, merges and codes; lottery rounds; who waits for a place to be free; the citizens' door."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_changes()
    _create_merges()
    _create_rounds()
    _create_entries()
    _create_waiting()
    _create_citizens()


def downgrade() -> None:
    for names in (
        "api_client citizen_session reservee_letter",
        "place_offer waiting_entry",
        "lottery_win lottery_choice lottery_entry",
        "lottery_lot lottery_round",
        "reservee_merge_move reservee_merge",
        "reservee_code reservee_change",
    ):
        for name in names.split():
            op.drop_table(name)


def _create_changes() -> None:
    op.create_table(
        "reservee_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_reservee_change_reservee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservee_change")),
    )
    op.create_index(op.f("ix_reservee_change_reservee_id"), "reservee_change", ["reservee_id"], unique=False)
    op.create_table(
        "reservee_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_reservee_code_reservee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservee_code")),
    )
    op.create_index(op.f("ix_reservee_code_contact"), "reservee_code", ["contact"], unique=False)
    op.create_index(op.f("ix_reservee_code_reservee_id"), "reservee_code", ["reservee_id"], unique=False)


def _create_merges() -> None:
    op.create_table(
        "reservee_merge",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stays_id", sa.Text(), nullable=False),
        sa.Column("goes_id", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["goes_id"], ["reservee.id"], name=op.f("fk_reservee_merge_goes_id")),
        sa.ForeignKeyConstraint(["stays_id"], ["reservee.id"], name=op.f("fk_reservee_merge_stays_id")),
        sa.ForeignKeyConstraint(["undoes"], ["reservee_merge.id"], name=op.f("fk_reservee_merge_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservee_merge")),
        sa.UniqueConstraint("undoes", name=op.f("uq_reservee_merge_undoes")),
    )
    op.create_index(op.f("ix_reservee_merge_goes_id"), "reservee_merge", ["goes_id"], unique=False)
    op.create_index(op.f("ix_reservee_merge_stays_id"), "reservee_merge", ["stays_id"], unique=False)
    op.create_table(
        "reservee_merge_move",
        sa.Column("merge_id", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["reservee_merge.id"], name=op.f("fk_reservee_merge_move_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", "thing", "thing_id", name=op.f("pk_reservee_merge_move")),
    )


def _create_rounds() -> None:
    op.create_table(
        "lottery_round",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("enter_from_at", Instant(), nullable=False),
        sa.Column("enter_until_at", Instant(), nullable=False),
        sa.Column("seed_hash", sa.Text(), nullable=False),
        sa.Column("choices_most", sa.Integer(), nullable=False),
        sa.Column("wins_most", sa.Integer(), nullable=False),
        sa.Column("first_chances", sa.Integer(), nullable=False),
        sa.Column("first_days", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_lottery_round_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lottery_round")),
    )
    op.create_index(op.f("ix_lottery_round_facility_id"), "lottery_round", ["facility_id"], unique=False)
    op.create_table(
        "lottery_lot",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Text(), nullable=True),
        sa.CheckConstraint("from_at < until_at", name="time"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_lottery_lot_room_id")),
        sa.ForeignKeyConstraint(["round_id"], ["lottery_round.id"], name=op.f("fk_lottery_lot_round_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot_kind.id"], name=op.f("fk_lottery_lot_slot_id")),
        sa.PrimaryKeyConstraint("round_id", "id", name=op.f("pk_lottery_lot")),
    )


def _create_entries() -> None:
    op.create_table(
        "lottery_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("user_class", sa.Text(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("chances", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_lottery_entry_reservee_id")),
        sa.ForeignKeyConstraint(["round_id"], ["lottery_round.id"], name=op.f("fk_lottery_entry_round_id")),
        sa.ForeignKeyConstraint(["user_class"], ["user_class.id"], name=op.f("fk_lottery_entry_user_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lottery_entry")),
    )
    op.create_index(op.f("ix_lottery_entry_reservee_id"), "lottery_entry", ["reservee_id"], unique=False)
    op.create_index("uq_lottery_entry_reservee", "lottery_entry", ["round_id", "reservee_id"], unique=True)
    op.create_table(
        "lottery_choice",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["lottery_entry.id"], name=op.f("fk_lottery_choice_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_lottery_choice")),
    )
    op.create_table(
        "lottery_win",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["lottery_entry.id"], name=op.f("fk_lottery_win_entry_id")),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_lottery_win_reservation_id")),
        sa.ForeignKeyConstraint(
            ["round_id", "lot_id"], ["lottery_lot.round_id", "lottery_lot.id"], name=op.f("fk_lottery_win_round_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "round_id", "lot_id", name=op.f("pk_lottery_win")),
    )


def _create_waiting() -> None:
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("slot_id", sa.Text(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("user_class", sa.Text(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.CheckConstraint("from_at < until_at", name="time"),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_waiting_entry_reservee_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_waiting_entry_room_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot_kind.id"], name=op.f("fk_waiting_entry_slot_id")),
        sa.ForeignKeyConstraint(["user_class"], ["user_class.id"], name=op.f("fk_waiting_entry_user_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
    )
    op.create_index(op.f("ix_waiting_entry_reservee_id"), "waiting_entry", ["reservee_id"], unique=False)
    op.create_index("ix_waiting_entry_state", "waiting_entry", ["state", "asked_at"], unique=False)
    op.create_table(
        "place_offer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("waiting_id", sa.Text(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_place_offer_reservation_id")),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting_entry.id"], name=op.f("fk_place_offer_waiting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_offer")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_place_offer_reservation_id")),
        sa.UniqueConstraint("waiting_id", name=op.f("uq_place_offer_waiting_id")),
    )
    op.create_index(op.f("ix_place_offer_outcome"), "place_offer", ["outcome"], unique=False)


def _create_citizens() -> None:
    op.create_table(
        "reservee_letter",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("filling", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_reservee_letter_reservee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservee_letter")),
    )
    op.create_index(op.f("ix_reservee_letter_reservee_id"), "reservee_letter", ["reservee_id"], unique=False)
    op.create_index("uq_reservee_letter_written", "reservee_letter", ["kind", "subject"], unique=True)
    op.create_index(
        "ix_reservee_letter_due",
        "reservee_letter",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "citizen_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=True),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_citizen_session_reservee_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_citizen_session")),
    )
    op.create_index(op.f("ix_citizen_session_reservee_id"), "citizen_session", ["reservee_id"], unique=False)
    op.create_table(
        "api_client",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_client_key_hash")),
    )

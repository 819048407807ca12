"""The tables of reservees' changes, merges and codes, of lottery rounds, and of who waits for a place to be free.

What tells who somebody is stands in ``reservee`` and, as it was before, in ``reservee_change`` and in the contact of a
code; it is emptied in all of them when its time is over.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata
from store.reservation_tables import wish_columns

reservee_change = Table(  # what was changed of a reservee; append-only
    "reservee_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),  # a login, "self", a job's name
    Column("changed_at", Instant, nullable=False),
)

reservee_merge = Table(  # two that turned out to be one; append-only, undoing is another row
    "reservee_merge",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stays_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("goes_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("undoes", Text, ForeignKey("reservee_merge.id"), unique=True),  # None: it merges
    Column("reason", Text, nullable=False),
    Column("merged_by", Text, nullable=False),
    Column("merged_at", Instant, nullable=False),
)

reservee_merge_move = Table(  # what went over to the one that stays, to be found again
    "reservee_merge_move",
    metadata,
    Column("merge_id", Text, ForeignKey("reservee_merge.id"), primary_key=True),
    Column("thing", Text, primary_key=True),  # reservation | waiting | entry
    Column("thing_id", Text, primary_key=True),
)

reservee_code = Table(  # a code that was sent to an address or telephone
    "reservee_code",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("way", Text, nullable=False),  # domain.facilities.confirmation.ContactWay
    Column("contact", Text, nullable=False, index=True),
    Column("code_hash", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("confirmed_at", Instant),
)

lottery_round = Table(
    "lottery_round",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("enter_from_at", Instant, nullable=False),
    Column("enter_until_at", Instant, nullable=False),
    Column("seed_hash", Text, nullable=False),  # published before the first entry
    Column("choices_most", Integer, nullable=False),
    Column("wins_most", Integer, nullable=False),
    Column("first_chances", Integer, nullable=False),
    Column("first_days", Integer, nullable=False),
    Column("seed", Text, nullable=False),  # empty until it is drawn
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("drawn_by", Text),
    Column("drawn_at", Instant),
)

lottery_lot = Table(  # a time in a room that is drawn for
    "lottery_lot",
    metadata,
    Column("round_id", Text, ForeignKey("lottery_round.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("room_id", Text, ForeignKey("room.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("wins", Integer, nullable=False),  # so many can win it
    Column("slot_id", Text, ForeignKey("slot_kind.id")),
    CheckConstraint("from_at < until_at", name="time"),
)

lottery_entry = Table(
    "lottery_entry",
    metadata,
    Column("id", Text, primary_key=True),
    Column("round_id", Text, ForeignKey("lottery_round.id"), nullable=False),
    Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("user_class", Text, ForeignKey("user_class.id"), nullable=False),
    Column("party", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("chances", Integer, nullable=False),  # 1 until it is drawn
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)
Index("uq_lottery_entry_reservee", lottery_entry.c.round_id, lottery_entry.c.reservee_id, unique=True)

lottery_choice = Table(
    "lottery_choice",
    metadata,
    Column("entry_id", Text, ForeignKey("lottery_entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("lot_id", Text, nullable=False),
)

lottery_win = Table(
    "lottery_win",
    metadata,
    Column("entry_id", Text, ForeignKey("lottery_entry.id"), primary_key=True),
    Column("round_id", Text, primary_key=True),
    Column("lot_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),  # the entry's place in the order of the draw
    Column("reservation_id", Text, ForeignKey("reservation.id")),  # None: it could not be booked any more
    Column("fault", Text, nullable=False),  # why not
    ForeignKeyConstraint(["round_id", "lot_id"], ["lottery_lot.round_id", "lottery_lot.id"]),
)

waiting_entry = Table(  # who waits for a time in a room to be free
    "waiting_entry",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    *wish_columns(),
    Column("state", Text, nullable=False),  # domain.facilities.waiting.WaitingState
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    CheckConstraint("from_at < until_at", name="time"),
)
Index("ix_waiting_entry_state", waiting_entry.c.state, waiting_entry.c.asked_at)

place_offer = Table(  # a place that is kept for one who waited, as a tentative reservation
    "place_offer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("waiting_id", Text, ForeignKey("waiting_entry.id"), nullable=False, unique=True),
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, unique=True),
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False, index=True),  # offered | taken | lapsed | declined
    Column("ended_at", Instant),
)

"""A 市民館 with a hall, a meeting room, slots and two reservations, and its fee table kept."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from domain.facilities.facility import Equipment, Facility, Room, SlotKind, UserClass
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import Method
from gateway.fees.entries import Slip
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.take_fee import Payment, take_fee
from store.facilities import save_equipment, save_facility, save_room, save_slot, save_space, save_user_class
from store.reservation_tables import reservation, reservation_step, reservation_unit, reservee
from store.tables import department
from store.tx import Store, Tx
from tests.domain.facilities.fee_cases import example_table

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
NINE = datetime(2026, 6, 10, 0, tzinfo=UTC)
"""09:00 on Wednesday, 10 June 2026."""

CASH = Slip(Method.cash, payer="青木会")
GENERAL = Wanted("general")


def card(reference: str) -> Slip:
    """Pay by card through the provider of the generic layout."""
    return Slip(Method.card, provider="generic", reference=reference)


def build_hall(store: Store) -> None:
    """Make the facility, its table and the reservations r1 (the hall's morning with a piano) and r2 (an hour)."""
    weekdays = frozenset(range(7))
    with store.transaction(NOW) as tx:
        tx.connection.execute(insert(department).values(id="d", name="生涯学習課"))
        for number, id_ in enumerate(("inside", "outside")):
            save_user_class(tx, UserClass(id_, id_, id_, number))
        save_facility(tx, Facility("shimin", "市民館", "Civic Hall", "d"))
        for id_ in ("hall", "meeting"):
            save_space(tx, id_, "shimin", id_)
            save_room(tx, Room(id_, "shimin", id_, id_, (id_,), 100))
        for id_, start, end in (("am", 540, 720), ("pm", 780, 1020), ("eve", 1080, 1320), ("all", 540, 1320)):
            save_slot(tx, SlotKind(id_, "hall", id_, id_, start, end, weekdays))
        for id_ in ("piano", "mic"):
            save_equipment(tx, Equipment(id_, "shimin", id_, id_, 3))
        who = dict.fromkeys(("kana", "contact_name", "email", "phone", "registered_by", "blocked_reason"), "")
        values = {"id": "u", "kind": "group", "user_class": "inside", "name": "青木会", "registered_at": NOW}
        tx.connection.execute(insert(reservee).values(**values, **who))
        reserve(tx, "r1", "hall", NINE, slot="am", minutes=180)
        tx.connection.execute(insert(reservation_unit).values(reservation_id="r1", equipment_id="piano", units=1))
        reserve(tx, "r2", "meeting", NINE + timedelta(hours=1), slot=None, minutes=60)
        assert keep_fees(tx, example_table("hall"), by="kanri") == 1


def reserve(
    tx: Tx, id_: str, room: str, from_at: datetime, *, slot: str | None, minutes: int, is_permitted: bool = True
) -> None:
    """Put a reservation there: one that was permitted, or one that has only been applied for."""
    times = {"from_at": from_at, "until_at": from_at + timedelta(minutes=minutes), "slot_id": slot}
    who = {"reservee_id": "u", "user_class": "inside", "party": 20, "purpose": "合唱", "made_by": "self"}
    state = {"state": "applied", "version": 1, "made_at": NOW}
    tx.connection.execute(insert(reservation).values(id=id_, room_id=room, **times, **who, **state))
    if is_permitted:
        move(tx, id_, ReservationState.permitted)


def move(tx: Tx, id_: str, state: ReservationState) -> None:
    """Bring a reservation to a state, now."""
    tx.connection.execute(update(reservation).where(reservation.c.id == id_).values(state=state.value))
    words = {"act": "cancel", "actor": "desk", "done_by": "desk", "from_state": "permitted", "reason": ""}
    tx.connection.execute(
        insert(reservation_step).values(reservation_id=id_, done_at=tx.now, to_state=state.value, version=1, **words)
    )


def change(tx: Tx, id_: str) -> None:
    """Raise a reservation's version, as a change does."""
    tx.connection.execute(update(reservation).where(reservation.c.id == id_).values(version=reservation.c.version + 1))


def price(tx: Tx, id_: str = "r1") -> int:
    """Price a reservation and give the total."""
    return price_reservation(tx, id_, GENERAL, by="desk").quote.total_yen


def pay(tx: Tx, id_: str, yen: int, slip: Slip = CASH, *, of: str = "r1") -> str:
    """Take a payment and give its slip's number."""
    return take_fee(tx, Payment(id_, of, yen, slip), by="desk").slip

"""From a booking to the key in the hand and back, on both databases: the key follows the booking by every act."""

import pytest

from domain.keys.custody import Holder, HolderKind
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind, Target, TargetKind
from domain.keys.key_fault import Why
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.keys.lend_key import Loan, LoanWish, lend_key
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from store.tx import Store, Tx
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import book, booked, citizen, keep_house
from tests.gateway.keys.keyroom import refused

HALF = Target(TargetKind.key, "half")
AHEAD = 30 * 24 * 60


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    with store.transaction(NOW) as tx:
        keep_lock_group(tx, LockGroup("house", "館", "House"))
        opens = frozenset((Opening(OpeningKind.room, "half"),))
        register_key(tx, Key("half", "ホール半分", "Half hall", "house", opens, early_minutes=AHEAD))
        for number in (0, 1):
            register_copy(tx, f"r-{number}", Copy(f"half-{number}", "half", f"H{number}", number), by="desk")
    return store


def lend(tx: Tx, id_: str, reservee: str = "u1") -> Loan:
    return lend_key(tx, LoanWish(id_, HALF, Holder(HolderKind.reservee, reservee), "desk"))


def test_no_key_without_permission_and_none_after_a_cancellation(house: Store) -> None:
    book(house, "r0", wish(780, 900), citizen(1))
    with refused(house, Why.not_permitted, NOW) as tx:
        lend(tx, "l1")
    made = booked(house)
    with house.transaction(NOW) as tx:
        loan = lend(tx, "l1")
        assert loan.due_at > made.until_at
    with refused(house, Why.not_permitted, NOW) as tx:
        lend(tx, "l2", "u2")
    with house.transaction(NOW) as tx:
        cancel_reservation(tx, made.id, citizen(1))
    with refused(house, Why.entitlement_over, NOW) as tx:
        lend(tx, "l2")

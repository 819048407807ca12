"""The keys of a reserved room while bookings live at random, on both databases, also with acts at one moment (I21).

A key goes out only to whom a permitted reservation of its room names, from its earliest pick-up until the use and the
clean-up are over. Who that is, is worked out here from reservations alone, and not from entitlements.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import ReservationAct
from domain.keys.custody import CustodyState, Holder, HolderKind
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind, Target, TargetKind
from domain.keys.key_fault import KeyFaultError
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.key_custody import list_custodies
from store.key_tables import key_copy, key_custody, key_deed, key_deed_copy, key_entitlement
from store.reservation_tables import reservation
from store.tx import Store, Tx
from tests.domain.facilities.booking import ON, wish
from tests.gateway.bookings.house import keep_house
from tests.gateway.bookings.test_booking_promises import LIVING, Act, Bookings, picks
from tests.gateway.keys.trail import check_entitled, check_trail

ROOM = next(each for each in LIVING.rooms if each.id == "half")
HALF = Target(TargetKind.key, "half")
COPIES = ("half-0", "half-1")
EARLY = timedelta(minutes=60)


class ReservedKeys(Bookings):
    """The bookings of ``test_booking_promises``, and two copies of the key of the half hall."""

    @initialize()
    def begin_empty(self) -> None:
        with self.store.transaction(self.now) as tx:
            for table in (key_deed_copy, key_custody, key_deed, key_copy, key_entitlement):
                tx.connection.execute(delete(table))
            for number, id_ in enumerate(COPIES):
                register_copy(tx, f"r-{number}", Copy(id_, "half", f"H{number}", number), by="desk")
        super().begin_empty()
        for who, start in ((2, 690), (3, 840)):
            self.attempt(self.booking(who, wish(start, start + 120), is_held_only=False))
        for pick in range(5):
            self.attempt(self.deciding(pick, ReservationAct.permit))

    @rule(whos=st.permutations([1, 2, 3]), minute=st.sampled_from([0, 470, 485, 600, 650, 800, 950]))
    def lend(self, whos: list[int], minute: int) -> None:
        """Let all ask for the key, one after another, most often once the day has come."""
        self.now = max(self.now, instant(ON, minute)) if minute else self.now
        for who in whos:
            may, had = self.named(), set(self.out())
            with self.trying() as tx:
                self.lending(who)(tx)
            if set(self.out()) - had:
                assert f"u{who}" in may

    @rule()
    def bring_home(self) -> None:
        for copy_id in self.out():
            with self.store.transaction(self.now) as tx:
                return_key(tx, BroughtBack(f"b{next(self.ids)}", frozenset({copy_id}), "desk"))

    @rule(whos=st.permutations([1, 2, 3]), pick=picks)
    def lend_while_bookings_move(self, whos: list[int], pick: int) -> None:
        """Two take the key while one permits and one cancels: whoever has it then was named before or after."""
        may, had, failures = self.named(), set(self.out()), []
        acts = [self.lending(whos[0]), self.lending(whos[1]), self.cancelling(pick, at_desk=True)]
        acts.append(self.deciding(pick, ReservationAct.permit))
        barrier = threading.Barrier(len(acts))

        def run(act: Act) -> None:
            barrier.wait(30)
            try:
                with self.trying() as tx:
                    act(tx)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert {holder for copy_id, holder in self.out().items() if copy_id not in had} <= may | self.named()

    @invariant()
    def every_copy_is_in_one_place_and_was_entitled_to(self) -> None:
        with self.store.reading(self.now) as tx:
            check_trail(tx, COPIES)
            check_entitled(tx, COPIES)

    @contextmanager
    def trying(self) -> Iterator[Tx]:
        try:
            with self.store.transaction(self.now) as tx:
                yield tx
        except (KeyFaultError, BookingFaultsError):
            pass

    def lending(self, who: int) -> Act:
        wish = LoanWish(f"l{next(self.ids)}", HALF, Holder(HolderKind.reservee, f"u{who}"), "desk")
        return lambda tx: lend_key(tx, wish)

    def out(self) -> dict[str, str]:
        """Give who has what is out."""
        with self.store.reading(self.now) as tx:
            known = list_custodies(tx, COPIES)
        return {id_: each.holder.id for id_, each in known.items() if each.state is CustodyState.out and each.holder}

    def named(self) -> set[str]:
        """Give whom a reservation names for the key now."""
        with self.store.reading(self.now) as tx:
            rows = tx.connection.execute(select(reservation).where(reservation.c.room_id == ROOM.id)).all()
        before, after = timedelta(minutes=ROOM.before_minutes) + EARLY, timedelta(minutes=ROOM.after_minutes)
        return {
            row.reservee_id
            for row in rows
            if row.state in {"permitted", "in_use"} and row.from_at - before <= self.now < row.until_at + after
        }


def test_the_key_of_a_reserved_room_goes_to_whom_the_reservation_names(store: Store) -> None:
    keep_house(store, LIVING)
    with store.transaction(Bookings(store).now) as tx:
        keep_lock_group(tx, LockGroup("house", "館", "House"))
        opens = frozenset((Opening(OpeningKind.room, ROOM.id),))
        register_key(
            tx, Key("half", "ホール半分", "Half", "house", opens, early_minutes=int(EARLY.total_seconds() / 60))
        )
    run_state_machine_as_test(
        lambda: ReservedKeys(store),
        settings=settings(max_examples=6, stateful_step_count=25, deadline=None, derandomize=True),
    )

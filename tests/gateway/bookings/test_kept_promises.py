"""Bookings live at random while rights are lost and invented: after every step and one repair, what stands in force is
exactly what is promised. What is promised is worked out here by a rule of its own, from reservations alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from domain.access.rights import GrantSource, SubjectKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Target, TargetKind
from gateway.bookings.unkept_promises import find_unkept
from gateway.operations.facilities.repair_promises import repair_promises
from store.key_entitlements import insert_entitlement
from store.key_tables import key_entitlement
from store.party_passes import insert_drawn_codes
from store.reservation_tables import party_code, reservation, unkept_promise
from store.rights import Grant, insert_grant
from store.rights_tables import right_grant
from store.tables import credential
from store.tx import Store
from tests.gateway.bookings.doors import IN_HALL, build, new_code
from tests.gateway.bookings.test_booking_promises import LIVING, Bookings, picks

HOUSE = replace(
    LIVING, rooms=tuple(replace(room, area_id="hall") if room.id in IN_HALL else room for room in LIVING.rooms)
)
BUFFERS = {
    room.id: (timedelta(minutes=room.before_minutes), timedelta(minutes=room.after_minutes)) for room in HOUSE.rooms
}
KEYED = "half"
"""The one room with a key."""


class KeptPromises(Bookings):
    """The bookings of ``test_booking_promises`` behind doors, with hands that spoil what they give."""

    @initialize()
    def begin_empty(self) -> None:
        with self.store.transaction(self.now) as tx:
            for table in (unkept_promise, party_code, right_grant, key_entitlement, credential):
                tx.connection.execute(delete(table))
            insert_drawn_codes(tx, [new_code() for _ in range(60)])
        super().begin_empty()

    @rule(pick=picks)
    def lose_grants(self, pick: int) -> None:
        with self.store.transaction(self.now) as tx:
            ids = sorted(tx.connection.scalars(select(right_grant.c.id)))
            tx.connection.execute(delete(right_grant).where(right_grant.c.id.in_(ids[pick:])))

    @rule(pick=picks)
    def lose_entitlements(self, pick: int) -> None:
        with self.store.transaction(self.now) as tx:
            ids = sorted(tx.connection.scalars(select(key_entitlement.c.id)))
            tx.connection.execute(delete(key_entitlement).where(key_entitlement.c.id.in_(ids[pick:])))

    @rule(status=st.sampled_from(["active", "returned", "lost"]))
    def meddle_with_codes(self, status: str) -> None:
        with self.store.transaction(self.now) as tx:
            tx.connection.execute(update(credential).values(status=status))

    @rule(minutes=st.integers(-60, 60))
    def move_grants(self, minutes: int) -> None:
        with self.store.transaction(self.now) as tx:
            for row in tx.connection.execute(select(right_grant.c.id, right_grant.c.valid_until)).all():
                later = row.valid_until + timedelta(minutes=minutes)
                tx.connection.execute(update(right_grant).where(right_grant.c.id == row.id).values(valid_until=later))

    @rule(pick=picks)
    def invent(self, pick: int) -> None:
        """Give somebody what nobody promised, under the name of a reservation."""
        id_, _, _ = self.pick(pick)
        with self.store.transaction(self.now) as tx:
            if tx.connection.scalar(select(reservation.c.id).where(reservation.c.id == id_)) is None:
                return
            number = next(self.ids)
            until_at = self.now + timedelta(days=3)
            whom = (SubjectKind.person.value, "p9", "hall_booked", GrantSource.reservation.value)
            insert_grant(tx, Grant(f"bad-{number}", *whom, "", "hand", self.now, until_at, id_))
            taker, key = Taker(TakerKind.reservee, "u3"), Target(TargetKind.key, KEYED)
            due = DueRule(DueKind.end_of_reservation)
            bad = (f"bad-{number}", Source.reservation, id_, taker, key, self.now, until_at, due)
            insert_entitlement(tx, Entitlement(*bad, used_from=self.now, used_until=until_at), by="hand")

    @invariant()
    def what_stands_is_what_is_promised(self) -> None:
        with self.store.reading(self.now) as tx:
            unkept = find_unkept(tx)
        for each in unkept:
            with self.store.transaction(self.now) as tx:
                repair_promises(tx, each.reservation_id)
        with self.store.reading(self.now) as tx:
            assert find_unkept(tx) == []
        assert self.standing() == self.promised()

    def standing(self) -> dict[str, set[Any]]:
        with self.store.reading(self.now) as tx:
            run = tx.connection.execute
            grants = run(
                select(right_grant).where(right_grant.c.ended_at.is_(None), right_grant.c.valid_until > self.now)
            )
            doors = {(row.subject_id, row.level_id, row.valid_from, row.valid_until) for row in grants}
            c = key_entitlement.c
            given = run(select(key_entitlement).where(c.ended_at.is_(None), c.until_at > self.now))
            keys = {(row.taker_id, row.target_id, row.used_from, row.used_until) for row in given}
            active = credential.c.status == "active"
            cards = run(select(credential).where(active, credential.c.valid_until > self.now))
            codes = {(row.person_id, row.valid_from, row.valid_until) for row in cards}
        return {"doors": doors, "keys": keys, "codes": codes}

    def promised(self) -> dict[str, set[Any]]:
        promised: dict[str, set[Any]] = {"doors": set(), "keys": set(), "codes": set()}
        with self.store.reading(self.now) as tx:
            rows = tx.connection.execute(select(reservation)).all()
        for row in rows:
            before, after = BUFFERS[row.room_id]
            times: tuple[datetime, datetime] = (row.from_at - before, row.until_at + after)
            if row.state not in {"permitted", "in_use"} or times[1] <= self.now:
                continue
            if row.room_id == KEYED:
                promised["keys"].add((row.reservee_id, KEYED, *times))
            promised["doors"].add((f"party-{row.id}", "hall_booked", *times))
            promised["codes"].add((f"party-{row.id}", *times))
        return promised


def test_what_stands_is_exactly_what_is_promised(store: Store) -> None:
    build(store, HOUSE)
    run_state_machine_as_test(
        lambda: KeptPromises(store),
        settings=settings(max_examples=10, stateful_step_count=25, deadline=None, derandomize=True),
    )

"""A reservation's promise becomes an entitlement, and ends with it; carried out twice it changes nothing."""

from datetime import timedelta

import pytest

from domain.facilities.promises import Promise, PromiseKind
from domain.keys.custody import Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Source
from domain.keys.key import Key, Opening, OpeningKind, Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from gateway.custody.promised_keys import Carried, carry_out_keys, find_room_targets
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.register_key import register_key
from store.key_entitlements import list_entitlements_of
from store.keys import list_keys
from store.tx import Store, Tx
from tests.gateway.keys.keyroom import HALL, HOUR, NINE, refused
from tests.gateway.keys.test_lending import put_citizen

ROOM = Opening(OpeningKind.room, "big-hall")
FIVE_DAYS = 5 * 24 * 60
USED = NINE + 24 * HOUR
CITIZEN = Holder(HolderKind.reservee, "u1")


@pytest.fixture
def booked(room: Store) -> Store:
    """The hall's key opens a room that is reserved, five days ahead; the store's hangs on a ring."""
    with room.transaction(NINE) as tx:
        put_citizen(tx)
        for id_, early in (("hall", FIVE_DAYS), ("store", 0)):
            opens = frozenset((ROOM, Opening(OpeningKind.door, id_)))
            register_key(tx, Key(id_, "鍵", "Key", "east", opens, early_minutes=early))
    return room


def promise(version: int = 1, hours: int = 2) -> Promise:
    return Promise(PromiseKind.key, "big-hall", USED, USED + hours * HOUR, f"reservation:r1:{version}")


def carry(tx: Tx, *promises: Promise) -> Carried:
    return carry_out_keys(tx, "r1", "u1", promises, by="desk", reason="取消")


def test_what_is_promised_may_be_taken_until_it_is_not(booked: Store) -> None:
    door = Promise(PromiseKind.door, "big-hall", USED, USED + HOUR, "reservation:r1:1")
    with booked.transaction(NINE) as tx:
        assert find_room_targets(tx, "big-hall") == [
            (HALL, list_keys(tx)["hall"]),
            (Target(TargetKind.ring, "bunch"), list_keys(tx)["store"]),
        ]
        assert len(carry(tx, promise(), door).given) == 2
        assert carry(tx, promise(), door) == Carried((), ())
        loan = lend_key(tx, LoanWish("l1", HALL, CITIZEN, "desk"))
        assert loan.due_at == USED + 2 * HOUR + timedelta(minutes=30)
    with refused(booked, Why.too_early) as tx:  # the ring's key is for the hours themselves
        lend_key(tx, LoanWish("l2", Target(TargetKind.ring, "bunch"), CITIZEN, "desk"))
    with booked.transaction(NINE) as tx:
        assert len(carry(tx).ended) == 2
        assert carry(tx) == Carried((), ())
        assert {each.ended_at for each in list_entitlements_of(tx, Source.reservation, "r1")} == {NINE}


def test_a_change_ends_the_old_and_gives_the_new_and_a_return_gives_anew(booked: Store) -> None:
    with booked.transaction(NINE) as tx:
        first = carry(tx, promise())
        second = carry(tx, promise(2, 3))
        assert second.ended == first.given
        assert len(second.given) == 2
        carry(tx)
        again = carry(tx, promise(2, 3))  # somebody came after all
        assert len(again.given) == 2
        assert not set(again.given) & set(second.given)
        assert carry(tx, promise(2, 3)) == Carried((), ())


def test_a_room_without_a_key_promises_none(booked: Store) -> None:
    other = Promise(PromiseKind.key, "small", USED, USED + HOUR, "reservation:r1:1")
    with booked.transaction(NINE) as tx:
        assert carry(tx, other) == Carried((), ())


@pytest.mark.parametrize(
    "rule",
    [DueRule(DueKind.relative, 60), DueRule(DueKind.absolute, at=NINE), DueRule(DueKind.office_day)],
    ids=lambda each: each.kind,
)
def test_a_keys_own_rule_fits_every_reservation(booked: Store, rule: DueRule) -> None:
    with pytest.raises(KeyFaultError) as told, booked.transaction(NINE) as tx:
        register_key(tx, Key("hall", "鍵", "Key", "east", frozenset((ROOM,)), early_minutes=-1, due=rule))
    assert [fault.field for fault in told.value.faults] == ["early_minutes", "due_at"]

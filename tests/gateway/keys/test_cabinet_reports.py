"""From a card in front of a cabinet to the ledger: what happened there is what the ledger says, on both databases."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.keys.custody import Custody, CustodyState, HolderKind, KeyAct
from domain.keys.key import Place
from gateway.operations.keys.give_entitlement import end_entitlement
from gateway.operations.keys.lend_key import LoanWish, lend_key
from store.key_custody import list_deed_copies, load_deed
from store.tables import record
from store.tx import Store
from tests.gateway.keys.boxroom import HUNG, BoxRoom, describe
from tests.gateway.keys.keyroom import BUNCH_COPIES, HALL, HOUR, ISHII, NINE, person

HERE = (CustodyState.in_custody, "box")


@pytest.fixture
def box(room: Store) -> BoxRoom:
    return BoxRoom(room)


def state_of(custody: Custody) -> tuple[CustodyState, str]:
    return custody.state, custody.place.cabinet_id if custody.place else custody.holder.id if custody.holder else ""


def test_a_key_taken_at_the_box_is_lent_and_back_when_it_hangs_there(box: BoxRoom) -> None:
    box.visit("ishii", take=(1,))
    box.send()
    taken = box.custody("hall-0")
    assert state_of(taken) == (CustodyState.out, ISHII)
    assert taken.entitlement_id == "e-hall"
    assert taken.due_at == NINE.replace(hour=17, minute=15)
    box.wait(60)
    box.visit("ishii", bring={1: "hall-0"})
    box.send()
    back = box.custody("hall-0")
    assert back.place == Place("box", 1)
    assert back.version == taken.version + 1
    assert box.alarms() == []


def test_a_ring_goes_out_as_one(box: BoxRoom) -> None:
    box.visit("ishii", take=(3,))
    box.send()
    one, other = box.custody("store-0"), box.custody("store-1")
    assert state_of(one) == state_of(other) == (CustodyState.out, ISHII)
    assert one.loan_id == other.loan_id
    with box.store.reading(box.at) as tx:
        deed = load_deed(tx, one.loan_id or "")
        assert deed is not None
        assert (deed.ring_id, deed.deed.act) == ("bunch", KeyAct.issue)
        assert list_deed_copies(tx, deed.id) == ["store-0", "store-1"]


def test_the_same_record_twice_is_one_deed(box: BoxRoom) -> None:
    box.visit("ishii", take=(1,))
    box.send()
    before = box.custody("hall-0")
    box.again()
    assert box.custody("hall-0") == before


def test_what_comes_late_keeps_its_own_time(box: BoxRoom) -> None:
    taken_at = box.played.moment.at
    box.visit("ishii", take=(1,))
    box.wait(3600)
    box.visit("ishii", bring={1: "hall-0"})
    returned_at = box.played.moment.at
    box.send(at=box.at + 48 * HOUR)
    custody = box.custody("hall-0")
    assert custody.place == Place("box", 1)
    assert taken_at + HOUR <= custody.since_at <= returned_at


def test_an_offline_box_hands_out_by_what_it_holds_and_says_so(box: BoxRoom) -> None:
    box.wait(6 * 3600)  # the centre is not heard
    box.visit("ishii", take=(1,))
    assert b'"mode":"cached"' in box.played.lines[-2]
    with box.store.transaction(box.at) as tx:
        end_entitlement(tx, "e-hall", by="desk", reason="moved away")
    box.visit("ishii", take=(5,))
    box.send(at=box.at + HOUR)
    assert state_of(box.custody("hall-0")) == (CustodyState.out, ISHII)
    assert box.alarms() == []  # it had not ended yet when it was taken


def test_a_right_that_had_ended_is_a_loan_and_an_alarm(box: BoxRoom) -> None:
    with box.store.transaction(box.at) as tx:
        end_entitlement(tx, "e-hall", by="desk", reason="moved away")
    box.wait(60)
    box.visit("ishii", take=(1,))
    box.send()
    assert state_of(box.custody("hall-0")) == (CustodyState.out, ISHII)
    assert box.alarms() == [("key_right_over", "hall-0")]


def test_a_revoked_right_frees_nothing_once_the_box_holds_the_next_edition(box: BoxRoom) -> None:
    with box.store.transaction(box.at) as tx:
        end_entitlement(tx, "e-hall", by="desk", reason="moved away")
    box.wait(1)
    box.published()
    box.heard()
    effects = box.played.tap("ishii", "box_in")
    assert "box-hook-1" not in {getattr(each, "door", "") for each in effects}
    assert "box-hook-3" in {getattr(each, "door", "") for each in effects}


def test_what_nobody_was_offered_is_out_with_nobody_known(box: BoxRoom) -> None:
    box.visit("ishii", take=(6,))
    box.send()
    custody = box.custody("vault-0")
    assert custody.state is CustodyState.out
    assert custody.holder is not None
    assert custody.holder.kind is HolderKind.unknown
    assert box.alarms() == [("key_removed", "vault-0")]
    box.visit("ishii", bring={6: "vault-0"})
    box.send()
    assert state_of(box.custody("vault-0")) == HERE
    assert box.alarms() == []


def test_a_key_on_another_hook_is_where_it_hangs(box: BoxRoom) -> None:
    box.visit("ishii", take=(1,), bring={9: "hall-0"})
    box.send()
    assert box.custody("hall-0").place == Place("box", 9)
    assert box.alarms() == [("key_on_wrong_hook", "hall-0")]


def test_a_stranger_in_the_box_is_named(box: BoxRoom) -> None:
    box.visit("ishii", bring={9: "alien"})
    box.send()
    assert box.alarms() == [("cabinet_stranger", "box")]


def test_a_box_that_is_forced_or_left_open_is_an_alarm_until_it_is_closed(box: BoxRoom) -> None:
    box.door(is_open=True)
    box.wait(200)
    box.send()
    assert sorted(box.alarms()) == [("cabinet_forced", "box"), ("cabinet_overstayed", "box")]
    box.door(is_open=False)
    box.send()
    assert box.alarms() == []


def test_what_the_desk_says_otherwise_is_not_written_over(box: BoxRoom) -> None:
    with box.store.transaction(box.at) as tx:
        lend_key(tx, LoanWish("desk-loan", HALL, person(ISHII), "desk", copy_id="hall-0"))
    before = box.custody("hall-0")
    box.visit("ishii", take=(1,))
    box.send()
    assert box.custody("hall-0") == before
    [(kind, subject)] = box.alarms()
    assert (kind, subject) == ("key_ledger_differs", "hall-0")


def test_a_later_deed_of_the_desk_stands_against_a_late_record(box: BoxRoom) -> None:
    box.visit("ishii", take=(1,))
    late = box.at + 2 * HOUR
    with box.store.transaction(late) as tx:
        lend_key(tx, LoanWish("desk-loan", HALL, person(ISHII), "desk", copy_id="hall-0"))
    before = box.custody("hall-0")
    box.send(at=late + HOUR)
    assert box.custody("hall-0") == before
    assert box.alarms() == [("key_ledger_differs", "hall-0")]


def restart_without(box: BoxRoom, copy: str) -> None:
    """Switch the box off, take a key, and switch it on: a new journal begins."""
    box.wait(30)
    box.sent = 0
    box.journal.lines.clear()
    box.journal.hashes[1:] = []
    box.journal.epoch += 1
    box.journal.hashes[0] = type(box.journal)(box.journal.device, epoch=box.journal.epoch).hashes[0]
    box.begin({each: position for each, position in HUNG.items() if each != copy})


def test_a_key_gone_while_the_power_was_off_is_named_and_not_guessed(box: BoxRoom) -> None:
    box.send()
    assert box.alarms() == []
    restart_without(box, "hall-0")
    box.send()
    assert box.alarms() == [("key_ledger_differs", "hall-0")]
    assert state_of(box.custody("hall-0")) == HERE


def test_a_key_gone_meanwhile_is_named_also_by_a_centre_whose_clock_has_fallen_back(box: BoxRoom) -> None:
    restart_without(box, "hall-0")
    box.send(at=NINE - HOUR)
    assert box.alarms() == [("key_ledger_differs", "hall-0")]


def test_whose_card_was_there_is_known_of_a_misplaced_key_that_comes_alone(box: BoxRoom) -> None:
    box.played.tap("ishii", "box_in")
    box.door(is_open=True)
    box.hang(1, None)
    box.send()
    box.hang(9, "hall-0")
    box.send()
    with box.store.reading(box.at) as tx:
        persons = tx.connection.scalars(select(record.c.person_id).where(record.c.kind == "key.misplaced")).all()
    assert persons == [ISHII]


def test_while_a_shelter_is_open_keys_go_out_to_nobody_known_without_an_alarm(room: Store) -> None:
    box = BoxRoom(room, describe(shelter=True))
    box.shelter()
    box.hang(1, None)
    box.send()
    custody = box.custody("hall-0")
    assert custody.state is CustodyState.out
    assert custody.holder is not None
    assert custody.holder.kind is HolderKind.unknown
    assert custody.due_at is not None
    assert custody.due_at - custody.since_at == timedelta(days=3)
    assert box.alarms() == []


def test_who_stood_by_is_written_beside_it(box: BoxRoom) -> None:
    box.entitle("vault", ISHII)
    box.entitle("hall", "s0003")
    box.published()
    box.heard()
    box.played.tap("ishii", "box_in")
    box.visit("ueda", take=(6,))
    box.send()
    custody = box.custody("vault-0")
    assert state_of(custody) == (CustodyState.out, ISHII)
    with box.store.reading(box.at) as tx:
        deed = load_deed(tx, custody.loan_id or "")
    assert deed is not None
    assert deed.deed.second_by == "s0003"


@pytest.mark.parametrize("seed", range(2))
def test_the_ledger_says_what_hangs_whatever_people_do_at_the_box(box: BoxRoom, seed: int) -> None:
    """Taken by right or without, hung back at home or elsewhere, told at once or much later."""
    rng, hung = random.Random(f"at the box {seed}"), {position: copy for copy, position in HUNG.items()}
    away: list[str] = []
    for _ in range(18):
        box.played.tap(rng.choice(["ishii", "aoki", "ueda"]), "box_in")
        box.door(is_open=True)
        for _ in range(rng.randint(0, 3)):
            if hung and rng.random() < 0.6:
                position = rng.choice(sorted(hung))
                away.append(hung.pop(position))
                box.hang(position, None)
            elif away:
                copy = away.pop(rng.randrange(len(away)))
                free = [each for each in range(1, 11) if each not in hung]
                position = HUNG[copy] if HUNG[copy] in free and rng.random() < 0.7 else rng.choice(free)
                hung[position] = copy
                box.hang(position, copy)
        box.door(is_open=False)
        box.wait(rng.choice([1, 40, 900]))
        if rng.random() < 0.3:
            box.send()
    box.send(at=box.at + 6 * HOUR)
    where = {copy: position for position, copy in hung.items()}
    for name in HUNG:
        for copy in BUNCH_COPIES if name == "bunch" else (name,):
            custody = box.custody(copy)
            if name in where:
                assert custody.place == Place("box", where[name]), copy
            else:
                assert custody.state is CustodyState.out, copy
    assert {kind for kind, _ in box.alarms()} <= {"key_removed", "key_on_wrong_hook", "cabinet_forced"}

"""Lottery rounds on both databases: entered in time, drawn once, never over what there is, replayed by anybody."""

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.lottery import Lot, Round, hash_seed
from domain.facilities.reservation import ReservationState
from domain.facilities.round_fault import RoundFaultsError, RoundWhy
from gateway.bookings.draw_file import DrawFileError, find_differences, read_draw_file, write_draw_file
from gateway.operations.facilities.block_reservee import block_reservee
from gateway.operations.facilities.draw_round import Drawn, draw_round
from gateway.operations.facilities.enter_round import AskedEntry, enter_round, leave_round
from gateway.operations.facilities.merge_reservees import AskedMerge, merge_reservees
from gateway.operations.facilities.open_round import open_round
from sekisho.facilities import app
from store.lotteries import count_entries, list_entries, list_rounds_of
from store.reservations import list_reservations_in
from store.tx import Store
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import DESK, book, citizen, keep_house

SEED = "5eed" * 16
END = NOW + timedelta(days=3)
LOTS = (
    Lot("course", "gym", instant(ON, 540), instant(ON, 720), 3, "course"),
    Lot("half-am", "half", instant(ON, 540), instant(ON, 720)),
    Lot("half-pm", "half", instant(ON, 780), instant(ON, 960)),
)
ROUND = Round("winter", "center", "冬の抽選", "Winter", NOW, END, LOTS, hash_seed(SEED), first_chances=2)


def opened(store: Store, round_: Round = ROUND) -> None:
    keep_house(store, reservees=6)
    with store.transaction(NOW) as tx:
        assert open_round(tx, round_, by="desk") == open_round(tx, round_, by="desk")


def enter(store: Store, number: int, *choices: str, later: timedelta = timedelta(0)) -> None:
    asked = AskedEntry(f"e{number}", "winter", f"u{number}", "resident", 10, "合唱の練習", choices)
    with store.transaction(NOW + later) as tx:
        enter_round(tx, asked, citizen(number))


def draw(store: Store, seed: str = SEED) -> Drawn:
    with store.transaction(END) as tx:
        return draw_round(tx, "winter", seed, by="desk")


def why(refused: pytest.ExceptionInfo[RoundFaultsError]) -> list[RoundWhy]:
    return [fault.why for fault in refused.value.faults]


def test_winners_have_applied_and_the_draw_is_replayed(store: Store, tmp_path: Path) -> None:
    opened(store)
    for number in range(1, 6):
        enter(store, number, "half-am", "half-pm")
    enter(store, 5, "course", "half-am")  # changed
    with store.reading(NOW) as tx:
        assert count_entries(tx, ["winter", "none"]) == {"winter": 5}
    drawn = draw(store)
    assert draw(store) == drawn
    assert Counter(each.win.lot_id for each in drawn.wins) == {"course": 1, "half-am": 1, "half-pm": 1}
    assert {each.entry.chances for each in drawn.entries} == {2}
    with store.reading(END) as tx:
        kept = list_reservations_in(tx, ["half", "gym"], LOTS[0].from_at, LOTS[2].until_at)
    assert {each.reservation.id for each in kept} == {each.reservation_id for each in drawn.wins}
    assert {each.reservation.state for each in kept} == {ReservationState.applied}
    assert {each.made_by for each in kept} == {"self"}
    told = write_draw_file(drawn.round, (each.entry for each in drawn.entries), (each.win for each in drawn.wins))
    assert "u1" not in told.decode()
    path = tmp_path / "draw.json"
    path.write_bytes(told)
    result = CliRunner().invoke(app, ["verify-draw", str(path)])
    assert (result.exit_code, "抽選は正しく行われました" in result.output) == (0, True)
    bent = json.loads(told)
    bent["wins"][0]["entry"] = "e9"
    path.write_text(json.dumps(bent))
    assert CliRunner().invoke(app, ["verify-draw", str(path)]).exit_code == 1
    bent["seed"] = "another"
    assert any(each.startswith("seed") for each in find_differences(read_draw_file(json.dumps(bent).encode())))
    bent["lots"][0]["wins"] = -1
    with pytest.raises(DrawFileError, match="lots"):
        read_draw_file(json.dumps(bent).encode())


def test_entering_has_its_time_and_its_faults(store: Store) -> None:
    opened(store)
    for choices, expected in (((), RoundWhy.no_choice), (("x",), RoundWhy.unknown_lot)):
        with pytest.raises(RoundFaultsError) as refused:
            enter(store, 1, *choices)
        assert why(refused) == [expected]
    with pytest.raises(RoundFaultsError) as refused:
        enter(store, 1, "course", later=timedelta(days=3))
    assert why(refused) == [RoundWhy.entry_over]
    with pytest.raises(RoundFaultsError) as refused:
        enter(store, 1, "course", later=timedelta(seconds=-1))
    assert why(refused) == [RoundWhy.not_open_yet]
    with store.transaction(NOW) as tx:
        block_reservee(tx, "u1", ON, by="desk", reason="無断不使用")
    with pytest.raises(BookingFaultsError) as blocked:
        enter(store, 1, "course")
    assert [fault.why for fault in blocked.value.faults] == [BookingWhy.blocked]
    with store.transaction(NOW) as tx, pytest.raises(BookingFaultsError):
        leave_round(tx, "winter", "u2", citizen(1))


def test_whoever_left_or_entered_twice_takes_no_second_part(store: Store) -> None:
    opened(store)
    enter(store, 1, "course")
    enter(store, 2, "course")
    enter(store, 3, "course")
    with store.transaction(NOW) as tx:
        leave_round(tx, "winter", "u1", citizen(1))
        merge_reservees(tx, AskedMerge("m1", "u2", "u3", "同一人物"), by="desk")
    with store.transaction(NOW) as tx, pytest.raises(RoundFaultsError) as refused:
        enter_round(tx, AskedEntry("e9", "winter", "u2", "resident", 1, "練習", ("course",)), DESK)
    assert why(refused) == [RoundWhy.id_taken]
    with store.reading(NOW) as tx:
        assert [each.entry.id for each in list_entries(tx, "winter")] == ["e2"]
        assert list_rounds_of(tx, ["center"]) == ["winter"]


def test_what_was_taken_meanwhile_is_said_and_the_draw_stands(store: Store) -> None:
    opened(store)
    enter(store, 1, "half-am")
    enter(store, 2, "half-pm")
    book(store, "r1", wish(reservee_id="u3"), DESK)
    drawn = draw(store)
    told = {each.win.lot_id: (each.reservation_id is None, each.fault) for each in drawn.wins}
    assert told == {"half-am": (True, "from_at:taken"), "half-pm": (False, "")}


def test_a_draw_needs_its_time_and_its_seed(store: Store) -> None:
    opened(store)
    with pytest.raises(RoundFaultsError) as refused:
        draw(store, "another")
    assert why(refused) == [RoundWhy.bad_seed]
    with store.transaction(NOW) as tx, pytest.raises(RoundFaultsError) as refused:
        draw_round(tx, "winter", SEED, by="desk")
    assert why(refused) == [RoundWhy.not_over]
    assert draw(store).wins == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"lots": (*LOTS, Lot("hall", "hall", instant(ON, 930), instant(ON, 1020)))}, RoundWhy.lots_overlap),
        ({"lots": (replace(LOTS[0], wins=4),)}, RoundWhy.out_of_range),
        ({"lots": (replace(LOTS[0], slot_id="evening"),)}, RoundWhy.unknown_lot_room),
        ({"lots": (replace(LOTS[1], room_id="nowhere"),)}, RoundWhy.unknown_lot_room),
        ({"seed_hash": SEED.upper()}, RoundWhy.bad_seed),
        ({"facility_id": "nowhere"}, RoundWhy.unknown_lot_room),
        ({"id": "Winter"}, RoundWhy.bad_id),
        ({"id": "new"}, RoundWhy.bad_id),
    ],
)
def test_a_round_that_cannot_be_is_not_opened(store: Store, given: dict[str, object], expected: RoundWhy) -> None:
    keep_house(store)
    with store.transaction(NOW) as tx, pytest.raises(RoundFaultsError) as refused:
        open_round(tx, replace(ROUND, **given), by="desk")  # type: ignore[arg-type]
    assert expected in why(refused)


def test_two_desks_draw_at_once_and_one_draw_stands(store: Store) -> None:
    opened(store)
    for number in range(1, 5):
        enter(store, number, "half-am", "course")
    told: list[Drawn] = []
    threads = [threading.Thread(target=lambda: told.append(draw(store))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(told) == 3
    assert told[0] == told[1] == told[2]
    assert len(told[0].wins) == 4

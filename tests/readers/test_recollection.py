"""What the journal still knows at start: places, used codes, commands that were obeyed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.records import TapObserved
from domain.access.policy import Credential, PassbackMode, PolicySnapshot
from domain.access.situation import Code
from domain.ids import PersonId
from readers.events import CommandCame, Recalled
from readers.journal import Journal
from readers.recollection import RECORDS_MAX, recall_scene, recent_lines
from tests.readers.building import LAB_DOOR, MAIN_DOOR, STAFF, VAULT_DOOR, building, token
from tests.readers.cases import DEVICE, NOW
from tests.readers.played import Played, released

HARD: dict[str, Any] = {"lab": {"passback": PassbackMode.hard}, "vault": {"passback": PassbackMode.hard}}
WEEK = timedelta(days=7)


def restarted(box: Played, policy: PolicySnapshot | None = None) -> Played:
    """Give the next life: everything is lost but the journal and the policy."""
    again = Played(policy=box.policy, wiring=box.wiring)
    again.seconds = box.seconds
    known = policy or box.policy
    again.tell(Recalled(recall_scene(enumerate(box.lines, start=1), box.wiring, known)))
    return again


# ---- places ----------------------------------------------------------------------------------------------------------


def test_places_are_known_again() -> None:
    box = Played(policy=building(areas=HARD))
    box.pass_through("anna", "lab-in", LAB_DOOR)
    box.pass_through("bert", "vault-in", VAULT_DOOR)
    box.pass_through("carl", "lab-in", LAB_DOOR)
    box.pass_through("carl", "main-out", MAIN_DOOR)
    again = restarted(box)
    assert again.state.scene.places.inside == box.state.scene.places.inside
    assert not again.pass_through("anna", "lab-in", LAB_DOOR)
    assert not again.pass_through("bert", "vault-in", VAULT_DOOR)
    assert again.pass_through("carl", "lab-in", LAB_DOOR)


def test_a_grant_that_was_not_used_is_no_entry() -> None:
    box = Played(policy=building(areas=HARD))
    box.tap("anna", "lab-in")
    box.wait(60)
    assert restarted(box).pass_through("anna", "lab-in", LAB_DOOR)


def test_a_tap_too_old_to_open_is_no_entry() -> None:
    box = Played(policy=building(areas=HARD))
    box.holding = True
    box.tap("anna", "vault-in")
    box.seconds += 3
    box.holding = False
    box.write()
    assert box.last_tap.granted
    assert not box.is_free(VAULT_DOOR)
    assert restarted(box).pass_through("anna", "vault-in", VAULT_DOOR)


def test_two_who_entered_together_are_both_inside() -> None:
    box = Played(policy=building(areas={"lab": {"two_person": True, "passback": PassbackMode.hard}}))
    box.tap("anna", "lab-in")
    box.tap("bert", "lab-in")
    box.open(LAB_DOOR)
    again = restarted(box)
    assert again.state.scene.places.inside == {"lab": 2}


def test_a_crash_right_after_a_grant_leaves_the_person_where_they_were() -> None:
    box = Played(policy=building(areas=HARD))
    box.tap("anna", "lab-in")
    assert restarted(box).pass_through("anna", "lab-in", LAB_DOOR)


# ---- one-time codes --------------------------------------------------------------------------------------------------


def visit(box: Played, *, begins: float = -60.0, ends: timedelta = WEEK) -> bool:
    """Show the visitor's code, which counts from ``begins`` seconds from the test's start."""
    box.tap("visit", "main-in", once=(NOW + timedelta(seconds=begins), NOW + ends))
    return box.last_tap.granted


def test_a_code_opens_once() -> None:
    box = Played()
    assert visit(box)
    box.wait(60)
    assert not visit(box)
    assert box.last_tap.reason == "code_used"
    assert released(box.tap("visit", "main-in")) == [MAIN_DOOR], "a card is no code"


@pytest.mark.parametrize(("at", "reason"), [(-61.0, "not_yet_active"), (120.0, "expired")])
def test_a_code_counts_only_in_its_time_and_is_not_used_up_by_trying(at: float, reason: str) -> None:
    box = Played()
    box.seconds = at
    window = (NOW - timedelta(seconds=60), NOW + timedelta(seconds=120))
    box.tap("visit", "main-in", once=window)
    assert (box.last_tap.granted, box.last_tap.reason) == (False, reason)
    box.seconds = 0
    box.tap("visit", "main-in", once=window)
    assert box.last_tap.granted


def test_two_readings_before_the_first_is_written_open_once() -> None:
    box = Played()
    box.holding = True
    for reader in ("main-in", "vault-in"):
        box.tap("visit", reader, once=(NOW - WEEK, NOW + WEEK))
    box.holding = False
    assert released(box.write()) == [MAIN_DOOR]


def test_a_used_code_stays_used_over_a_restart_for_as_long_as_it_counts() -> None:
    box = Played(policy=building(areas={"hall": {"offline_age_max": WEEK}}))
    assert visit(box)
    again = restarted(box)
    assert not visit(again)
    again.wait(timedelta(days=5).total_seconds())
    other = building(
        cards={"visit-2": Credential(PersonId("p-visit-2"), (STAFF,))}, areas={"hall": {"offline_age_max": WEEK}}
    )
    again.policy = other
    again.tap("visit-2", "main-in", once=(NOW, NOW + WEEK))
    assert again.last_tap.granted
    assert not visit(again), "another code used meanwhile makes this one no fresher"


def test_a_used_code_stays_used_when_the_policy_came_later() -> None:
    box = Played()
    assert visit(box)
    again = Played(policy=box.policy)
    again.tell(Recalled(recall_scene(enumerate(box.lines, start=1), box.wiring, None)))
    assert not visit(again)


def test_a_code_whose_use_cannot_be_recorded_opens_nothing() -> None:
    box = Played()
    box.writes = False
    effects = box.tap("visit", "vault-in", once=(NOW - WEEK, NOW + WEEK))
    assert released(effects) == []
    assert released(box.tap("anna", "vault-in")) == [VAULT_DOOR], "the area would open for a card"


def test_used_codes_whose_time_is_over_need_no_memory() -> None:
    cards: dict[str, Credential | None] = {
        f"v{number}": Credential(PersonId(f"p{number}"), (STAFF,)) for number in range(300)
    }
    box = Played(policy=building(cards=cards))
    for number in range(300):
        at = box.moment.at
        box.tap(f"v{number}", "vault-in", once=(at, at + timedelta(seconds=30)))
        assert box.last_tap.granted
        box.wait(10)
    assert len(box.state.scene.codes) <= 4


# ---- commands --------------------------------------------------------------------------------------------------------


def test_a_command_that_was_obeyed_is_not_obeyed_again_after_a_restart() -> None:
    box = Played()
    command = box.order("open_once", MAIN_DOOR, valid=60)
    assert released(box.tell(CommandCame(command))) == [MAIN_DOOR]
    again = restarted(box)
    assert again.tell(CommandCame(command)) == []
    fresh = again.order("open_once", MAIN_DOOR, name="c-2")
    assert released(again.tell(CommandCame(fresh))) == [MAIN_DOOR]


def test_a_command_whose_record_a_crash_took_was_not_obeyed_either() -> None:
    box = Played()
    box.holding = True
    command = box.order("open_once", MAIN_DOOR, valid=60)
    assert released(box.tell(CommandCame(command))) == []
    assert released(restarted(box).tell(CommandCame(command))) == [MAIN_DOOR]


# ---- the lines -------------------------------------------------------------------------------------------------------


def test_lines_that_cannot_be_read_are_passed_over() -> None:
    box = Played(policy=building(areas=HARD))
    box.pass_through("anna", "lab-in", LAB_DOOR)
    strange = [b'{"kind":"tap.observed","version":9}', b'"kind":"access.ended"', b'\xff"kind":"tap.observed"', b""]
    lines = enumerate([*strange, *box.lines], start=1 - len(strange))
    assert recall_scene(lines, box.wiring, box.policy).places.inside == {"lab": 1}


def test_cards_that_the_policy_no_longer_knows_are_nobody() -> None:
    box = Played(policy=building(areas=HARD))
    box.pass_through("anna", "lab-in", LAB_DOOR)
    again = restarted(box, building(4, areas=HARD, cards={"anna": None}))
    assert again.state.scene.places.inside == {}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "journal.db", DEVICE, new_epoch=5)
    yield journal
    journal.close()


def test_the_newest_lines_come_in_order_and_older_ones_only_with_a_used_code(journal: Journal) -> None:
    assert list(recent_lines(journal)) == []
    count, code = RECORDS_MAX + 1500, b'{"situation":{"code":"fresh"}}'
    for first in range(0, count, 500):
        journal.append([b"%d" % number for number in range(first, first + 499)] + [code], NOW)
    rows = list(recent_lines(journal))
    newest = count - RECORDS_MAX
    assert [seq for seq, _ in rows] == [500, 1000, 1500, *range(newest + 1, count + 1)]
    assert (rows[0][1], rows[-1][1]) == (code, code)


def test_a_code_in_a_record_is_a_fresh_one(journal: Journal) -> None:
    box = Played()
    visit(box)
    (body,) = [body for body in box.bodies if isinstance(body, TapObserved)]
    assert body.situation is not None
    assert body.situation.code is Code.fresh
    assert recall_scene([(1, box.lines[-2])], replace(box.wiring), None).codes.keys() <= {token("visit")}

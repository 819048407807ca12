"""Whoever may no longer is off: looked at, booked with the decision, told to the switch, believed when it shows it.

One module because each case is a few lines on the same lab, and they are read as one list.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.radius_attributes import ErrorCause
from domain.zones.cut_reason import CutReason
from domain.zones.decide_tier import Answer, Waiver
from domain.zones.tier import Method
from domain.zones.tier_session import PENDING_MAX, SessionAct, SessionState
from gateway.operations.zones.end_session import end_sessions, mark_ending
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import Notice
from store.port_sessions import load_session
from store.tx import Store
from tests.domain.zones.cases import LGWAN, RULES
from tests.gateway.radius.cutting import NAS, CutLab, wait_until

ENDED, DISOBEYED = SessionState.ended, SessionState.disobeyed
ANN = frozenset(("s2",))


@pytest.fixture
def lab(store: Store, tmp_path: Path) -> Iterator[CutLab]:
    lab = CutLab(store, tmp_path)
    with lab.switched_on():
        yield lab


def test_z5_who_is_revoked_by_the_table_is_off_within_two_seconds(lab: CutLab) -> None:
    session = lab.admit()
    with lab.cutting():
        began = time.monotonic()
        lab.seats.terminals.pop("t-lgwan")
        lab.cutter.renewed(ANN)
        ended = lab.wait_for(session, ENDED)
        assert time.monotonic() - began < 2.0
    assert lab.switch.sessions == {}
    assert ended.ended_at is not None
    cut, obeyed = lab.steps(session)
    assert (cut.act, obeyed.act, obeyed.tries) == (SessionAct.cut, SessionAct.obeyed, 1)
    assert set(cut.reason.split()) == set(lab.refusals()[0])
    assert len(lab.refusals()) == 1  # one change, one decision
    assert lab.alarms() == []


def test_who_leaves_the_room_is_off_and_nobody_else(lab: CutLab) -> None:
    gone = lab.admit()
    stays = lab.admit("t-mynum", "00000002", station="02-00-00-00-00-02")
    with lab.cutting():
        lab.seats.absent.add("s2")
        for _ in range(50):
            lab.cutter.renewed(ANN)
        lab.wait_for(gone, ENDED)
        lab.cutter.renewed(None)
        time.sleep(0.2)
    assert lab.load(stays).state is SessionState.confirmed
    assert lab.switch.seen.requests == 1  # never two cuts of one session
    assert len(lab.refusals()) == 1


def test_nothing_is_decided_before_everything_was_read_once(lab: CutLab) -> None:
    session = lab.admit()
    lab.seats.absent.add("s2")
    with lab.cutting(knows=False) as cutter:
        cutter.renewed(ANN)
        cutter.hear(Notice(SESSION_MOVED, session.id, "{}"))
        time.sleep(0.3)
        assert lab.load(session).state is SessionState.confirmed
        cutter.renewed(None)
        lab.wait_for(session, ENDED)


def test_z6_a_clearance_that_lapses_ends_the_session_at_that_moment(lab: CutLab) -> None:
    over_at = lab.clock() + timedelta(seconds=1.5)
    lab.seats.until["s2"] = over_at
    session = lab.admit()
    assert session.ends_at == over_at
    with lab.cutting():
        ended = lab.wait_for(session, ENDED)
    cut = lab.steps(session)[0]
    assert timedelta() <= cut.at - over_at < timedelta(seconds=0.5)
    assert ended.ended_at is not None
    assert "cleared" in cut.reason.split()


def test_z6_what_was_put_off_goes_on(lab: CutLab) -> None:
    lab.seats.until["s2"] = lab.clock() + timedelta(seconds=1)
    session = lab.admit()
    with lab.cutting() as cutter:
        lab.seats.until["s2"] = lab.clock() + timedelta(hours=1)
        cutter.renewed(ANN)
        time.sleep(1.3)
        assert lab.load(session).state is SessionState.confirmed
    assert lab.switch.seen.requests == 0


def test_z13_what_two_persons_set_aside_ends_with_its_time(lab: CutLab) -> None:
    over_at = lab.clock() + timedelta(seconds=1.5)
    lab.context.tiers.hold_rules(tuple(replace(each, may_be_waived=True) for each in RULES))
    lab.seats.until["s2"] = lab.clock() - timedelta(hours=1)
    held_since, codes = lab.clock() - timedelta(minutes=5), frozenset(("cleared",))
    lab.seats.waivers = (Waiver("w", "s2", LGWAN, codes, held_since, over_at, "停電", "a", "b"),)
    session = lab.admit()
    assert session.ends_at == over_at
    with lab.cutting():
        lab.wait_for(session, ENDED)
    assert timedelta() <= lab.steps(session)[0].at - over_at < timedelta(seconds=0.5)


def test_who_waits_and_may_now_is_fetched_out_of_quarantine(lab: CutLab) -> None:
    lab.seats.absent.add("s2")
    waits = lab.admit()
    assert waits.in_quarantine
    with lab.cutting() as cutter:
        lab.seats.absent.clear()
        cutter.renewed(ANN)
        lab.wait_for(waits, ENDED)
    assert lab.steps(waits)[0].reason == CutReason.permitted
    assert lab.switch.stations_cut == ["02-00-00-00-00-01"]
    assert [each.decision.answer for each in lab.hall.decisions()] == [Answer.quarantine, Answer.permit]


def test_a_switch_that_is_silent_is_an_alarm_until_it_obeys(lab: CutLab) -> None:
    session = lab.admit()
    lab.switch.faults.silent = True
    with lab.cutting(lab.new_cutter(sweep_seconds=0.2)) as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, DISOBEYED)
        assert lab.steps(session)[1].act is SessionAct.unanswered
        assert lab.steps(session)[1].tries == 3
        assert ("session_disobeyed", NAS) in lab.alarms()
        lab.switch.faults.silent = False
        lab.wait_for(session, ENDED)
        assert lab.acts(session) == [SessionAct.cut, SessionAct.unanswered, SessionAct.cut, SessionAct.obeyed]
        assert lab.standing("session_disobeyed") == set()


def test_a_switch_that_refuses_says_why_until_its_port_is_shut_by_hand(lab: CutLab) -> None:
    session = lab.admit()
    lab.switch.faults.refuses = ErrorCause.session_context_not_removable
    with lab.cutting(lab.new_cutter(sweep_seconds=0.2)) as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, DISOBEYED)
        assert lab.steps(session)[1].error_cause == 504
        time.sleep(0.5)
        assert len(lab.steps(session)) == 2  # told again and again, written once
        with lab.store.transaction(lab.clock()) as tx:
            assert end_sessions(tx, {session.id: SessionAct.shut}, reason="by_hand unyo")

        wait_until(lambda: not lab.standing("session_disobeyed"))
    assert lab.load(session).state is ENDED


def test_a_switch_that_has_forgotten_a_session_has_it_off_already(lab: CutLab) -> None:
    session = lab.admit()
    lab.switch.forget()
    with lab.cutting() as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, ENDED)
    assert (lab.steps(session)[1].act, lab.steps(session)[1].error_cause) == (SessionAct.unknown, 503)


def test_over_a_line_that_loses_half_each_session_is_ended_or_alarmed_about(lab: CutLab) -> None:
    sessions = [lab.admit("t-lgwan", f"{at:08x}", station=f"02-00-00-00-01-{at:02x}") for at in range(40)]
    lab.switch.faults.lost = 0.3
    with lab.cutting() as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        found = [lab.wait_for(each, ENDED, DISOBEYED) for each in sessions]
    on = {each.switch_session for each in found if each.state is DISOBEYED}
    assert set(lab.switch.sessions) <= on
    assert (("session_disobeyed", NAS) in lab.alarms()) is bool(on)


def test_what_a_killed_process_had_booked_and_not_told_is_told_by_the_next(lab: CutLab) -> None:
    session = lab.admit()
    with lab.store.transaction(lab.clock()) as tx:
        kept = load_session(tx, session.id, lock=True)
        assert kept is not None
        assert mark_ending(tx, kept, "present")
        assert not mark_ending(tx, kept, "present")
    with lab.cutting(lab.new_cutter(), knows=False):  # it needs to know nothing for that
        lab.wait_for(session, ENDED)
    assert lab.switch.sessions == {}
    assert lab.refusals() == []


def test_what_a_desk_puts_off_is_told_at_once(lab: CutLab) -> None:
    session = lab.admit()
    with lab.cutting() as cutter:
        with lab.store.transaction(lab.clock()) as tx:
            kept = load_session(tx, session.id, lock=True)
            assert kept is not None
            assert mark_ending(tx, kept, "by_hand unyo")
        cutter.hear(Notice(SESSION_MOVED, session.id, "{}"))
        lab.wait_for(session, ENDED)
    assert lab.acts(session) == [SessionAct.cut, SessionAct.obeyed]


def test_trap_8_who_leaves_between_the_permit_and_the_start_is_off(lab: CutLab) -> None:
    session = lab.admit(state=SessionState.pending, switch_session="")
    lab.seats.absent.add("s2")
    with lab.cutting() as cutter:
        time.sleep(0.1)  # the switch knows nothing of it yet
        lab.switch.sessions["00000009"] = session.station
        cutter.hear(Notice(SESSION_MOVED, session.id, "{}"))
        lab.wait_for(session, ENDED)
        wait_until(lambda: not lab.switch.sessions)


def test_what_never_began_lapses_and_is_told_all_the_same(lab: CutLab) -> None:
    session = lab.admit(state=SessionState.pending, switch_session="")
    lab.switch.sessions["00000009"] = session.station  # a switch that does not account
    lab.clock.skip(PENDING_MAX)
    with lab.cutting():
        lab.wait_for(session, ENDED)
        wait_until(lambda: not lab.switch.sessions)
        wait_until(lambda: len(lab.steps(session)) == 2)
    assert lab.acts(session) == [SessionAct.lapse, SessionAct.obeyed]
    assert lab.load(session).ended_at == lab.steps(session)[0].at


def test_a_terminal_that_somebody_else_takes_is_theirs_from_then_on(lab: CutLab) -> None:
    session = lab.admit()
    with lab.cutting() as cutter:
        lab.seats.seated["t-lgwan"] = "s3"
        cutter.renewed(frozenset(("s2", "s3")))
        wait_until(lambda: lab.load(session).person_id == "s3")
        lab.seats.absent.add("s3")
        cutter.renewed(frozenset(("s3",)))
        lab.wait_for(session, ENDED)
    assert lab.acts(session) == [SessionAct.handed_over, SessionAct.cut, SessionAct.obeyed]
    assert [each.person_id for each in lab.hall.decisions()] == ["s2", "s3", "s3"]


def test_an_agent_asks_again_by_itself(lab: CutLab) -> None:
    session = lab.admit(method=Method.agent)
    with lab.cutting() as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, ENDED)
    assert lab.switch.seen.requests == 0


@pytest.mark.parametrize(
    ("change", "act"),
    [("secret", SessionAct.unanswered), ("model", SessionAct.refused), ("site", SessionAct.unanswered)],
)
def test_a_switch_that_cannot_be_told_is_an_alarm(lab: CutLab, change: str, act: SessionAct) -> None:
    session = lab.admit()
    if change == "secret":
        (lab.folder / NAS).unlink()
    elif change == "model":
        lab.describe(disconnects=False)
    else:
        lab.context.site = lab.context.site.model_copy(update={"radius_clients": ()})
    with lab.cutting(lab.new_cutter(sweep_seconds=0.2)) as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, DISOBEYED)
        assert (lab.steps(session)[1].act, lab.steps(session)[1].tries) == (act, 0)
        assert ("session_disobeyed", NAS) in lab.alarms()
        if change == "secret":
            wait_until(lambda: ("switch_secret_missing", NAS) in lab.alarms())
            (lab.folder / NAS).write_bytes(b"between the gateway and one switch")
            lab.wait_for(session, ENDED)


def test_z14_what_a_switch_has_is_held_against_the_book(lab: CutLab) -> None:
    known = lab.admit()
    gone = lab.admit("t-mynum", "00000002", station="02-00-00-00-00-02")
    del lab.switch.sessions["00000002"]
    lab.switch.sessions["0000000f"] = "02-00-00-00-00-0f"  # nobody booked it
    lab.clock.skip(timedelta(minutes=2))
    with lab.cutting():
        lab.wait_for(gone, ENDED)
        wait_until(lambda: "0000000f" not in lab.switch.sessions)
        wait_until(lambda: not lab.standing("session_ghost"))
    assert lab.acts(gone) == [SessionAct.missing]
    assert lab.steps(gone)[0].reason == CutReason.not_listed
    assert lab.load(known).state is SessionState.confirmed
    assert set(lab.switch.sessions) == {"00000001"}
    assert ("session_ghost", NAS) in lab.alarms()


def test_z14_a_switch_that_said_it_ended_a_session_and_has_it_is_found_out(lab: CutLab) -> None:
    session = lab.admit()
    lab.switch.faults.lies = True
    with lab.cutting() as cutter:
        lab.seats.absent.add("s2")
        cutter.renewed(ANN)
        lab.wait_for(session, ENDED)
    lab.switch.faults.lies = False
    lab.clock.skip(timedelta(minutes=5))
    with lab.cutting(lab.new_cutter()):
        wait_until(lambda: not lab.switch.sessions)
    assert ("session_ghost", NAS) in lab.alarms()

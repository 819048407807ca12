"""Every row of the table of sessions, and every blank of it, through the operations that make them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from contract.radius_api import Accounting
from contract.tier_decision import Written
from domain.zones.tier_session import STEPS, PortSession, SessionAct, SessionState, step_session
from gateway.operations.zones.book_session import Place
from gateway.operations.zones.end_session import (
    Ending,
    book_endings,
    end_sessions,
    hand_over,
    mark_ending,
    note_outcome,
)
from gateway.operations.zones.note_accounting import Told, note_accounting
from gateway.radius.disconnect import Outcome
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import list_unsent
from store.port_sessions import insert_session, list_session_steps, load_session
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, NOW, decide

S, A = SessionState, SessionAct
WRITTEN = Written(decide(), "s1", "t1", "sw")
BEFORE = NOW - timedelta(hours=1)
ENDING = Ending("p1", "present", WRITTEN)
UNANSWERED = Outcome(A.unanswered, 3)


def account(tx: Tx, kind: Accounting) -> None:
    note_accounting(tx, Told(kind, Place("sw", "7", "mac"), "p1", "n1", NOW), lambda _: WRITTEN)


def cut(tx: Tx) -> None:
    kept = load_session(tx, "p1", lock=True)
    assert kept is not None
    mark_ending(tx, kept, "present")


DOES: dict[SessionAct, Callable[[Tx], object]] = {
    A.start: lambda tx: account(tx, Accounting.start),
    A.interim: lambda tx: account(tx, Accounting.interim),
    A.stop: lambda tx: account(tx, Accounting.stop),
    A.cut: cut,
    A.obeyed: lambda tx: note_outcome(tx, "p1", Outcome(A.obeyed, 1)),
    A.unknown: lambda tx: note_outcome(tx, "p1", Outcome(A.unknown, 1, 503)),
    A.refused: lambda tx: note_outcome(tx, "p1", Outcome(A.refused, 1, 504)),
    A.unanswered: lambda tx: note_outcome(tx, "p1", Outcome(A.unanswered, 3)),
    A.lapse: lambda tx: end_sessions(tx, {"p1": A.lapse}),
    A.missing: lambda tx: end_sessions(tx, {"p1": A.missing}),
    A.shut: lambda tx: end_sessions(tx, {"p1": A.shut}),
    A.handed_over: lambda tx: hand_over(tx, {"p1": WRITTEN}),
}


def book(state: SessionState) -> PortSession:
    made = PortSession("p1", LGWAN, 20, "t1", "s1", "sw", "7", state, BEFORE, station="mac", switch_session="n1")
    return replace(made, ended_at=BEFORE if state is S.ended else None, heard_at=BEFORE)


def expected(state: SessionState, act: SessionAct) -> SessionState:
    """The table's; but a switch that disobeyed and then obeys was told again in between."""
    if state is S.disobeyed and act in {A.obeyed, A.unknown}:
        return S.ended
    return step_session(state, act)


@pytest.mark.parametrize("act", SessionAct, ids=[each.value for each in SessionAct])
def test_what_an_act_makes_of_a_session(store: Store, act: SessionAct) -> None:
    for state in SessionState:
        with store.transaction(NOW) as tx:
            tx.connection.exec_driver_sql("DELETE FROM port_session_step")
            tx.connection.exec_driver_sql("DELETE FROM port_session")
            tx.connection.exec_driver_sql("DELETE FROM outbox")
            assert insert_session(tx, book(state))
        with store.transaction(NOW) as tx:
            DOES[act](tx)
        with store.reading(NOW) as tx:
            kept = load_session(tx, "p1")
            assert kept is not None
            assert (state, act, kept.session.state) == (state, act, expected(state, act))
            steps = list_session_steps(tx, "p1")
            if expected(state, act) is not state:
                assert (steps[-1].act, steps[-1].state) == (act, kept.session.state)
                assert any(each.notice.kind == SESSION_MOVED for each in list_unsent(tx, limit=9))
            if state is S.ended:
                assert kept.session.ended_at == BEFORE
            elif kept.session.state is S.ended:
                assert kept.session.ended_at == NOW


def test_every_row_of_the_table_has_somebody_who_makes_it() -> None:
    assert {act for _, act in STEPS} == set(DOES) == set(SessionAct)


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (lambda tx: account(tx, Accounting.stop), lambda tx: book_endings(tx, [ENDING]), S.ended),
        (lambda tx: account(tx, Accounting.stop), lambda tx: note_outcome(tx, "p1", UNANSWERED), S.ended),
        (lambda tx: account(tx, Accounting.stop), lambda tx: hand_over(tx, {"p1": WRITTEN}), S.ended),
        (lambda tx: book_endings(tx, [ENDING]), lambda tx: account(tx, Accounting.start), S.ending),
        (lambda tx: book_endings(tx, [ENDING]), lambda tx: book_endings(tx, [ENDING]), S.ending),
    ],
    ids=["stop-cut", "stop-outcome", "stop-handed", "cut-start", "cut-cut"],
)
def test_what_two_do_at_once_comes_out_as_one_after_the_other(
    store: Store, first: Callable[[Tx], object], second: Callable[[Tx], object], stands: SessionState
) -> None:
    """Whoever comes second begins before the first has committed, and must not put back what that one ended."""
    with store.transaction(NOW) as tx:
        insert_session(tx, book(S.confirmed))
    is_done, begins = Event(), Event()

    def do_first() -> None:
        with store.transaction(NOW) as tx:
            first(tx)
            is_done.set()
            begins.wait(5)
            time.sleep(0.2)  # the other one has asked for the session by now

    def do_second() -> None:
        is_done.wait(5)
        begins.set()
        with store.transaction(NOW) as tx:
            second(tx)

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(do_first), pool.submit(do_second)):
            done.result()
    with store.reading(NOW) as tx:
        kept = load_session(tx, "p1")
        steps = list_session_steps(tx, "p1")
    assert kept is not None
    assert kept.session.state is stands
    assert len([each for each in steps if each.act in {A.stop, A.cut}]) == 1

"""Log-ons from the wire to the book and back: a real FreeRADIUS, the gateway's own listener, a real database."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.tier_decision import find_break
from domain.zones.decide_tier import Answer
from gateway.zones.tier_news import SESSION_MOVED, TIER_CHANGED
from store.outbox import list_unsent
from store.port_sessions import list_live_sessions
from store.tier_decisions import stream_chain
from store.tx import Store
from tests.gateway.radius.hall import PRINTER_MAC
from tests.radius.centre import Centre, running_centre, utc_now
from tests.radius.lab import Lab, LogOn, render_lab
from tests.servers import free_port, stop, wait_for_port

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running_centre(tmp_path_factory.mktemp("s"), tmp_path_factory.mktemp("gateway")) as centre:
        yield centre


@pytest.fixture
def centre(running: Centre) -> Centre:
    running.hall.seats.absent = set()
    return running


def last_session(centre: Centre) -> str:
    (session,) = [
        each.id
        for each in centre.hall.live()
        if each.decided_at == max(every.decided_at for every in centre.hall.live())
    ]
    return session


def timeout_of(found: LogOn) -> int:
    (seconds,) = re.findall(r"Attribute 27 \(Session-Timeout\) length=\d+\s+Value: (\d+)", found.said)
    return int(seconds)


def vlan_of(found: LogOn) -> str:
    (value,) = re.findall(r"Attribute 81 \(Tunnel-Private-Group-Id\) length=\d+\s+Value: ([0-9a-f]+)", found.said)
    return bytes.fromhex(value).decode().strip("\0")


def test_a_terminal_is_permitted_waits_or_is_rejected_as_its_person_may(centre: Centre) -> None:
    permitted = centre.lab.log_on(centre.lab.terminal("lgwan"), identity="t-mynumber")
    assert permitted.accepted, permitted.said
    assert vlan_of(permitted) == "20"
    assert permitted.has(last_session(centre).encode().hex())  # the Class
    centre.hall.seats.absent = {"s1", "s2"}
    waiting = centre.lab.log_on(centre.lab.terminal("lgwan"))
    assert (waiting.accepted, vlan_of(waiting), timeout_of(waiting)) == (True, "29", 3600)
    rejected = centre.lab.log_on(centre.lab.terminal("mynumber"))
    assert (rejected.accepted, rejected.answered) == (False, True)
    told = [(each.terminal_id, each.asked_by, each.decision.answer) for each in centre.hall.decisions()[-3:]]
    assert told == [
        ("t-lgwan", "office-sw", Answer.permit),
        ("t-lgwan", "office-sw", Answer.quarantine),
        ("t-mynumber", "office-sw", Answer.reject),
    ]


def test_a_session_ends_with_the_first_of_its_limits(centre: Centre) -> None:
    centre.hall.seats.until["s2"] = utc_now() + timedelta(minutes=90)
    assert 80 * 60 < timeout_of(centre.lab.log_on(centre.lab.terminal("lgwan"))) <= 90 * 60


def test_z4_a_printer_comes_by_its_address_and_nothing_else_does(centre: Centre) -> None:
    assert 'Tunnel-Private-Group-Id:0 = "40"' in centre.ask_as_printer()
    assert "Access-Reject" in centre.ask_as_printer("0200000000bb")
    assert "Access-Reject" in centre.ask_as_printer("t-lgwan", User_Password="pw")
    centre.hall.seats.issue("camera", "lgwan", mac="0200000000cc")
    assert "Access-Reject" in centre.ask_as_printer("0200000000cc")


def test_trap_8_who_leaves_before_the_switch_begins_is_told_to_whoever_cuts(centre: Centre) -> None:
    assert centre.lab.log_on(centre.lab.terminal("lgwan")).accepted
    session = last_session(centre)
    centre.hall.seats.absent = {"s2"}
    assert centre.account("Start", session)
    with centre.hall.store.reading(utc_now()) as tx:
        told = {(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=500)}
    assert {(SESSION_MOVED, session), (TIER_CHANGED, "s2")} <= told
    assert centre.account("Stop", session)
    assert session not in {each.id for each in centre.hall.live()}


def test_z5_a_terminal_that_is_no_longer_issued_is_refused_at_once(centre: Centre) -> None:
    terminal = centre.hall.seats.terminals.pop("t-lgwan")
    try:
        assert not centre.lab.log_on(centre.lab.terminal("lgwan")).accepted
    finally:
        centre.hall.seats.terminals["t-lgwan"] = terminal


def test_z12_trap_6_while_nothing_can_be_written_each_tier_does_as_its_policy_says(centre: Centre) -> None:
    before = len(centre.hall.decisions())
    with centre.hall.store.transaction(utc_now()):  # whoever else writes waits
        began = time.monotonic()
        rejected = centre.lab.log_on(centre.lab.terminal("mynumber"), seconds=4)
        assert time.monotonic() - began < 4
        silent = centre.lab.log_on(centre.lab.terminal("lgwan"), seconds=3)
        assert not centre.account("Start", "x")
    assert (rejected.accepted, rejected.answered) == (False, True)
    assert (silent.accepted, silent.answered) == (False, False)
    time.sleep(1.5)
    assert centre.lab.log_on(centre.lab.terminal("lgwan")).accepted  # at the first try
    assert len(centre.hall.decisions()) - before <= 2  # those that nobody waited for were dropped


def test_z8_whatever_was_answered_is_in_the_chain_after_kill_9_under_load(tmp_path: Path) -> None:
    root, folder, port = tmp_path / "s", tmp_path / "gateway", free_port()
    folder.mkdir()
    (lab,) = render_lab(root, f"http://127.0.0.1:{port}")
    program = [sys.executable, "-m", "tests.radius.centre", str(root), str(folder), str(port)]
    gateway = subprocess.Popen(program)
    try:
        wait_for_port(port, gateway, seconds=60)
        with lab.running():
            load = start_load(lab, tmp_path)
            time.sleep(1.5)
            gateway.send_signal(signal.SIGKILL)
            answered = set(re.findall(r"Class = 0x([0-9a-f]+)", load.communicate(timeout=60)[0]))
    finally:
        stop(gateway, signal.SIGKILL)
    assert answered
    store = Store(f"sqlite:///{folder}/sekisho.db")
    with store.reading(utc_now()) as tx:
        assert find_break(stream_chain(tx)) is None
        booked = {each.session.id for each in list_live_sessions(tx)}
        written = tx.connection.exec_driver_sql("SELECT session_id FROM tier_decision WHERE answer = 'permit'")
        decided = {session for (session,) in written}
    store.close()
    sessions = {bytes.fromhex(each).decode() for each in answered}
    assert sessions <= decided
    assert decided == booked  # both or neither


def start_load(lab: Lab, folder: Path) -> "subprocess.Popen[str]":
    """Ask for a printer again and again, many at once."""
    asked = folder / "printer.txt"
    asked.write_text(f"User-Name={PRINTER_MAC},Calling-Station-Id={PRINTER_MAC},Message-Authenticator=0x00\n")
    command = ["radclient", "-x", "-r", "1", "-t", "2", "-c", "4000", "-p", "32", "-f", str(asked)]
    return subprocess.Popen(
        [*command, f"127.0.0.1:{lab.auth_port}", "auth", lab.secret], stdout=subprocess.PIPE, text=True
    )

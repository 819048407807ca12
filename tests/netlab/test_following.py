"""The network follows the person: on real wires, from the tap to the tier's own server."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from domain.zones.tier_session import SessionState
from gateway.main import utc_now
from gateway.radius.disconnect import Switch
from gateway.radius.nas_registry import NasRegistry, target_of
from gateway.radius.probe import Probe
from tests.netlab.lab import NetLab, wait_until

pytestmark = pytest.mark.real

Figure = Callable[[str, object], None]
LGWAN, WAITING, INTERNET, MYNUMBER = 20, 29, 30, 10
LOG_ON, AGAIN, OFF = 15.0, 20.0, 5.0
"""Seconds: a terminal's first log-on, its next one after it was put off, and being put off."""


@pytest.fixture
def floor(lab: NetLab) -> Iterator[NetLab]:
    """A port, a network server and a gateway, with the person outside."""
    with lab.gateway(), lab.network_server(1), lab.port():
        lab.tap("main-out")
        yield lab


def test_z2_badge_in_opens_the_tier_badge_out_cuts_and_badge_in_repairs(floor: NetLab, record_property: Figure) -> None:
    floor.tap("main-in")
    with floor.terminal("lgwan"):
        record_property("log_on_seconds", wait_until(lambda: floor.switch.vlan == LGWAN, LOG_ON))
        assert floor.reach() == LGWAN
        left_at = floor.tap("main-out")
        wait_until(lambda: floor.switch.vlan is None, OFF)
        record_property("cut_ms", (floor.switch.moves[-1].at - left_at) * 1000)
        wait_until(lambda: floor.switch.vlan == WAITING, AGAIN)
        assert floor.reach() == WAITING
        assert floor.last_decided() == ("t-lgwan", ("R2",))
        back_at = floor.tap("main-in")
        wait_until(lambda: floor.switch.vlan == LGWAN, AGAIN)
        record_property("back_seconds", floor.switch.moves[-1].at - back_at)
        assert floor.reach() == LGWAN
    assert [each.vlan for each in floor.switch.moves] == [None, LGWAN, None, WAITING, None, LGWAN]


def test_z2_another_room_is_not_this_one(floor: NetLab) -> None:
    floor.tap("main-in")
    with floor.terminal("lgwan"):
        wait_until(lambda: floor.switch.vlan == LGWAN, LOG_ON)
        floor.tap("server-in")
        wait_until(lambda: floor.switch.vlan == WAITING, AGAIN)


def test_the_my_number_tier_rejects_without_a_session(floor: NetLab) -> None:
    floor.tap("main-in")
    with floor.terminal("mynumber"):
        wait_until(lambda: floor.last_decided() == ("t-mynumber", ("R2",)), LOG_ON)
        assert floor.switch.vlan is None
        assert floor.reach(0.3) is None
        assert not floor.live()


def test_the_my_number_tier_opens_in_its_own_room_alone(floor: NetLab) -> None:
    floor.tap("server-in")
    with floor.terminal("mynumber"):
        wait_until(lambda: floor.switch.vlan == MYNUMBER, LOG_ON)
        floor.tap("main-in")
        wait_until(lambda: floor.switch.vlan is None, OFF)


def test_the_certificates_name_decides_and_never_the_one_that_is_typed(floor: NetLab) -> None:
    floor.tap("main-in")
    with floor.terminal("internet", identity="t-mynumber"):
        wait_until(lambda: floor.switch.vlan == INTERNET, LOG_ON)
        assert [each.terminal_id for each in floor.live()] == ["t-internet"]


@pytest.mark.parametrize(
    "method",
    [
        'eap=PEAP\nphase2="auth=MSCHAPV2"\npassword="x"',
        'eap=MD5\npassword="x"',
        'eap=TTLS\nphase2="auth=PAP"\npassword="x"',
    ],
    ids=["peap", "md5", "ttls"],
)
def test_z4_no_password_opens_a_port(floor: NetLab, method: str) -> None:
    floor.tap("main-in")
    with floor.terminal("lgwan", method=method), pytest.raises(TimeoutError):
        wait_until(lambda: floor.switch.vlan is not None, 4)


def test_z5_a_terminal_that_is_ended_is_off_at_once(floor: NetLab, record_property: Figure) -> None:
    floor.tap("main-in")
    with floor.terminal("lgwan"):
        wait_until(lambda: floor.switch.vlan == LGWAN, LOG_ON)
        with floor.changed_terminal("t-lgwan", issued_until=utc_now()):
            record_property("revoked_seconds", wait_until(lambda: floor.switch.vlan is None, 2))


def test_z5_a_certificate_on_the_list_of_revoked_ones_is_refused(lab: NetLab) -> None:
    lab.terminals.issue("t-lost", "lgwan")
    lab.terminals.revoke("t-lost")
    lab.render()
    with lab.gateway(), lab.network_server(1), lab.port():
        lab.tap("main-in")
        with lab.terminal("lost"):
            wait_until(lambda: "certificate revoked" in lab.told("radius/radius-1/freeradius.log"), LOG_ON)
            assert lab.switch.vlan is None


def test_z6_the_switch_ends_a_session_by_itself_when_its_time_is_over(lab: NetLab) -> None:
    ends_at = utc_now() + timedelta(seconds=8)
    with lab.gateway(cuts=False), lab.network_server(1), lab.port():
        lab.tap("main-in")
        with lab.changed_terminal("t-internet", certificate_until=ends_at), lab.terminal("internet"):
            wait_until(lambda: lab.switch.vlan == INTERNET, LOG_ON)
            wait_until(lambda: lab.switch.vlan != INTERNET, 15)
            assert utc_now() >= ends_at


def test_z12_without_a_decision_each_tier_does_as_it_is_written(lab: NetLab) -> None:
    with lab.network_server(1), lab.network_server(2):
        with lab.gateway(), lab.port():
            lab.tap("main-in")
            with lab.terminal("internet"):
                wait_until(lambda: lab.switch.vlan == INTERNET, LOG_ON)
        with lab.port(), lab.terminal("internet"):
            wait_until(lambda: lab.switch.vlan == INTERNET, LOG_ON)  # as last decided
        with lab.port(), lab.terminal("mynumber"):
            with pytest.raises(TimeoutError):
                wait_until(lambda: lab.switch.vlan is not None, 5)
            assert lab.switch.asked == 0  # it was answered: rejected
        with lab.port():
            with lab.terminal("lgwan"), pytest.raises(TimeoutError):
                wait_until(lambda: lab.switch.vlan is not None, 15)
            assert lab.switch.asked == 1  # the first was silent, the second one rejected
        with lab.gateway(), lab.port(), lab.terminal("lgwan"):
            wait_until(lambda: lab.switch.vlan == LGWAN, LOG_ON)  # at the first try
            wait_until(lambda: [each.state for each in lab.live_of("t-lgwan")] == [SessionState.confirmed], OFF)


def test_what_hostapd_does_when_it_is_asked_to_end_sessions_is_known(floor: NetLab) -> None:
    floor.tap("main-in")
    with floor.terminal("lgwan"):
        wait_until(lambda: floor.switch.vlan == LGWAN, LOG_ON)
        (session,) = floor.live_of("t-lgwan")
        switch = NasRegistry(lambda: floor.context.site, floor.root / "gateway" / "switches").find(session)
        assert isinstance(switch, Switch)
        probe = Probe(switch, utc_now, time.monotonic)
        answers = floor.in_centre(lambda: list(probe.ask(target_of(session))))
    assert {each.asked.name: each.got for each in answers} == {
        "secret": "-",
        "unknown": "NAK 503",
        "unsigned": "-",
        "undated": "-",
        "stale": "-",
        "vlan": "NAK 402",
        "end": "ACK",
        "again": "ACK",
        "gone": "ACK",  # it keeps a terminal for five seconds that it has put off
    }

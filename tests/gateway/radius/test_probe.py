"""What a switch is found to do: the good one, and each way in which one cannot be trusted."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract.radius_attributes import Attribute, ErrorCause
from emulation.nas import EmulatedSwitch
from gateway.radius.disconnect import Switch, Target
from gateway.radius.probe import BOUNCE_SECONDS, Mark, Probe
from sekisho.nas import app

SECRET = b"between the gateway and one switch"
STATION = "02-00-00-00-00-01"
NOW = datetime(2025, 11, 20, 1, tzinfo=UTC)


@contextmanager
def switched(
    change: Callable[[EmulatedSwitch], object] = lambda _: None, *, now: Callable[[], datetime] = lambda: NOW
) -> Iterator[int]:
    """A switch on its own loop in a thread; gives its port."""
    switch = EmulatedSwitch(SECRET, now)
    switch.sessions["s-1"] = STATION
    change(switch)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(switch.listen(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(switch.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def examine(port: int, *, ends: bool = True) -> dict[str, tuple[str, Mark]]:
    target = Target({Attribute.acct_session_id: "s-1", Attribute.calling_station_id: STATION}) if ends else None
    probe = Probe(Switch("sw", "127.0.0.1", port, SECRET), lambda: NOW, time.monotonic, wait_seconds=0.5)
    return {each.asked.name: (each.got, each.mark) for each in probe.ask(target)}


def test_a_switch_that_can_be_trusted() -> None:
    with switched() as port:
        assert examine(port) == {
            "secret": ("-", Mark.good),
            "unknown": ("NAK 503", Mark.good),
            "unsigned": ("-", Mark.good),
            "undated": ("-", Mark.good),
            "stale": ("-", Mark.good),
            "vlan": ("NAK 401", Mark.good),
            "end": ("ACK", Mark.good),
            "again": ("ACK", Mark.good),
            "gone": ("NAK 503", Mark.good),
        }


@pytest.mark.parametrize(("back_after", "told"), [(3, ("Access-Request", Mark.good)), (None, ("-", Mark.weak))])
def test_a_port_that_bounces_shows_in_its_terminal_asking_again(back_after: int | None, told: tuple[str, Mark]) -> None:
    slept: list[float] = []
    asked: list[datetime] = []

    def came_back(since: datetime) -> bool:
        asked.append(since)
        return back_after is not None and len(slept) >= back_after

    with switched() as port:
        target = Target({Attribute.acct_session_id: "s-1", Attribute.calling_station_id: STATION})
        probe = Probe(
            Switch("sw", "127.0.0.1", port, SECRET),
            lambda: NOW,
            lambda: time.monotonic() + sum(slept),
            wait_seconds=0.5,
            came_back=came_back,
            sleep=slept.append,
        )
        last = list(probe.ask(target))[-1]
    assert (last.asked.name, last.got, last.mark) == ("bounce", *told)
    assert set(asked) == {NOW}
    assert sum(slept) < BOUNCE_SECONDS + 1


def test_nobody_is_waited_for_whose_session_did_not_end() -> None:
    def refuse(switch: EmulatedSwitch) -> None:
        switch.faults.refuses = ErrorCause.administratively_prohibited

    with switched(refuse) as port:
        target = Target({Attribute.acct_session_id: "s-1", Attribute.calling_station_id: STATION})
        probe = Probe(
            Switch("sw", "127.0.0.1", port, SECRET), lambda: NOW, time.monotonic, 0.5, came_back=lambda _: True
        )
        assert "bounce" not in {each.asked.name for each in probe.ask(target)}


def test_a_switch_that_refuses_to_end_is_bad() -> None:
    def refuse(switch: EmulatedSwitch) -> None:
        switch.faults.refuses = ErrorCause.administratively_prohibited

    with switched(refuse) as port:
        found = examine(port)
        assert found["end"] == ("NAK 501", Mark.bad)
        assert found["gone"][1] is Mark.bad


def test_a_switch_that_says_nothing_is_bad_and_nobody_is_put_off_unasked() -> None:
    with switched(lambda switch: setattr(switch.faults, "silent", True)) as port:
        assert examine(port, ends=False)["unknown"] == ("-", Mark.bad)
        assert "end" not in examine(port, ends=False)


def test_the_command_says_it_in_a_table(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET + b"\n")
    with switched(now=lambda: datetime.now(UTC)) as port:
        words = ["probe", "127.0.0.1", "--secret", str(secret), "--port", str(port)]
        words += ["--station", STATION, "--session", "s-1"]
        done = CliRunner().invoke(app, words, terminal_width=200)
    assert done.exit_code == 0, done.output
    assert "ACK" in done.output


def test_the_command_names_a_secret_that_is_not_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["probe", "127.0.0.1", "--secret", str(tmp_path / "none")])
    assert (done.exit_code, "none" in done.output) == (2, True)

"""A line of inputs through faults: each state told anew, each fault once, a stuck button, a hung stop."""

import queue
import time
from collections.abc import Callable, Sequence

from readers.drivers.faults import ReaderError
from readers.drivers.supervise import Pace
from readers.inputs.line import InputLine
from readers.inputs.port import Sample
from tests.readers.inputs.lines import running, wait

PACE = Pace(back_off_first_seconds=0.01, back_off_max_seconds=0.02)
QUICK = 0.05


class Script:
    """Opens sessions that say what a test puts into them."""

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[Callable[[], Sequence[Sample]]] = queue.SimpleQueue()
        self.opened = 0
        self.closed = 0
        self.fault: Exception | None = None

    def __call__(self) -> "Script":
        if self.fault is not None:
            raise self.fault
        self.opened += 1
        return self

    def say(self, name: str, active: bool) -> None:
        self.said.put(lambda: [Sample(name, active, time.monotonic())])

    def fail(self, fault: Exception) -> None:
        def raise_it() -> Sequence[Sample]:
            raise fault

        self.said.put(raise_it)

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        try:
            return self.said.get(timeout=max(0.001, min(within_seconds, QUICK)))()
        except queue.Empty:
            return ()

    def close(self) -> None:
        self.closed += 1


def test_states_are_told_and_moves_debounced() -> None:
    script = Script()
    with running(InputLine({"main-contact": "contact", "main-exit": "request_to_exit"}, script, pace=PACE)) as watched:
        script.say("main-contact", False)
        watched.wait_moves("main-contact", False)
        script.say("main-exit", True)
        watched.wait_moves("main-exit", True)
        script.say("main-contact", True)
        script.say("nobody", True)
        watched.wait_moves("main-contact", False, True)
        assert watched.health("main-contact") == [("ready", "")]
    assert script.closed == script.opened == 1


def test_a_fault_is_told_for_each_input_once_and_the_state_again_after_it() -> None:
    script = Script()
    with running(InputLine({"a": "contact", "b": "tamper"}, script, pace=PACE)) as watched:
        script.say("a", True)
        script.say("b", False)
        watched.wait_moves("a", True)
        watched.wait_moves("b", False)
        script.fault = OSError(5, "gone")
        script.fail(ReaderError("lost", "unreachable"))
        wait(lambda: watched.health("a")[-1:] == [("lost", "io_error")])
        assert watched.health("b") == [("ready", ""), ("lost", "unreachable"), ("lost", "io_error")]
        script.fault = None
        script.said.put(lambda: [Sample(name, True, time.monotonic()) for name in ("a", "b")])
        watched.wait_moves("a", True, True)
        watched.wait_moves("b", False, True)
        assert watched.health("a")[-1] == ("ready", "")
    assert script.closed == 2


def test_an_unforeseen_error_ends_a_session_and_not_the_line() -> None:
    script = Script()
    with running(InputLine({"a": "contact"}, script, pace=PACE)) as watched:
        script.fail(ZeroDivisionError())
        wait(lambda: watched.health("a")[:1] == [("failing", "unexpected_error")])
        script.say("a", False)
        watched.wait_moves("a", False)


def test_a_button_that_stays_pressed_is_stuck_and_a_door_that_stays_open_is_not() -> None:
    script = Script()
    inputs: dict[str, object] = {"exit": "request_to_exit", "contact": "contact"}
    with running(InputLine(inputs, script, pace=PACE, stuck_seconds=0.3)) as watched:  # type: ignore[arg-type]
        script.say("exit", True)
        script.say("contact", True)
        wait(lambda: watched.health("exit") == [("ready", ""), ("failing", "stuck")])
        script.say("exit", False)
        wait(lambda: watched.health("exit")[-1] == ("ready", ""))
        assert watched.health("contact") == [("ready", "")]


def test_a_loose_wire_is_told_as_flapping() -> None:
    script = Script()
    with running(InputLine({"a": "contact"}, script, pace=PACE)) as watched:
        for number in range(30):
            script.say("a", number % 2 == 0)
            time.sleep(0.04)
        wait(lambda: ("failing", "flapping") in watched.health("a"))
        assert len(watched.moves("a")) < 20

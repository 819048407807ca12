"""Keeps one line of inputs alive: opens it, debounces what it says, opens it again after a fault.

Sessions wait with a time limit of their own, so that, unlike readers, they need no thread that may be abandoned.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing

from readers.drivers.faults import ReaderError, fault_of
from readers.drivers.port import Health, InputMoved, Observation, ReaderHealth
from readers.drivers.supervise import Pace, back_off_seconds
from readers.inputs.debounce import Debounced, due_mono, is_flapping, step_debounce
from readers.inputs.port import InputSession, Meaning

WAIT_SECONDS = 0.5
STUCK_SECONDS = 60.0

_log = logging.getLogger(__name__)
Report = Callable[[Observation], None]


class InputLine:
    """A :class:`~readers.inputs.port.InputDriver` made from a way to open sessions."""

    def __init__(
        self,
        inputs: Mapping[str, Meaning],
        open_session: Callable[[], InputSession],
        *,
        pace: Pace | None = None,
        stuck_seconds: float = STUCK_SECONDS,
    ) -> None:
        self._inputs = inputs
        self._open_session = open_session
        self._pace = pace or Pace()
        self._stuck_seconds = stuck_seconds
        self._states: dict[str, Debounced] = {}
        self._said: dict[str, ReaderHealth] = {}

    def run(self, report: Report, stop: threading.Event) -> None:
        """Watch the line until ``stop`` is set; see :class:`~readers.drivers.port.Driver`."""
        attempt = 0
        while not stop.is_set():
            began = time.monotonic()
            fault = self._live(report, stop)
            if fault is None:
                return
            for name in self._inputs:
                self._say(report, name, fault.health, fault.cause)
            attempt = 0 if time.monotonic() - began > self._pace.stable_seconds else attempt + 1
            stop.wait(back_off_seconds(self._pace, max(attempt - 1, 0), random.random()))  # noqa: S311 (no secret)

    def _live(self, report: Report, stop: threading.Event) -> ReaderError | None:
        """Run one session to its end; None when it ended because of ``stop``."""
        self._states = {name: Debounced() for name in self._inputs}
        try:
            with closing(self._open_session()) as session:
                while not stop.is_set():
                    self._look(session, report)
        except ReaderError as fault:
            return fault
        except OSError as error:
            return fault_of(error)
        except Exception:  # noqa: BLE001 (whatever it was, it ends one session and not the agent)
            _log.exception("a line of inputs failed in a way nobody foresaw; it is opened again")
            return ReaderError("failing", "unexpected_error")
        return None

    def _look(self, session: InputSession, report: Report) -> None:
        dues = [due for state in self._states.values() if (due := due_mono(state)) is not None]
        wait = min(WAIT_SECONDS, min(dues, default=float("inf")) - time.monotonic())
        for sample in session.sample(max(0.0, wait)):
            if sample.input in self._states:
                self._step(sample.input, report, active=sample.active, mono=sample.mono)
        now = time.monotonic()
        for name, state in self._states.items():
            if state.raw is not None:
                self._step(name, report, active=state.raw, mono=now)
                self._judge(name, report, now)

    def _step(self, name: str, report: Report, *, active: bool, mono: float) -> None:
        self._states[name], moved = step_debounce(self._states[name], active, mono)
        if moved is not None:
            report(InputMoved(name, moved))

    def _judge(self, name: str, report: Report, now: float) -> None:
        state = self._states[name]
        if is_flapping(state, now):
            self._say(report, name, "failing", "flapping")
        elif self._inputs[name] == "request_to_exit" and state.told and now - state.told_mono > self._stuck_seconds:
            self._say(report, name, "failing", "stuck")
        else:
            self._say(report, name, "ready", "")

    def _say(self, report: Report, name: str, health: Health, cause: str) -> None:
        """Report a change of health; the same words twice in a row are no news."""
        news = ReaderHealth(name, health, cause)
        if news != self._said.get(name):
            self._said[name] = news
            report(news)

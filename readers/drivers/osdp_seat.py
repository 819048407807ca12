"""One reader on an OSDP line, as the line's thread sees it: its session, its health, what it is to be told.

Other threads reach it through :attr:`OsdpSeat.orders` alone.
"""

import logging
import queue
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readers.drivers.line_number import bits_identifier, decimal_identifier, hexadecimal_identifier
from readers.drivers.osdp_commands import Ask, AskInputs, AskLocal, Relay
from readers.drivers.osdp_orders import Listener, OrderBox, Wiring
from readers.drivers.osdp_policy import FINDINGS
from readers.drivers.osdp_relay import RelayState, forget_told, step_relay, wish
from readers.drivers.osdp_stack import CardBits, KeyCodes, StatusTold
from readers.drivers.port import CardSeen, Health, InputMoved, KeysEntered, Observation, ReaderHealth, ReadTrouble
from readers.drivers.repeats import RepeatWatch
from readers.drivers.supervise import Pace, back_off_seconds

UNREACHED_SECONDS = 1.0
"""A relay that could not be told what it should do within this time is a trouble."""

NEWS_MAX = 256
EVIDENCE = "OSDP secure channel"
_LINE_ASSURANCE = 1
_FIRST_REACHED_SECONDS = 2.0
_HOSTILE_FACTOR = 6.0
_KEYS = {0x7F: "*", 0x0D: "#"} | {ord(key): key for key in "0123456789*#"}
_NEVER = float("inf")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Input:
    """A wired input of a reader: its id, and whether it is active while closed, or while open."""

    id: str
    active_when_closed: bool = True


class OsdpSeat:
    """One reader. ``is_up`` while its session stands; ``is_resting`` until it is looked for again at ``retry_mono``."""

    def __init__(
        self, address: int, inputs: Mapping[int, Input], orders: OrderBox, pace: Pace, jitter: Callable[[], float]
    ) -> None:
        """Make it.

        Args:
            address: its address on the line.
            inputs: its wired inputs by number.
            orders: what other threads ask.
            pace: how it is looked for again when it is gone.
            jitter: a random number in [0, 1), so that readers are not looked for in step.
        """
        self.address = address
        self.orders = orders
        self.is_up = False
        self.is_resting = False
        self.retry_mono = 0.0
        self._inputs = inputs
        self._pace = pace
        self._jitter = jitter
        self._listener = Listener("", None)
        self._said: tuple[Health, str] | None = None
        self._link: tuple[Health, str] | None = None
        self._ailment = ""
        self._attempt = -1
        self._up_mono = 0.0
        self._repeats = RepeatWatch()
        self._input_states: dict[int, bool] = {}
        self._asked: Ask | None = None
        self._states: deque[Ask] = deque()
        self._shown: deque[Ask] = deque()
        self._shown_until_mono = 0.0
        self._relays: dict[int, RelayState] = {}
        self._wirings: dict[int, Wiring] = {}
        self._unreached: dict[int, float] = {}
        self._refused: set[int] = set()
        self._incapable: set[int] = set()

    @property
    def is_settled(self) -> bool:
        """Tell whether every relay did what it should at last."""
        return not self._unreached

    def take_orders(self, now: float) -> None:
        """Take what other threads have put down, and complain of relays that could not be told in time."""
        orders = self.orders.take()
        if orders.listener is not None:
            self._listener, self._said = orders.listener, None
            self._input_states.clear()
            self._say_health()
        for number, wiring in orders.wired.items():
            self._wirings[number] = wiring
            self._relays[number] = RelayState(number, wiring.frees_by_on)
            self._unreached[number] = now + _FIRST_REACHED_SECONDS
        for number, free_until in orders.relays.items():
            self._relays[number] = wish(self._relays[number], free_until)
            self._expect(number, now)
        if orders.shown is not None:
            self._shown_until_mono, self._shown = orders.shown[0], deque(orders.shown[1])
        for number, until in self._unreached.items():
            if now > until:
                self._unreached[number] = _NEVER
                refused = Relay.code in self._refused | self._incapable
                self._wirings[number].trouble("lock_refused" if refused else "lock_unreachable")

    def next_ask(self, now: float) -> Ask | None:
        """Give the next command: relays before everything else; None while one is under way or nothing waits."""
        if self._asked is not None or not self.is_up:
            return None
        if now > self._shown_until_mono:
            self._shown.clear()
        self._asked = self._next_relay(now) or self._next_of(self._states) or self._next_of(self._shown)
        return self._asked

    def _next_relay(self, now: float) -> Ask | None:
        if Relay.code in self._refused | self._incapable:
            return None
        for number, state in self._relays.items():
            self._relays[number], relay = step_relay(state, now)
            if relay is not None:
                return relay
        return None

    def _next_of(self, asks: deque[Ask]) -> Ask | None:
        while asks:
            ask = asks.popleft()
            if ask.code not in self._refused | self._incapable:
                return ask
        return None

    def done(self, *, ok: bool) -> None:
        """Take that the command under way was answered, or given up."""
        asked, self._asked = self._asked, None
        if isinstance(asked, Relay) and ok:
            self._unreached.pop(asked.number, None)

    def cannot(self) -> None:
        """Take that this reader has nothing that could do the command under way; it is not asked in this session."""
        if self._asked is not None:
            self._incapable.add(self._asked.code)
            self._asked = None

    def stands(self, now: float) -> None:
        """The session stands: tell the relays anew, ask for the reader's state."""
        self.is_up, self._asked, self._up_mono = True, None, now
        self._link, self._ailment = ("ready", ""), ""
        self._incapable.clear()
        self._relays = {number: forget_told(state) for number, state in self._relays.items()}
        self._states = deque((AskLocal(), AskInputs()) if self._inputs else (AskLocal(),))
        self._say_health()

    def falls(self, health: Health, cause: str, now: float, refused: int = 0) -> None:
        """The session is gone, or could not be made; the reader rests a while.

        Args:
            health: what its health is now.
            cause: why.
            now: monotonic seconds.
            refused: the code of the command that it refused, which is not asked again.
        """
        if refused:
            self._refused.add(refused)
            _log.warning("%s refuses the OSDP command %#04x", self._listener.reader or "a reader", refused)
        stable = self.is_up and now - self._up_mono > self._pace.stable_seconds
        self._attempt = 0 if stable else self._attempt + 1
        wait = back_off_seconds(self._pace, self._attempt, self._jitter())
        self.retry_mono = now + wait * (_HOSTILE_FACTOR if cause in FINDINGS else 1.0)
        for number, state in self._relays.items():
            if state.free_until_mono is not None:
                self._expect(number, now)
        self.is_up, self.is_resting, self._asked = False, True, None
        self._input_states.clear()
        self._link = (health, cause)
        self._say_health()

    def _expect(self, number: int, now: float) -> None:
        if self._unreached.get(number, _NEVER) == _NEVER:
            self._unreached[number] = now + UNREACHED_SECONDS

    def card(self, told: CardBits, now: float) -> None:
        """A card was read."""
        identifier = _identifier(told) if told.reader_number == 0 else None
        if identifier is None:
            self._tell(ReadTrouble(self._listener.reader, "garbled"))
        elif not self._repeats.is_repeat(identifier, now):
            self._tell(CardSeen(self._listener.reader, "line", identifier, _LINE_ASSURANCE, now, EVIDENCE))

    def keys(self, told: KeyCodes, now: float) -> None:
        """Keys were pressed; what is no key of a keypad is left out."""
        pressed = "".join(_KEYS.get(code, "") for code in told.data)
        if pressed and told.reader_number == 0:
            self._tell(KeysEntered(self._listener.reader, pressed, now))

    def status(self, told: StatusTold) -> None:
        """The reader told of itself or of its inputs."""
        if not told.is_inputs:
            tampered, powerless = (*told.report, 0, 0)[:2]
            self._ailment = "tampered" if tampered else "power_failed" if powerless else ""
            self._say_health()
            return
        for number, wired in self._inputs.items():
            if number < len(told.report):
                active = bool(told.report[number]) == wired.active_when_closed
                if self._input_states.get(number) is not active and self._tell(InputMoved(wired.id, active)):
                    self._input_states[number] = active

    def _say_health(self) -> None:
        if self._link is None:
            return
        told: tuple[Health, str] = self._link
        if told[0] == "ready" and self._ailment:
            told = ("failing", self._ailment)
        if told != self._said and self._tell(ReaderHealth(self._listener.reader, *told)):
            self._said = told

    def _tell(self, observation: Observation) -> bool:
        if self._listener.news is None:
            return False
        try:
            self._listener.news.put_nowait(observation)
        except queue.Full:
            _log.error("%s tells more than is taken; it is not heard", self._listener.reader)
            return False
        return True


def _identifier(told: CardBits) -> bytes | None:
    if not told.is_text:
        return bits_identifier(told.count, told.data)
    digits = told.data.decode("ascii", "replace").strip("\0\r\n ")
    return decimal_identifier(digits) or hexadecimal_identifier(digits)

"""The cabinet of steel and the people before it: what hangs on its hooks and what they carry about, whoever looks on.

A box that is off or hangs sees nothing of it; when an agent starts, every hook and the door say how they are.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from readers.cabinets.settings import hook_of
from readers.drivers.port import CardSeen, HookSeen, InputMoved
from tests.sim import city
from tests.sim.key_room import CABINET, CONTACT, DOOR, HOMES, POSITIONS, READER, tag_number
from tests.sim.timeline import SECOND

if TYPE_CHECKING:
    from tests.sim.box import Box

TAKE, BRING_BACK, MISPLACE, TAKE_BY_FORCE, STAND_OPEN, TURN_AWAY = range(6)
DEEDS = (TAKE, TAKE, TAKE, BRING_BACK, BRING_BACK, MISPLACE, MISPLACE, TAKE_BY_FORCE, STAND_OPEN, TURN_AWAY)
"""What somebody does whose card was taken, by the number in a plan."""

Seen = CardSeen | HookSeen | InputMoved


class KeyCabinet:
    """What hangs where, and what is in people's hands."""

    def __init__(self, box: "Box", report: Callable[[Seen], None]) -> None:
        self._box = box
        self._report = report
        self.hung = {position: copy for copy, position in HOMES.items()}
        self.carried: list[str] = []
        self.is_open = False

    def list_words(self) -> list[Seen]:
        """Give what hooks and door say when somebody begins to listen."""
        return [InputMoved(CONTACT, self.is_open), *(self._word(position) for position in range(1, POSITIONS + 1))]

    def visit(self, card: int, deed: int) -> None:
        """Somebody holds a card to the box, and does something if the door is free."""
        self._report(CardSeen(READER, city.TECHNOLOGY, city.card(card), 1, self._box.clock.monotonic()))
        if deed != TURN_AWAY:
            self._box.timeline.after(SECOND, partial(self._come_in, deed))

    def break_open(self, position: int, stays: int) -> None:
        """Somebody with a crowbar takes what hangs on a hook, and leaves the door for so long."""
        self._swing(is_open=True)
        self._take(position)
        self._box.timeline.after(stays, partial(self._swing, is_open=False))

    def hang_anywhere(self) -> None:
        """Somebody who carries a key puts it on the first hook that is empty, whoever sees it."""
        if self.carried and (empty := self._find_empty()) is not None:
            self._hang(self.carried[0], empty)

    def _come_in(self, deed: int) -> None:
        if not self._box.locks.is_free(DOOR):
            return
        self._swing(is_open=True)
        self._box.timeline.after(SECOND, partial(self._act, deed))
        self._box.timeline.after((90 if deed == STAND_OPEN else 3) * SECOND, partial(self._swing, is_open=False))

    def _act(self, deed: int) -> None:
        free = [each for each in sorted(self.hung) if self._box.locks.is_free(hook_of(CABINET, each))]
        locked = [each for each in sorted(self.hung) if each not in free]
        if deed in {TAKE, STAND_OPEN} and free:
            self._take(free[0])
        elif deed == TAKE_BY_FORCE and locked:
            self._take(locked[0])
        elif deed == MISPLACE:
            self.hang_anywhere()
        elif deed == BRING_BACK:
            for copy in list(self.carried):
                if HOMES[copy] not in self.hung:
                    self._hang(copy, HOMES[copy])

    def _take(self, position: int) -> None:
        if (copy := self.hung.pop(position, None)) is not None:
            self.carried.append(copy)
            self._box.trace.note(self._box.label, "loses", f"{copy} {position}")
            self._report(self._word(position))

    def _hang(self, copy: str, position: int) -> None:
        self.carried.remove(copy)
        self.hung[position] = copy
        self._box.trace.note(self._box.label, "gets", f"{copy} {position}")
        self._report(self._word(position))

    def _find_empty(self) -> int | None:
        return next((each for each in range(POSITIONS, 0, -1) if each not in self.hung), None)

    def _swing(self, *, is_open: bool) -> None:
        if self.is_open != is_open:
            self.is_open = is_open
            self._report(InputMoved(CONTACT, is_open))

    def _word(self, position: int) -> HookSeen:
        copy = self.hung.get(position)
        if copy is None:
            return HookSeen(CABINET, position, occupied=False)
        return HookSeen(CABINET, position, occupied=True, technology=city.TECHNOLOGY, tag=tag_number(copy))

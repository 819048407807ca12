"""What every reader of lines does, whatever its lines come by; each habit is tried with the reader's own driver."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from readers.drivers.port import ReaderHealth, ReadTrouble
from tests.readers.drivers.watching import Watched

Tell = Callable[[str], None]
Driven = AbstractContextManager[Watched]


class Pluggable(Protocol):
    def plug(self) -> None: ...

    def unplug(self) -> None: ...


def told(watched: Watched) -> list[object]:
    return [o for o in watched.observations if not isinstance(o, ReaderHealth)]


def a_held_card_is_one_presentation(driven: Driven, tell: Tell) -> None:
    with driven as watched:
        watched.wait_for_health("ready")
        for _ in range(5):
            tell("77")
            time.sleep(0.05)
        tell("78")
        watched.wait_for_card(b"d78")
    assert watched.cards == [b"d77", b"d78"]


def a_line_that_stops_halfway_is_torn(driven: Driven, begin: Tell, tell: Tell) -> None:
    with driven as watched:
        watched.wait_for_health("ready")
        begin("123")
        watched.wait_for(lambda o: o == ReadTrouble("r", "torn"))
        tell("456")
        watched.wait_for_card(b"d456")
    assert len(told(watched)) == 2


def what_was_under_way_at_the_opening_is_no_number(driven: Driven, tell: Tell) -> None:
    tell("345")  # the end of 12345
    with driven as watched:
        watched.wait_for_health("ready")
        tell("6")
        watched.wait_for_card(b"d6")
    assert watched.cards == [b"d6"]


def a_pulled_cable_and_its_return(driven: Driven, cable: Pluggable, tell: Tell) -> None:
    with driven as watched:
        watched.wait_for_health("ready")
        mark = watched.mark
        cable.unplug()
        watched.wait_for_health("lost", "unplugged", after=mark)
        cable.plug()
        watched.wait_for_health("ready", after=mark)
        tell("7")
        watched.wait_for_card(b"d7")

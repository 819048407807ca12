"""Each line's thread moves towards what is wanted last, whatever its relays do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.ids import DoorId
from readers.outputs.keeping import Move
from readers.outputs.locks.relay import LockWord, Relay, RelayError
from readers.outputs.mover import Mover

MAIN, WEST = DoorId("main"), DoorId("west")
SOON = 10.0


class PaperRelay:
    """A relay that remembers; ``fault`` is raised by every call, ``seen`` overrides what it reads back."""

    line = "paper"

    def __init__(self, *, looks: bool = False) -> None:
        self.looks = looks
        self.did: list[object] = []
        self.fault: Exception | None = None
        self.seen: bool | None = None
        self.closed = False

    def free(self, seconds: float | None) -> None:
        self._do(seconds)

    def lock(self) -> None:
        self._do("lock")

    def look(self) -> bool | None:
        if self.seen is not None:
            return self.seen
        return self.did[-1] != "lock"

    def close(self) -> None:
        self.closed = True

    def _do(self, what: object) -> None:
        if self.fault is not None:
            raise self.fault
        self.did.append(what)


@contextmanager
def moving(**relays: Relay) -> Iterator[tuple[Mover, list[tuple[str, LockWord]]]]:
    told: list[tuple[str, LockWord]] = []
    mover = Mover("paper", {DoorId(d): r for d, r in relays.items()}, lambda door, word: told.append((door, word)))
    yield mover, told
    mover.end_by(time.monotonic() + 1)
    assert mover.join(SOON)


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_it_moves_and_closes() -> None:
    relay = PaperRelay()
    with moving(main=relay) as (mover, told):
        mover.want(Move(MAIN, free=False))
        wait(lambda: relay.did == ["lock"])
        mover.want(Move(MAIN, free=True))
        wait(lambda: relay.did == ["lock", None])
    assert relay.closed
    assert told == []


def test_a_release_that_is_over_is_not_made() -> None:
    relay = PaperRelay()
    with moving(main=relay) as (mover, _):
        mover.want(Move(MAIN, free=True, until_mono=time.monotonic() - 1))
        mover.want(Move(MAIN, free=False))
        wait(lambda: relay.did == ["lock"])


def test_a_timed_release_gives_what_is_left() -> None:
    relay = PaperRelay()
    with moving(main=relay) as (mover, _):
        mover.want(Move(MAIN, free=True, until_mono=time.monotonic() + 20))
        wait(lambda: len(relay.did) == 1)
    assert isinstance(relay.did[0], float)
    assert 15 < relay.did[0] <= 20


def test_a_failing_relay_is_told_once_tried_again_and_delays_no_other() -> None:
    broken, sound = PaperRelay(), PaperRelay()
    broken.fault = RelayError("lock_unreachable")
    with moving(main=broken, west=sound) as (mover, told):
        mover.want(Move(MAIN, free=True))
        wait(lambda: told == [("main", "lock_unreachable")])
        mover.want(Move(WEST, free=True))
        wait(lambda: sound.did == [None])
        time.sleep(0.6)
        assert told == [("main", "lock_unreachable")]
        broken.fault = OSError("the bus is gone")
        wait(lambda: told[1:] == [("main", "lock_failing")])
        broken.fault = None
        wait(lambda: told[2:] == [("main", "lock_recovered")])
        assert broken.did == [None]


def test_a_relay_that_moves_by_itself_is_put_right_and_told() -> None:
    relay = PaperRelay(looks=True)
    with moving(main=relay) as (mover, told):
        mover.want(Move(MAIN, free=False))
        wait(lambda: relay.did == ["lock"])
        relay.seen = True
        wait(lambda: told == [("main", "lock_strayed")])
        wait(lambda: len(relay.did) > 3)  # it fights, and says so once
        assert told == [("main", "lock_strayed")]
        relay.seen = None
        wait(lambda: told == [("main", "lock_strayed"), ("main", "lock_recovered")])


def test_a_relay_that_comes_and_goes_is_told_once_a_minute() -> None:
    relay = PaperRelay()
    with moving(main=relay) as (mover, told):
        for _ in range(5):
            relay.fault = RelayError("lock_unreachable")
            mover.want(Move(MAIN, free=False))
            time.sleep(0.05)
            relay.fault = None
            before = len(relay.did)
            wait(lambda before=before: len(relay.did) > before)  # type: ignore[misc]
        wait(lambda: ("main", "lock_recovered") in told)
        assert told == [("main", "lock_unreachable"), ("main", "lock_recovered")]


def test_a_call_that_hangs_holds_its_line_alone_and_not_the_caller() -> None:
    class HangingRelay(PaperRelay):
        def lock(self) -> None:
            let_go.wait(SOON)

    let_go = threading.Event()
    hanging, sound = HangingRelay(), PaperRelay()
    with moving(main=hanging) as (stuck, _), moving(west=sound) as (other, _):
        began = time.monotonic()
        stuck.want(Move(MAIN, free=False))
        stuck.want(Move(MAIN, free=True))
        other.want(Move(WEST, free=False))
        assert time.monotonic() - began < 1
        wait(lambda: sound.did == ["lock"])
        let_go.set()

"""The watch over real files: what it asks for, what takes effect, and what people are told when something does not."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.policy import PolicyOffer, PolicyWanted, decode_wanted, encode_part
from domain.access.policy import PolicySnapshot
from readers.clock import SystemClock
from readers.events import AlarmFound, Moment
from readers.link import Identity
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_intake import AGAIN_SECONDS
from readers.policy_watch import PolicyWatch
from readers.transports.port import PolicyMessage
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY, NOW, policy
from tests.readers.centre import until
from tests.readers.offered import V3, V4, V5, Offered, crowded, lying, offer_change, offer_whole, outcomes_of, pointer


@dataclass
class SteppedClock:
    mono: float = 100.0

    def now(self) -> Moment:
        return Moment(NOW + timedelta(seconds=self.mono), self.mono, "boot", "synced")


@dataclass
class Watched:
    """A watch turned by hand, and all that came of it."""

    folder: Path
    clock: SteppedClock = field(default_factory=SteppedClock)
    wants: list[PolicyWanted] = field(default_factory=list)
    took: list[HeldPolicy] = field(default_factory=list)
    alarms: list[AlarmFound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cache = PolicyCache(self.folder, DEVICE, CENTRE_KEY.public_key())
        self.cache.load()
        self.watch = PolicyWatch(
            self.cache,
            Identity(DEVICE, DEVICE_KEY, CENTRE_KEY.public_key(), "test"),
            self.clock,
            send=self._send,
            took=self.took.append,
            found=self.alarms.append,
            chance=lambda: 0.0,
        )

    def _send(self, payload: bytes) -> None:
        wanted = decode_wanted(payload)
        wanted.require_signature(DEVICE_KEY.public_key())
        self.wants.append(wanted)

    def say(self, version: int, **seconds: float) -> None:
        self.watch.handle("pointer", pointer(version, confirmed_at=NOW + timedelta(**seconds)).encoded())

    def offer(self, offered: Offered) -> None:
        self.watch.handle("offer", offered[0].encoded())

    def part(self, offered: Offered, number: int) -> None:
        self.watch.handle("part", encode_part(offered[0].digest, number, offered[1]))

    def wait(self, seconds: float) -> None:
        self.clock.mono += seconds
        self.watch.pass_time()

    @property
    def policy(self) -> PolicySnapshot | None:
        return self.took[-1].snapshot if self.took else None


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.cache.drop()


@pytest.fixture
def holding(watched: Watched) -> Watched:
    watched.say(3)
    watched.offer(offer_whole(V3))
    assert watched.policy == V3
    return watched


def test_a_first_policy_is_asked_for_and_taken(watched: Watched) -> None:
    watched.say(3)
    assert [(wanted.device, wanted.have_version, wanted.digest) for wanted in watched.wants] == [(DEVICE, 0, None)]
    watched.offer(offer_whole(V3))
    assert watched.policy == V3
    assert watched.alarms == []
    assert watched.watch.due_mono is None


def test_a_pushed_change_is_taken_without_a_word(holding: Watched) -> None:
    asked = len(holding.wants)
    holding.offer(offer_change(V3, V4))
    holding.say(4, seconds=7)
    assert holding.policy == V4
    assert holding.took[-1].confirmed_at == NOW + timedelta(seconds=7)
    assert len(holding.wants) == asked


def test_a_large_policy_comes_in_parts_whatever_is_lost(watched: Watched) -> None:
    many = replace(crowded(3, 0), credentials=_random_cards(60_000))
    offered = offer_whole(many)
    assert offered[0].parts > 8
    watched.say(3)
    watched.offer(offered)
    for _ in range(100):
        if watched.policy is not None:
            break
        wanted = watched.wants[-1]
        assert wanted.digest == offered[0].digest
        for number in range(wanted.from_part, min(wanted.from_part + 8, offered[0].parts)):
            if (number + len(watched.wants)) % 3:  # the others are lost
                watched.part(offered, number)
        watched.wait(2 * AGAIN_SECONDS)
    assert watched.policy == many


def _random_cards(count: int) -> dict:  # type: ignore[type-arg]
    from domain.ids import CredentialToken

    held = next(iter(V3.credentials.values()))
    return {CredentialToken(os.urandom(16).hex()): held for _ in range(count)}


def test_parts_that_are_not_what_was_signed_change_nothing_and_are_told(holding: Watched) -> None:
    many = replace(crowded(4, 0), credentials=_random_cards(6_000))
    offered = offer_whole(many)
    holding.offer(offered)
    spoiled = bytearray(offered[1])
    spoiled[1000] ^= 1
    for number in range(offered[0].parts):
        holding.part((offered[0], bytes(spoiled)), number)
    assert holding.policy == V3
    assert [(alarm.alarm, "does not hash" in alarm.detail) for alarm in holding.alarms] == [("policy_refused", True)]


def test_what_does_not_reproduce_its_outcomes_is_told_once_and_the_whole_asked_for(holding: Watched) -> None:
    bad = offer_change(V3, V4, outcomes=(replace(outcomes_of(V4)[0], verdict=outcomes_of(V3)[-1].verdict),))
    holding.say(4)
    for _ in range(3):
        holding.offer(bad)
        holding.wait(AGAIN_SECONDS)
    assert holding.policy == V3
    assert len(holding.alarms) == 1
    assert "does not reproduce" in holding.alarms[0].detail
    assert holding.wants[-1].have_version == 0
    holding.offer(offer_whole(V4))
    assert holding.policy == V4


def test_forged_foreign_and_older_things_are_told_once_each_and_change_nothing(holding: Watched) -> None:
    holding.say(4)
    holding.offer(offer_change(V3, V4))
    forged = offer_change(V4, V5)[0].model_copy(update={"policy_version": 6})
    foreign = offer_change(V4, V5)[0].model_copy(update={"device": "east-1"}).signed(CENTRE_KEY)
    for _ in range(3):
        holding.watch.handle("offer", forged.encoded())
        holding.watch.handle("offer", foreign.encoded())
        holding.watch.handle("offer", b"{")
        holding.watch.handle("part", b"x")
        holding.say(3)
        holding.offer(offer_whole(V3))
    assert holding.policy == V4
    assert sorted(alarm.detail.split(":")[0] for alarm in holding.alarms) == [
        "no offer signed by the centre",
        "nothing that the centre sends",
        "nothing that the centre signs",
        "the offer is for device east-1",
        "version 3 is older than 4 before",
    ]


def test_a_full_disk_is_told_once_and_the_policy_comes_when_there_is_room(
    holding: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    holding.say(4)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        for _ in range(3):
            holding.offer(offer_change(V3, V4))
            holding.wait(300)
    assert holding.policy == V3
    assert [alarm.detail for alarm in holding.alarms] == ["it cannot be kept: No space left on device"]
    assert not list(holding.folder.glob("*.part"))
    holding.offer(offer_change(V3, V4))
    assert holding.policy == V4


def test_a_confirmation_counts_though_the_disk_is_full(holding: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    for minute in range(1, 5):
        holding.say(3, minutes=minute)
        assert holding.took[-1].confirmed_at == NOW + timedelta(minutes=minute)
    assert len(holding.alarms) == 1


def test_no_memory_changes_nothing_and_is_tried_again(holding: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("readers.policy_cache.read_over", none_left)
        holding.say(4)
        holding.offer(offer_change(V3, V4))
    assert holding.policy == V3
    assert [alarm.detail for alarm in holding.alarms] == ["there is no memory for it"]
    holding.wait(300)
    assert holding.wants[-1].have_version == 3
    holding.offer(offer_change(V3, V4))
    assert holding.policy == V4


def test_a_restart_goes_on_from_what_was_kept(holding: Watched) -> None:
    holding.offer(offer_change(V3, V4))
    started = Watched(holding.folder)
    started.say(5)
    assert [wanted.have_version for wanted in started.wants] == [4]
    started.offer(offer_change(V4, V5))
    assert started.policy == V5


def test_what_is_inside_its_outcomes_is_refused_whole_too(watched: Watched) -> None:
    watched.say(4)
    watched.offer(lying(V4))
    assert watched.policy is None
    assert len(watched.alarms) == 1


def test_with_its_thread_it_does_the_same(tmp_path: Path) -> None:
    cache = PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key())
    took: list[HeldPolicy] = []
    offered: dict[int, PolicyOffer] = {0: offer_whole(V3)[0], 3: offer_change(V3, V4)[0]}

    def answer(payload: bytes) -> None:
        watch.hear("offer", offered[decode_wanted(payload).have_version].encoded())

    identity = Identity(DEVICE, DEVICE_KEY, CENTRE_KEY.public_key(), "test")
    watch = PolicyWatch(cache, identity, SystemClock(), send=answer, took=took.append, found=lambda _: None)
    watch.start()
    for version in (3, 4):
        watch.hear("pointer", pointer(version).encoded())
        until(lambda version=version: took and took[-1].snapshot.version == version)  # type: ignore[misc]
    watch.stop()
    watch._thread.join(10)
    assert not watch._thread.is_alive()


def test_a_fault_of_its_own_ends_one_try_and_not_the_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, alarms, wants = PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key()), list[AlarmFound](), list[bytes]()
    identity = Identity(DEVICE, DEVICE_KEY, CENTRE_KEY.public_key(), "test")
    took: list[HeldPolicy] = []
    watch = PolicyWatch(cache, identity, SystemClock(), send=wants.append, took=took.append, found=alarms.append)
    watch.start()
    watch.hear("pointer", pointer(3).encoded())
    with monkeypatch.context() as patched:
        patched.setattr(cache, "take", lambda: 1 / 0)
        watch.hear("offer", offer_whole(V3)[0].encoded())
        until(lambda: alarms)
    assert alarms == [AlarmFound("policy_refused", "the watch over it failed: ZeroDivisionError")]
    watch.hear("offer", offer_whole(V3)[0].encoded())
    until(lambda: took)
    watch.stop()


def test_more_messages_than_can_wait_are_no_growth(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    kinds: list[PolicyMessage] = ["pointer", "part"]
    for number in range(1000):
        watched.watch.hear(kinds[number % 2], b"x" * 1000)
    assert watched.watch._heard.qsize() < 100


def test_policies_are_told_apart() -> None:
    assert policy(3) == V3 != V4

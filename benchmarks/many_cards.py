"""A policy of a hundred thousand cards, as a device of a large site holds it, and what taking it and its changes takes.

Each figure stands beside a baseline of the same run: the whole beside its bytes written and synced, a change beside a
small file written and synced. ``_cpu_`` is the thread's processor time.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.spread import MICROSECONDS, MILLISECONDS, Spread, spread, time_each
from contract.policy import PART_BYTES, PolicyOffer, PolicyPointer, make_offer
from contract.policy_snapshot import encode_change, encode_snapshot
from contract.tokens import DeviceTokens, credential_token
from domain.access.change import diff_policies
from domain.access.decide import Tap, decide
from domain.access.outcomes import choose_outcomes
from domain.access.policy import (
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    DatedLevel,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DeviceId, DoorId, LevelId, PersonId, ScheduleId
from readers.policy_cache import CHANGES_MAX, HeldPolicy, PolicyCache

CARDS = 100_000
CHANGED = 100
CHANGES = 40
DECISIONS = 20_000
SITE_KEY = bytes(range(32))
NAMES_KEY = bytes(range(100, 132))
CENTRE = Ed25519PrivateKey.from_private_bytes(b"c" * 32)
DEVICE = DeviceId("west-1")
POINT = AccessPointId("main-in")


def card_number(number: int) -> bytes:
    """Give the own number of the card of that place in the list."""
    return number.to_bytes(8, "big")


def make_policy(now: datetime, cards: int = CARDS) -> PolicySnapshot:
    """Give the policy, its cards by the device's names."""
    window = Schedule(ScheduleId("office"), (now - timedelta(hours=1),), (now + timedelta(hours=12),))
    levels = {LevelId(f"level-{n}"): Level(LevelId(f"level-{n}"), {POINT: window.id}) for n in range(20)}
    names = tuple(levels)
    tokens = [credential_token(SITE_KEY, "simulated", card_number(number)) for number in range(cards)]
    credentials = {
        token: Credential(PersonId(f"s{number:06d}"), (names[number % 20], names[number * 7 % 20]))
        for number, token in enumerate(DeviceTokens(NAMES_KEY).name(tokens))
    }
    return PolicySnapshot(
        version=1,
        issued_at=now,
        areas={AreaId(name): Area(AreaId(name), timedelta(hours=12)) for name in ("outside", "hall")},
        points={POINT: AccessPoint(POINT, DoorId("main"), AreaId("outside"), AreaId("hall"))},
        schedules={window.id: window},
        levels=levels,
        credentials=credentials,
    )


def write_policy(folder: Path, now: datetime) -> None:
    """Have the policy where a device keeps it."""
    offer, packed = _offer_whole(make_policy(now))
    _take(_open_cache(folder), offer, packed, now)


def _open_cache(folder: Path) -> PolicyCache:
    return PolicyCache(folder, DEVICE, CENTRE.public_key())


def _offer_whole(policy: PolicySnapshot) -> tuple[PolicyOffer, bytes]:
    outcomes = choose_outcomes(policy, list(policy.credentials)[:32], policy.issued_at)
    offer, packed = make_offer(DEVICE, 0, policy.version, encode_snapshot(policy, outcomes))
    return offer.signed(CENTRE), packed


def _take(cache: PolicyCache, offer: PolicyOffer, packed: bytes, now: datetime) -> HeldPolicy:
    pointer = PolicyPointer(device=DEVICE, policy_version=offer.policy_version, confirmed_at=now).signed(CENTRE)
    cache.confirm(cache.read_pointer(pointer.encoded()))
    cache.begin(cache.read_offer(offer.encoded()))
    for number in range(offer.parts):
        cache.store(number, packed[number * PART_BYTES : (number + 1) * PART_BYTES])
    return cache.take()


def _changed(policy: PolicySnapshot, rng: random.Random, now: datetime) -> PolicySnapshot:
    """Suspend some cards, give some a dated level, and put some in place of others."""
    cards = rng.sample(list(policy.credentials), CHANGED)
    credentials = dict(policy.credentials)
    level = next(iter(policy.levels))
    for number, card in enumerate(cards):
        held = credentials[card]
        match number % 3:
            case 0:
                credentials[card] = replace(held, status=CredentialStatus.suspended)
            case 1:
                credentials[card] = replace(held, dated=(DatedLevel(level, now, now + timedelta(days=number)),))
            case _:
                credentials[CredentialToken(rng.randbytes(16).hex())] = credentials.pop(card)
    return replace(policy, version=policy.version + 1, credentials=credentials)


def _offer_change(before: PolicySnapshot, after: PolicySnapshot) -> tuple[PolicyOffer, bytes]:
    change = diff_policies(before, after)
    outcomes = choose_outcomes(after, list(change.credentials), after.issued_at)
    offer, packed = make_offer(DEVICE, before.version, after.version, encode_change(change, outcomes))
    return offer.signed(CENTRE), packed


def _time_decisions(policy: PolicySnapshot) -> Spread:
    """Decide taps of cards, one in eleven of them unknown; the names are made before."""
    rng, now = random.Random(3), datetime.now(UTC)  # noqa: S311 (a benchmark's choice of cards)
    tokens = [
        credential_token(SITE_KEY, "simulated", card_number(rng.randrange(CARDS * 11 // 10))) for _ in range(DECISIONS)
    ]
    taps = [Tap(name, POINT, now, now) for name in DeviceTokens(NAMES_KEY).name(tokens)]
    return spread(time_each((lambda tap=tap: decide(policy, tap)) for tap in taps), MICROSECONDS)  # type: ignore[misc]


def _time_once(name: str, call: Callable[[], object]) -> dict[str, float]:
    begun, begun_cpu = time.perf_counter(), time.thread_time()
    call()
    return {
        f"{name}_s": round(time.perf_counter() - begun, 3),
        f"{name}_cpu_s": round(time.thread_time() - begun_cpu, 3),
    }


def _time_sync(folder: Path, data: bytes) -> float:
    def write() -> None:
        with (folder / "bare").open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    return time_each([write])[0]


def run() -> dict[str, Any]:
    """Measure, print and give the figures."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as name:
        folder = Path(name)
        policy = make_policy(now)
        offer, packed = _offer_whole(policy)
        cache = _open_cache(folder)
        figures: dict[str, Any] = {
            "cards": CARDS,
            "whole_bytes": offer.size,
            "whole_unpacked_bytes": offer.unpacked_size,
        }
        figures |= _time_once("whole_take", lambda: _take(cache, offer, packed, now))
        figures["whole_bare_write_s"] = round(_time_sync(folder, packed), 3)
        assert cache.held is not None  # noqa: S101 (it was just taken)
        figures["decision_us"] = _time_decisions(cache.held.snapshot)
        figures |= _time_changes(folder, cache, policy, now)
        assert cache.held is not None  # noqa: S101
        figures["layered_decision_us"] = _time_decisions(cache.held.snapshot)
        figures |= _time_once("load", lambda: _open_cache(folder).load())
    print(json.dumps(figures, indent=2))  # noqa: T201
    return figures


def _time_changes(folder: Path, cache: PolicyCache, policy: PolicySnapshot, now: datetime) -> dict[str, Any]:
    rng = random.Random(5)  # noqa: S311
    took, cpu, bare, sizes = [], [], [], []
    for _ in range(CHANGES):
        after = _changed(policy, rng, now)
        offer, packed = _offer_change(policy, after)
        policy = after
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        _take(cache, offer, packed, now)
        took.append(time.perf_counter() - begun)
        cpu.append(time.thread_time() - begun_cpu)
        bare.append(_time_sync(folder, packed))
        sizes.append(len(offer.encoded()))
    return {
        "changes": CHANGES,
        "changed_cards": CHANGED,
        "change_bytes": max(sizes),
        "change_take_ms": spread(took, MILLISECONDS),
        "change_take_cpu_ms": spread(cpu, MILLISECONDS),
        "change_bare_write_ms": spread(bare, MILLISECONDS),
        "changes_until_whole": CHANGES_MAX,
    }


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    run()

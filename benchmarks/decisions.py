"""The decision by itself, over a policy of a hundred thousand cards.

``decision_us`` is the card's name and rules; ``situated_decision_us`` gathers the situation as well, for an area that
counts its people and asks where they were, with thousands inside; ``decided_card_us`` makes the record to write
besides. Where ``_cpu_`` stands in the name it is the thread's processor time: what others on the machine took is not
in it. The baseline is one look-up in a dict of as many entries.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.many_cards import CARDS, NAMES_KEY, POINT, SITE_KEY, card_number
from benchmarks.spread import MICROSECONDS, Spread, spread, time_each
from domain.access.decide import Tap, decide
from domain.access.door import DoorMode, DoorSpec, initial_door
from domain.access.places import NOWHERE, move
from domain.access.policy import PassbackMode, PolicySnapshot
from domain.access.situation import Pin
from domain.ids import AreaId, CredentialToken, DoorId, PersonId
from readers.clock import SystemClock
from readers.drivers.port import CardSeen
from readers.naming import name_card
from readers.scene import Scene, gather_situation
from readers.state import ControllerState
from readers.tapping import decide_card
from readers.wiring import Wiring

DECISIONS = 20_000
PEOPLE_ABOUT = 5_000
DOORS = ("main", "second")


def time_decisions(policy: PolicySnapshot) -> dict[str, Spread]:
    """Give the spreads by name, in microseconds."""
    kinds = {
        "decision": _decisions(policy),
        "situated_decision": _situated_decisions(policy),
        "decided_card": _decided_cards(policy),
    }
    return {"lookup_us": spread(time_each(_lookups()), MICROSECONDS)} | {
        f"{name}_{unit}": spread(time_each(calls, clock), MICROSECONDS)
        for name, calls in kinds.items()
        for unit, clock in (("us", time.perf_counter), ("cpu_us", time.thread_time))
    }


def _decisions(policy: PolicySnapshot) -> list[Callable[[], object]]:
    state, now = _crowded_state(), datetime.now(UTC)

    def decision(number: int) -> object:
        return decide(policy, Tap(_name(state, number), POINT, now, now))

    return [lambda number=number: decision(number) for number in _draw_numbers()]  # type: ignore[misc]


def _situated_decisions(policy: PolicySnapshot) -> list[Callable[[], object]]:
    guarded, state = _guard_areas(policy), _crowded_state()
    now, mono = datetime.now(UTC), time.monotonic()

    def decision(number: int) -> object:
        tap = Tap(_name(state, number), POINT, now, now)
        situation = gather_situation(
            state.scene, guarded, tap, mode=DoorMode.locked, open_doors=(), pin=Pin.none, once=None, mono=mono
        )
        return decide(guarded, tap, situation)

    return [lambda number=number: decision(number) for number in _draw_numbers()]  # type: ignore[misc]


def _decided_cards(policy: PolicySnapshot) -> list[Callable[[], object]]:
    guarded, state = _guard_areas(policy), _crowded_state()
    moment = SystemClock().now()

    def decided(number: int) -> object:
        return decide_card(state, guarded, CardSeen("r-in", "simulated", card_number(number), 1, moment.mono), moment)

    return [lambda number=number: decided(number) for number in _draw_numbers()]  # type: ignore[misc]


def _name(state: ControllerState, number: int) -> CredentialToken:
    seen = CardSeen("r-in", "simulated", card_number(number), 1, 0.0)
    return name_card(state.wiring, seen).name


def _draw_numbers() -> list[int]:
    """Draw cards of which one in eleven is not registered."""
    rng = random.Random(3)  # noqa: S311
    return [rng.randrange(CARDS * 11 // 10) for _ in range(DECISIONS)]


def _guard_areas(policy: PolicySnapshot) -> PolicySnapshot:
    """Let every area ask for all that it can ask."""
    areas = {
        area.id: replace(area, passback=PassbackMode.soft, occupancy_max=CARDS, two_person=True)
        for area in policy.areas.values()
    }
    return replace(policy, areas=areas)


def _crowded_state() -> ControllerState:
    """A controller that knows where PEOPLE_ABOUT people are, the door's interlock group closed."""
    now = datetime.now(UTC)
    places = NOWHERE
    for number in range(PEOPLE_ABOUT):
        places = move(places, PersonId(f"s{number:06d}"), AreaId("hall"), now - timedelta(minutes=5))
    specs = {DoorId(name): DoorSpec(DoorId(name), interlock="hall") for name in DOORS}
    wiring = Wiring(SITE_KEY, NAMES_KEY, {"r-in": POINT}, specs)
    doors = {door: initial_door(spec) for door, spec in wiring.doors.items()}
    return ControllerState(wiring, now, time.monotonic(), doors=doors, scene=Scene(places))


def _lookups() -> list[Callable[[], object]]:
    table = {f"{number:032x}": number for number in range(CARDS)}
    rng = random.Random(2)  # noqa: S311
    wanted = [f"{rng.randrange(CARDS):032x}" for _ in range(DECISIONS)]
    return [lambda token=token: table[token] for token in wanted]  # type: ignore[misc]

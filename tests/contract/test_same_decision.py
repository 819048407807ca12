"""Edge and centre decide alike: 100,000 taps, each by the whole policy and by a controller's part of it off the wire.

Policies are drawn by a seeded generator instead of Hypothesis, for the number; the properties behind it are in
``tests/domain/access/test_cutting.py``.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from contract.policy_reading import read_policy
from contract.policy_snapshot import encode_snapshot
from contract.tokens import DeviceTokens
from domain.access.cutting import cut_policy
from domain.access.decide import Tap, decide
from domain.access.door import DoorMode
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    DatedLevel,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
    StaleRule,
)
from domain.access.situation import Code, Pin, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.verdict import Granted, Reason

POLICIES, TAPS = 250, 400
START = datetime(2026, 11, 20, tzinfo=UTC)
AREAS = [AreaId(f"area-{number}") for number in range(4)]
POINTS = [AccessPointId(f"point-{number}") for number in range(8)]
LEVELS = [LevelId(f"level-{number}") for number in range(6)]
SCHEDULES = [ALWAYS, *(ScheduleId(f"schedule-{number}") for number in range(3))]
CARDS = [CredentialToken(f"{number:032x}") for number in range(1, 31)]
STRANGE = CredentialToken("f" * 32)
MINE = POINTS[:4]
NAMES = DeviceTokens(bytes(range(32)))


def an_instant(chance: Random) -> datetime:
    return START + timedelta(minutes=chance.randrange(48 * 60))


def a_bound(chance: Random) -> datetime | None:
    return an_instant(chance) if chance.random() < 0.1 else None


def an_area(chance: Random, name: AreaId) -> Area:
    return Area(
        name,
        timedelta(hours=chance.randrange(8, 30)),
        on_stale=chance.choice(list(StaleRule)),
        passback=chance.choice(list(PassbackMode)),
        passback_fades=chance.choice([None, timedelta(hours=1)]),
        occupancy_max=chance.choice([None, None, 2, 5]),
        two_person=chance.random() < 0.2,
    )


def a_point(chance: Random, name: AccessPointId, number: int) -> AccessPoint:
    area_from, area_to = chance.sample(AREAS, 2)
    pin = chance.choice([None, None, *SCHEDULES])
    door, assurance, egress = DoorId(f"door-{number // 2}"), chance.choice([0, 1, 1, 2, 3]), chance.random() < 0.2
    return AccessPoint(name, door, area_from, area_to, assurance, egress, pin=pin)


def a_credential(chance: Random, number: int) -> Credential:
    return Credential(
        PersonId(f"person-{number // 2}"),
        tuple(chance.sample(LEVELS, chance.randrange(4))),
        chance.choice([*[CredentialStatus.active] * 12, *CredentialStatus]),
        a_bound(chance),
        a_bound(chance),
        escorted=chance.random() < 0.1,
        passback_exempt=chance.random() < 0.1,
        dated=tuple(DatedLevel(chance.choice(LEVELS), a_bound(chance), a_bound(chance)) for _ in range(2)),
        denied=tuple(chance.sample(LEVELS, 1)) if chance.random() < 0.1 else (),
    )


def a_policy(chance: Random) -> PolicySnapshot:
    edges = {name: sorted({an_instant(chance) for _ in range(8)})[:6] for name in SCHEDULES[1:]}
    during = [None, None, None, ThreatLevel.shelter]
    return PolicySnapshot(
        1,
        START,
        {name: an_area(chance, name) for name in AREAS},
        {name: a_point(chance, name, number) for number, name in enumerate(POINTS)},
        {
            name: Schedule(name, tuple(instants[: len(instants) // 2 * 2 : 2]), tuple(instants[1::2]))
            for name, instants in edges.items()
        },
        {
            name: Level(
                name,
                {point: chance.choice(SCHEDULES) for point in chance.sample(POINTS, 4)},
                chance.random() < 0.2,
                chance.choice(during),
            )
            for name in LEVELS
        },
        {card: a_credential(chance, number) for number, card in enumerate(CARDS)},
    )


def a_situation(chance: Random) -> Situation:
    rarely = chance.random
    return Situation(
        chance.choice([None, *AREAS]),
        an_instant(chance),
        chance.randrange(4),
        chance.randrange(2),
        rarely() < 0.5,
        (DoorId("door-9"),) if rarely() < 0.1 else (),
        chance.choice([*[DoorMode.locked] * 8, DoorMode.blocked, DoorMode.locked_down]),
        chance.choice([*[Pin.right] * 4, *Pin]),
        chance.choice([*[Code.none] * 16, *Code]),
        rarely() < 0.05,
        chance.choice([*[ThreatLevel.normal] * 8, *ThreatLevel]),
    )


def a_tap(chance: Random) -> Tap:
    at = an_instant(chance)
    confirmed_at = at - timedelta(hours=chance.choice([0, 0, 0, 0, 0, 12]))
    return Tap(chance.choice([*CARDS, STRANGE]), chance.choice(MINE), at, confirmed_at, chance.choice([1, 2, 3]))


def test_edge_and_centre_decide_100_000_taps_alike() -> None:
    chance = Random("same decision")
    met: Counter[str] = Counter()
    for _ in range(POLICIES):
        whole = a_policy(chance)
        part = read_policy(encode_snapshot(cut_policy(whole, MINE), (), NAMES.name).split(b"\n")).policy
        named = dict(zip([*CARDS, STRANGE], NAMES.name([*CARDS, STRANGE]), strict=True))
        for _ in range(TAPS):
            tap, situation = a_tap(chance), a_situation(chance)
            centre = decide(whole, tap, situation)
            theirs = Tap(named[tap.credential], tap.point, tap.at, tap.confirmed_at, tap.assurance)
            assert decide(part, theirs, situation) == centre, (tap, situation)
            met["granted" if isinstance(centre, Granted) else centre.reason] += 1
    assert met.total() == 100_000
    assert set(met) == {"granted", *Reason}, "every reason was met"

"""Policies drawn by Hypothesis: small, closed, and with enough overlap that every rule meets every other."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from domain.access.decide import Tap
from domain.access.door import DoorMode
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    DatedLevel,
    DoorHours,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
    StaleRule,
)
from domain.access.situation import Code, Pin, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId

START = datetime(2026, 11, 20, tzinfo=UTC)
AREAS = [AreaId(name) for name in ("outside", "hall", "vault")]
POINTS = [AccessPointId(name) for name in ("p0", "p1", "p2", "p3", "p4")]
LEVELS = [LevelId(name) for name in ("l0", "l1", "l2", "l3")]
SCHEDULES = [ALWAYS, ScheduleId("s0"), ScheduleId("s1")]
CARDS = [CredentialToken(f"{number:032x}") for number in range(1, 7)]
STRANGE = CredentialToken("f" * 32)

instants = st.integers(0, 48).map(lambda hours: START + timedelta(hours=hours))
maybe_instants = st.none() | instants


@st.composite
def schedules(draw: st.DrawFn, name: ScheduleId) -> Schedule:
    hours = sorted(draw(st.sets(st.integers(0, 48), max_size=6)))
    edges = [START + timedelta(hours=hour) for hour in hours[: len(hours) // 2 * 2]]
    return Schedule(name, tuple(edges[::2]), tuple(edges[1::2]))


@st.composite
def levels(draw: st.DrawFn, name: LevelId) -> Level:
    points = draw(st.dictionaries(st.sampled_from(POINTS), st.sampled_from(SCHEDULES), max_size=4))
    return Level(name, points, draw(st.booleans()), draw(st.sampled_from([None, None, None, ThreatLevel.shelter])))


some_levels = st.lists(st.sampled_from(LEVELS), max_size=3, unique=True).map(tuple)
dated_levels = st.builds(DatedLevel, st.sampled_from(LEVELS), maybe_instants, maybe_instants)
credentials = st.builds(
    Credential,
    st.sampled_from([PersonId("a"), PersonId("b"), PersonId("c")]),
    some_levels,
    st.sampled_from([*[CredentialStatus.active] * 8, *CredentialStatus]),
    maybe_instants,
    maybe_instants,
    escorted=st.booleans(),
    passback_exempt=st.booleans(),
    dated=st.lists(dated_levels, max_size=2).map(tuple),
    denied=st.just(()) | some_levels,
)


@st.composite
def policies(draw: st.DrawFn, version: int = 1) -> PolicySnapshot:
    """Draw a policy of three areas, five points, four levels and up to six cards."""
    areas = {
        name: Area(
            name,
            timedelta(hours=draw(st.integers(1, 24))),
            on_stale=draw(st.sampled_from(StaleRule)),
            passback=draw(st.sampled_from(PassbackMode)),
            passback_fades=draw(st.none() | st.just(timedelta(hours=1))),
            occupancy_max=draw(st.none() | st.integers(1, 3)),
            two_person=draw(st.booleans()),
        )
        for name in AREAS
    }
    points = {
        name: AccessPoint(
            name,
            DoorId(f"d{number // 2}"),
            draw(st.sampled_from(AREAS)),
            draw(st.sampled_from(AREAS)),
            draw(st.integers(0, 3)),
            draw(st.booleans()),
            pin=draw(st.none() | st.sampled_from(SCHEDULES)),
        )
        for number, name in enumerate(POINTS)
    }
    return PolicySnapshot(
        version,
        START,
        areas,
        points,
        {name: draw(schedules(name)) for name in SCHEDULES[1:]},
        {name: draw(levels(name)) for name in LEVELS},
        draw(st.dictionaries(st.sampled_from(CARDS), credentials, max_size=6)),
        {DoorId("d0"): DoorHours(DoorId("d0"), draw(st.sampled_from(SCHEDULES)))} if draw(st.booleans()) else {},
        frozenset(draw(st.sets(st.sampled_from([DoorId("d0"), DoorId("d1")])))),
    )


situations = st.builds(
    Situation,
    st.none() | st.sampled_from(AREAS),
    st.none() | instants,
    st.integers(0, 3),
    st.integers(0, 2),
    st.booleans(),
    st.just(()) | st.just((DoorId("d1"),)),
    st.sampled_from(DoorMode),
    st.sampled_from(Pin),
    st.sampled_from(Code),
    st.booleans(),
    st.sampled_from(ThreatLevel),
)


@st.composite
def taps(draw: st.DrawFn, points: list[AccessPointId] = POINTS) -> Tap:
    """Draw a tap of a card, or of a stranger's, at one of the points."""
    at = draw(instants)
    confirmed_at = at - timedelta(hours=draw(st.integers(0, 30)))
    card = draw(st.sampled_from([*CARDS, STRANGE]))
    return Tap(card, draw(st.sampled_from(points)), at, confirmed_at, draw(st.integers(0, 3)))

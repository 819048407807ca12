"""The policies of the simulated city hall, version by version, and what really happened to them and when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from contract.policy import PolicyPointer
from contract.tokens import pin_verifier
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    AttendanceMeaning,
    Credential,
    CredentialStatus,
    DoorHours,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AreaId, CredentialToken, LevelId, ScheduleId
from tests.sim import city, key_room
from tests.sim.timeline import STARTS_AT

OUTSIDE, HALL, LAB = AreaId("outside"), AreaId("hall"), AreaId("lab")
STAFF, HOURS = LevelId("staff"), ScheduleId("hours")
PIN, DURESS_PIN, WRONG_PIN = "1234", "4321", "9999"
PINS = 6
"""So many of the staff have a PIN: making one takes 20 ms."""

LAB_AGE_MAX = timedelta(minutes=20)
"""The hall's doors decide for a day without hearing from the centre, the lab's for this long."""


Named = tuple[int, datetime]
"""An edition's number and instant of issue."""


@dataclass(frozen=True, slots=True)
class Edition:
    """All that policies of one city hall differ in; ``revoked`` are card numbers, ``hours`` minutes of the plan.

    ``keys``: the first box has a key cabinet.

    A restored centre gives numbers again: number and instant of issue name an edition together.
    """

    devices: int
    staff: int
    version: int = 1
    revoked: frozenset[int] = frozenset()
    hours: tuple[int, int] = (0, 0)
    issued_at: datetime = STARTS_AT
    keys: bool = False

    @property
    def name(self) -> Named:
        """What nothing else is named by."""
        return self.version, self.issued_at


@cache
def policy_of(edition: Edition) -> PolicySnapshot:
    """Give a policy as published. The staff's last card is a lost one."""
    names = [city.device_id(number) for number in range(edition.devices)]
    points = []
    for name in names:
        entrance, lab = city.doors(name)
        way_in, way_out, lab_in, lab_out = (city.point(name, reader) for reader in city.READERS)
        points += [
            AccessPoint(way_in, entrance, OUTSIDE, HALL, attendance=AttendanceMeaning.clock_in),
            AccessPoint(way_out, entrance, HALL, OUTSIDE, egress=True, attendance=AttendanceMeaning.clock_out),
            AccessPoint(lab_in, lab, HALL, LAB, pin=ALWAYS),
            AccessPoint(lab_out, lab, LAB, HALL),
        ]
    begins, ends = (STARTS_AT + timedelta(minutes=minute) for minute in edition.hours)
    schedules = {HOURS: Schedule(HOURS, (begins,), (ends,))} if begins < ends else {}
    day = timedelta(days=1)
    return PolicySnapshot(
        version=edition.version,
        issued_at=edition.issued_at,
        areas={
            OUTSIDE: Area(OUTSIDE, day),
            HALL: Area(HALL, day),
            LAB: Area(LAB, LAB_AGE_MAX, passback=PassbackMode.hard),
        },
        points={point.id: point for point in points},
        schedules=schedules,
        levels={STAFF: Level(STAFF, {point.id: ALWAYS for point in points})},
        credentials={city.token(number): _card(number, edition) for number in range(edition.staff)},
        doors={city.door(names[0]): DoorHours(city.door(names[0]), HOURS)} if schedules else {},
        cabinets={key_room.CABINET: key_room.key_box(city.tags())} if edition.keys else {},
    )


def _card(number: int, edition: Edition) -> Credential:
    is_lost = number == edition.staff - 1 and edition.staff > 1
    status = CredentialStatus.lost if is_lost else CredentialStatus.active
    if number in edition.revoked:
        status = CredentialStatus.revoked
    person, token = city.person_id(number), city.token(number)
    keys = key_room.rights_of(number) if edition.keys else ()
    if number >= PINS:
        return Credential(person, (STAFF,), status, keys=keys)
    pins = verify(token, PIN), verify(token, DURESS_PIN)
    return Credential(person, (STAFF,), status, pin=pins[0], duress_pin=pins[1], keys=keys)


@cache
def verify(token: CredentialToken, pin: str) -> str:
    """Give a PIN's verifier; it takes 20 ms on purpose, so that each is made once a process."""
    return pin_verifier(city.SITE_KEY, token, pin)


@dataclass(slots=True)
class Rulebook:
    """What the centre published and when, by true time (microseconds); nobody inside the city hall sees it."""

    edition: Edition
    published: dict[Named, Edition] = field(default_factory=dict)
    history: list[tuple[int, PolicySnapshot]] = field(default_factory=list)
    confirmed: dict[tuple[str, datetime], set[Named]] = field(default_factory=dict)
    has_lost: bool = False
    pointed_at: dict[datetime, int | None] = field(default_factory=lambda: {STARTS_AT: 0})

    def add(self, edition: Edition, now: int) -> None:
        """Take in what has just been committed."""
        self.edition = edition
        self.published[edition.name] = edition
        self.history.append((now, policy_of(edition)))

    def restore(self, name: Named, now: int) -> None:
        """The centre's database is one in which this edition is the newest; later ones hold no more."""
        self.has_lost |= name != self.edition.name
        self.edition = self.published[name]
        self.history.append((now, policy_of(self.edition)))

    def on_pointer(self, pointer: PolicyPointer, now: int | None) -> None:
        """The centre signed that it stands by its policy; ``now`` is None where its own clock was wrong."""
        assert pointer.issued_at is not None
        self.pointed_at[pointer.confirmed_at] = now
        said = self.confirmed.setdefault((pointer.device, pointer.confirmed_at), set())
        said.add((pointer.policy_version, pointer.issued_at))

    def is_another_confirmed(self, device: str, confirmed_at: datetime, name: Named) -> bool:
        """Tell whether the centre stood then by another edition of the number, and not by that one."""
        said = self.confirmed.get((device, confirmed_at), set())
        return name not in said and any(version == name[0] for version, _ in said)

    def snapshot(self, name: Named) -> PolicySnapshot:
        """Give a published edition."""
        return policy_of(self.published[name])

    def person_of(self, card: CredentialToken) -> str:
        """Tell whose a card is, whichever the edition."""
        return policy_of(self.edition).credentials[card].person

    def revoked_since(self, card: CredentialToken) -> int | None:
        """Tell since when the newest policies refuse a card; None while they do not."""
        since = None
        for at, policy in self.history:
            held = policy.credentials.get(card)
            if held is not None and held.status is CredentialStatus.active:
                since = None
            elif since is None:
                since = at
        return since

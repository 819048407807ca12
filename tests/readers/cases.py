"""What the edge's tests share: a small city hall's policy, cards, moments, keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.tokens import DeviceTokens, credential_token
from domain.access.door import DoorSpec
from domain.access.policy import (
    AccessPoint,
    Area,
    AttendanceMeaning,
    Credential,
    CredentialStatus,
    JournalFailureRule,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DeviceId, DoorId, LevelId, PersonId, ScheduleId
from readers.drivers.port import CardSeen
from readers.events import Moment
from readers.wiring import Wiring

DEVICE = DeviceId("west-1")
SITE_KEY = bytes(range(32))
NAMES_KEY = bytes(range(100, 132))
NOW = datetime(2026, 11, 9, 23, 25, tzinfo=UTC)  # 8:25 in the office
DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(b"c" * 32)

MAIN = DoorId("main")
SERVER = DoorId("server")
IN = AccessPointId("main-in")
OUT = AccessPointId("main-out")
VAULT = AccessPointId("server-in")


def number_of(name: str) -> bytes:
    """Give a card's own number."""
    return name.encode().ljust(8, b"\0")[:8]


def name_of(name: str) -> CredentialToken:
    """Give what the box calls a card."""
    return DeviceTokens(NAMES_KEY).name([token_of(name)])[0]


def token_of(name: str) -> CredentialToken:
    """Give the site's token of a card."""
    return credential_token(SITE_KEY, "simulated", number_of(name))


def policy(version: int = 3, **credentials: Credential) -> PolicySnapshot:
    """A hall behind the main door (egress out of it) and a server room that opens even unrecorded."""
    areas = [
        Area(AreaId("outside"), timedelta(days=30)),
        Area(AreaId("hall"), timedelta(hours=1)),
        Area(AreaId("server"), timedelta(hours=1), JournalFailureRule.open),
    ]
    points = [
        AccessPoint(IN, MAIN, AreaId("outside"), AreaId("hall"), 1, attendance=AttendanceMeaning.clock_in),
        AccessPoint(OUT, MAIN, AreaId("hall"), AreaId("outside"), 1, egress=True),
        AccessPoint(VAULT, SERVER, AreaId("hall"), AreaId("server"), 2),
    ]
    schedule = Schedule(ScheduleId("office"), (NOW - timedelta(hours=1),), (NOW + timedelta(hours=9),))
    staff = Level(LevelId("staff"), {IN: ScheduleId("office"), OUT: ScheduleId("always"), VAULT: ScheduleId("office")})
    guest = Level(LevelId("guest"), {OUT: ScheduleId("always")})
    base = Credential(PersonId("s0001"), (LevelId("staff"),))
    held = {
        "anna": base,
        "guest": replace(base, levels=(LevelId("guest"),)),
        "expired": replace(base, valid_until=NOW),
        "early": replace(base, valid_from=NOW + timedelta(days=1)),
        **{status.value: replace(base, status=status) for status in CredentialStatus if status.value != "active"},
        **credentials,
    }
    return PolicySnapshot(
        version=version,
        issued_at=NOW,
        areas={area.id: area for area in areas},
        points={point.id: point for point in points},
        schedules={schedule.id: schedule},
        levels={level.id: level for level in (staff, guest)},
        credentials={name_of(name): credential for name, credential in held.items()},
    )


def wiring(**egress_doors: str) -> Wiring:
    return Wiring(
        site_key=SITE_KEY,
        names_key=NAMES_KEY,
        points={"r-in": IN, "r-out": OUT, "r-vault": VAULT},
        doors={MAIN: DoorSpec(MAIN, 3.0), SERVER: DoorSpec(SERVER, 5.0)},
        egress_doors={AccessPointId(point.replace("_", "-")): DoorId(door) for point, door in egress_doors.items()},
    )


def moment(seconds: float = 0.0, at: datetime | None = None) -> Moment:
    """``seconds`` after the start, 1000 on the monotonic clock."""
    return Moment(at or NOW + timedelta(seconds=seconds), 1000.0 + seconds, "boot-1", "synced")


def seen(name: str = "anna", reader: str = "r-in", *, seconds: float = 0.0, assurance: int = 1) -> CardSeen:
    return CardSeen(reader, "simulated", number_of(name), assurance, 1000.0 + seconds)


def policy_now(version: int = 3) -> PolicySnapshot:
    """Give the usual policy with its schedules moved from NOW to this day, for what runs by the real clock."""
    shifted = datetime.now(UTC) - NOW
    snapshot = policy(version)
    schedules = {
        key: replace(
            schedule,
            opens_at=tuple(at + shifted - timedelta(hours=1) for at in schedule.opens_at),
            closes_at=tuple(at + shifted + timedelta(hours=1) for at in schedule.closes_at),
        )
        for key, schedule in snapshot.schedules.items()
    }
    return replace(snapshot, schedules=schedules)

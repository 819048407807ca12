"""A policy of a hundred thousand cards, as a device of a large site holds it."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyPointer
from contract.policy_snapshot import encode_snapshot, snapshot_digest
from contract.tokens import credential_token
from domain.access.policy import AccessPoint, Area, Credential, Level, PolicySnapshot, Schedule
from domain.ids import AccessPointId, AreaId, DeviceId, DoorId, LevelId, PersonId, ScheduleId

CARDS = 100_000
SITE_KEY = bytes(range(32))
CENTRE = Ed25519PrivateKey.from_private_bytes(b"c" * 32)
DEVICE = DeviceId("west-1")
POINT = AccessPointId("main-in")


def card_number(number: int) -> bytes:
    """Give the own number of the card of that place in the list."""
    return number.to_bytes(8, "big")


def write_policy(folder: Path, now: datetime) -> None:
    """Write the policy and its signed pointer where a device keeps them."""
    window = Schedule(ScheduleId("office"), (now - timedelta(hours=1),), (now + timedelta(hours=12),))
    levels = {LevelId(f"level-{n}"): Level(LevelId(f"level-{n}"), {POINT: window.id}) for n in range(20)}
    names = tuple(levels)
    credentials = {
        credential_token(SITE_KEY, "simulated", card_number(number)): Credential(
            PersonId(f"s{number:06d}"), (names[number % 20], names[number * 7 % 20])
        )
        for number in range(CARDS)
    }
    policy = PolicySnapshot(
        version=1,
        issued_at=now,
        areas={AreaId(name): Area(AreaId(name), timedelta(hours=12)) for name in ("outside", "hall")},
        points={POINT: AccessPoint(POINT, DoorId("main"), AreaId("outside"), AreaId("hall"))},
        schedules={window.id: window},
        levels=levels,
        credentials=credentials,
    )
    data = encode_snapshot(policy)
    (folder / "policy-1.ndjson").write_bytes(data)
    pointer = PolicyPointer(
        device=DEVICE, policy_version=1, digest=snapshot_digest(data), size=len(data), confirmed_at=now
    ).signed(CENTRE)
    (folder / "policy.json").write_bytes(pointer.encoded())

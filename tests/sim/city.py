"""The people, doors and keys of the simulated city hall: the same in every run, so that only the plan differs."""

from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy_reading import decode_snapshot
from contract.policy_snapshot import encode_snapshot, snapshot_digest
from contract.signatures import public_key_text
from contract.tokens import credential_token
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    AttendanceMeaning,
    Credential,
    CredentialStatus,
    Level,
    PolicySnapshot,
)
from domain.attendance.month import derive_month
from domain.attendance.profile import HAGI
from domain.ids import AccessPointId, AreaId, CredentialToken, DeviceId, DoorId, LevelId, PersonId
from gateway.operations.access.enroll_devices import enroll_devices
from store.months import load_months_facts
from store.policies import insert_policy_snapshot
from store.tables import department, person
from store.tx import Store, Tx
from tests.sim.timeline import STARTS_AT

SITE_KEY = bytes(range(32))
OUTSIDE, HALL = AreaId("outside"), AreaId("hall")
STAFF_LEVEL = LevelId("staff")
TECHNOLOGY = "simulated"


def device_id(number: int) -> DeviceId:
    """Name a device by its number in the plan."""
    return DeviceId(f"box-{number}")


def person_id(number: int) -> PersonId:
    """Name a member of the staff by number."""
    return PersonId(f"p{number:03}")


def card(number: int) -> bytes:
    """Give the number that a card says: the staff's own; beyond them, cards that nobody knows."""
    return bytes((0x5E, *number.to_bytes(3, "big")))


def way_in(device: DeviceId) -> AccessPointId:
    """Name the outer side of a device's door: verdicts count, and a pass means clocking in."""
    return AccessPointId(f"{device}-in")


def way_out(device: DeviceId) -> AccessPointId:
    """Name the inner side: it leads to safety, and a pass means clocking out."""
    return AccessPointId(f"{device}-out")


def door(device: DeviceId) -> DoorId:
    """Name a device's door."""
    return DoorId(f"{device}-door")


@cache
def device_key(device: DeviceId) -> Ed25519PrivateKey:
    """Give a device's signing key."""
    return Ed25519PrivateKey.from_private_bytes(device.encode().ljust(32, b"\0")[:32])


@cache
def centre_key() -> Ed25519PrivateKey:
    """Give the key with which the centre signs receipts and policy pointers."""
    return Ed25519PrivateKey.from_private_bytes(b"centre".ljust(32, b"\0"))


@cache
def policy(devices: int, staff: int) -> PolicySnapshot:
    """Give version 1 of the policy. The staff's last card is a lost one; an age limit of a day fits every plan."""
    names = [device_id(number) for number in range(devices)]
    points = [
        point
        for name in names
        for point in (
            AccessPoint(way_in(name), door(name), OUTSIDE, HALL, attendance=AttendanceMeaning.clock_in),
            AccessPoint(way_out(name), door(name), HALL, OUTSIDE, egress=True, attendance=AttendanceMeaning.clock_out),
        )
    ]
    credentials: dict[CredentialToken, Credential] = {}
    for number in range(staff):
        lost = CredentialStatus.lost if number == staff - 1 and staff > 1 else CredentialStatus.active
        token = credential_token(SITE_KEY, TECHNOLOGY, card(number))
        credentials[token] = Credential(person_id(number), (STAFF_LEVEL,), lost)
    snapshot = PolicySnapshot(
        version=1,
        issued_at=STARTS_AT,
        areas={area: Area(area, timedelta(days=1)) for area in (OUTSIDE, HALL)},
        points={point.id: point for point in points},
        levels={STAFF_LEVEL: Level(STAFF_LEVEL, {point.id: ALWAYS for point in points})},
        credentials=credentials,
    )
    return decode_snapshot(encode_snapshot(snapshot).split(b"\n"))  # as an edge and the centre would read it


@cache
def policy_bytes(devices: int, staff: int) -> bytes:
    """Give the policy as published."""
    return encode_snapshot(policy(devices, staff))


def fill_store(store: Store, *, devices: int, staff: int) -> None:
    """Enroll the devices, publish the policy, enter the staff."""
    data = policy_bytes(devices, staff)
    names = [device_id(number) for number in range(devices)]
    with store.transaction(STARTS_AT) as tx:
        enroll_devices(tx, {name: public_key_text(device_key(name).public_key()) for name in names})
        insert_policy_snapshot(tx, 1, snapshot_digest(data), data)
        tx.connection.execute(department.insert().values(id="d", name="総務課"))
        someone = {"kana": "", "department_id": "d", "employment": "full_time", "is_manager": False}
        people = [{"id": person_id(number), "name": person_id(number), **someone} for number in range(staff)]
        tx.connection.execute(person.insert(), people)


def derive_months(tx: Tx) -> str:
    """Give everybody's month, as the pages and the payroll file would have it, in one text."""
    facts = load_months_facts(tx, None, "2026-11", HAGI)
    return "\n".join(repr(derive_month(facts[name])) for name in sorted(facts))

"""The people, doors and keys of the simulated city hall: the same in every run, so that only the plan differs.

Each device has two doors: its entrance, with a contact, egress on the way out; and a lab, without one, that asks for a
PIN and lets nobody in twice. All labs are one area, so that places seen at one device matter at the others. In some
halls a key cabinet hangs on the first device (``key_room``).
"""

from collections.abc import Iterable
from functools import cache
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.signatures import public_key_text
from contract.tokens import credential_token, derive_device_key
from domain.access.door import DoorSpec
from domain.access.policy import PolicySnapshot
from domain.attendance.month import derive_month
from domain.ids import AccessPointId, CredentialToken, DeviceId, DoorId, PersonId
from gateway.operations.access.enroll_devices import enroll_devices
from gateway.operations.access.publish_policy import load_standing
from gateway.policy.editions import make_edition
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import Revision
from readers.wiring import InputWire, Wiring
from store.editions import insert_edition
from store.months import load_months_facts
from store.tables import department, person
from store.tx import Store, Tx
from tests.profiles import HAGI
from tests.sim import key_room
from tests.sim.timeline import STARTS_AT

SITE_KEY = bytes(range(32))
NAMES_KEY = bytes(range(32, 64))
NAMES = DeviceNames(NAMES_KEY)
TECHNOLOGY = "simulated"
READERS = ("in", "out", "lab-in", "lab-out")
RELEASE_SECONDS, EXTENDED_SECONDS = 5.0, 15.0


def device_id(number: int) -> DeviceId:
    """Name a device by its number in the plan."""
    return DeviceId(f"box-{number}")


def person_id(number: int) -> PersonId:
    """Name a member of the staff by number."""
    return PersonId(f"p{number:03}")


def card(number: int) -> bytes:
    """Give the number that a card says: the staff's own; beyond them, cards that nobody knows."""
    return bytes((0x5E, *number.to_bytes(3, "big")))


def token(number: int) -> CredentialToken:
    """Give the token of a card."""
    return credential_token(SITE_KEY, TECHNOLOGY, card(number))


def resolve(device: DeviceId, name: str) -> CredentialToken:
    """Give the site's token of a device's name of a card."""
    return NAMES.of(device).resolve([CredentialToken(name)])[0]


def point(device: DeviceId, reader: str) -> AccessPointId:
    """Name the access point of a reader: ``in`` means clocking in, ``out`` leads to safety and means clocking out."""
    return AccessPointId(f"{device}-{reader}")


def door(device: DeviceId) -> DoorId:
    """Name a device's entrance."""
    return DoorId(f"{device}-door")


def lab_door(device: DeviceId) -> DoorId:
    """Name the door of a device's lab."""
    return DoorId(f"{device}-lab")


def doors(device: DeviceId) -> tuple[DoorId, DoorId]:
    """Name both doors of a device."""
    return door(device), lab_door(device)


def cabinets(device: DeviceId) -> tuple[str, ...]:
    """Name the key cabinets that a box may have: the first one's alone."""
    return (key_room.CABINET,) if device == device_id(0) else ()


@cache
def tags() -> dict[str, str]:
    """Give the tokens of the tags of keys, by copy."""
    return {copy: credential_token(SITE_KEY, TECHNOLOGY, key_room.tag_number(copy)) for copy in key_room.HOMES}


def copy_of_tag(device: DeviceId, name: str) -> str:
    """Give the copy whose tag a device names so."""
    return next(copy for copy, tag in tags().items() if tag == resolve(device, name))


@cache
def wiring(device: DeviceId, *, keys: bool = False) -> Wiring:
    """Give what hangs on a box: two doors, four readers, a contact, two exit buttons, a fire input, a key cabinet."""
    boxes = cabinets(device) if keys else ()
    entrance, lab = doors(device)
    specs = (
        DoorSpec(entrance, RELEASE_SECONDS, EXTENDED_SECONDS, has_contact=True),
        DoorSpec(lab, RELEASE_SECONDS, EXTENDED_SECONDS),
    )
    return Wiring(
        site_key=SITE_KEY,
        names_key=derive_device_key(NAMES_KEY, device),
        points={reader: point(device, reader) for reader in READERS}
        | dict.fromkeys([key_room.READER] if boxes else [], AccessPointId(key_room.CABINET)),
        doors={spec.id: spec for spec in specs},
        egress_doors={point(device, "out"): entrance},
        inputs={
            "contact": InputWire("contact", (entrance,)),
            "exit": InputWire("request_to_exit", (entrance,)),
            "lab-exit": InputWire("request_to_exit", (lab,)),
            "fire": InputWire("fire", (entrance, lab)),
        },
        cabinets=dict.fromkeys(boxes, key_room.SPEC),
        cabinet_inputs=dict.fromkeys([key_room.CONTACT] if boxes else [], (key_room.CABINET, None)),
    )


class _Hall:
    """The site, as far as the way of policies asks: which readers and key cabinets hang on a box."""

    def readers_of(self, device: DeviceId) -> list[Any]:
        return [SimpleNamespace(access_point=point(device, reader)) for reader in READERS]

    def cabinets_of(self, device: DeviceId) -> list[Any]:
        return [SimpleNamespace(id=cabinet) for cabinet in cabinets(device)]


_HALL: Any = _Hall()
REVISION = Revision("hall", _HALL)


@cache
def device_key(device: DeviceId) -> Ed25519PrivateKey:
    """Give a device's signing key."""
    return Ed25519PrivateKey.from_private_bytes(device.encode().ljust(32, b"\0")[:32])


@cache
def centre_key() -> Ed25519PrivateKey:
    """Give the key with which the centre signs receipts and policy pointers."""
    return Ed25519PrivateKey.from_private_bytes(b"centre".ljust(32, b"\0"))


def fill_store(store: Store, policies: Iterable[PolicySnapshot], *, devices: int, staff: int) -> None:
    """Enroll the devices, publish the policies, enter the staff."""
    names, kept = [device_id(number) for number in range(devices)], list(policies)
    with store.transaction(STARTS_AT) as tx:
        enroll_devices(tx, {name: public_key_text(device_key(name).public_key()) for name in names})
        for policy in kept:
            publish(tx, policy)
        tx.connection.execute(department.insert().values(id="d", name="総務課"))
        someone = {"kana": "", "department_id": "d", "employment": "full_time", "is_manager": False}
        people = [{"id": person_id(number), "name": person_id(number), **someone} for number in range(staff)]
        tx.connection.execute(person.insert(), people)
        if any(policy.cabinets for policy in kept):
            key_room.fill_keys(tx, tags(), {number: person_id(number) for number in range(staff)})


def publish(tx: Tx, policy: PolicySnapshot) -> None:
    """Let a policy be the newest edition, as the keeper does."""
    before = load_standing(tx, PolicyShelf(), REVISION.id)
    made = make_edition(before, policy, site_revision=REVISION.id, version=policy.version, now=policy.issued_at)
    assert insert_edition(tx, made.standing.edition, made.data)


def derive_months(tx: Tx) -> str:
    """Give everybody's month, as the pages and the payroll file would have it, in one text."""
    facts = load_months_facts(tx, None, "2026-11", HAGI)
    return "\n".join(repr(derive_month(facts[name])) for name in sorted(facts))

"""A building for the controller's tests: contacts, an airlock, a room that asks for everything, keypads, inputs.

outside ─main─ hall ─lab─ lab        main and lab have contacts, vault has none
               hall ─vault─ vault    the way out of main is egress
outside ─trap-a─ airlock ─trap-b─ hall    one group: only one of the two stands open; the way back out is egress
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from contract.tokens import pin_verifier
from domain.access.door import DoorSpec
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    DoorHours,
    JournalFailureRule,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from readers.wiring import InputWire, Wiring
from tests.readers.cases import NAMES_KEY, NOW, SITE_KEY, name_of, token_of

OUTSIDE, HALL, LAB, VAULT, AIRLOCK = (AreaId(name) for name in ("outside", "hall", "lab", "vault", "airlock"))
MAIN_DOOR, LAB_DOOR, VAULT_DOOR, TRAP_A, TRAP_B = (
    DoorId(name) for name in ("main", "lab", "vault", "trap-a", "trap-b")
)
WAYS = {
    "main-in": (MAIN_DOOR, OUTSIDE, HALL),
    "main-out": (MAIN_DOOR, HALL, OUTSIDE),
    "lab-in": (LAB_DOOR, HALL, LAB),
    "lab-out": (LAB_DOOR, LAB, HALL),
    "vault-in": (VAULT_DOOR, HALL, VAULT),
    "vault-out": (VAULT_DOOR, VAULT, HALL),
    "trap-a-in": (TRAP_A, OUTSIDE, AIRLOCK),
    "trap-b-in": (TRAP_B, AIRLOCK, HALL),
    "trap-b-out": (TRAP_B, HALL, AIRLOCK),
    "trap-a-out": (TRAP_A, AIRLOCK, OUTSIDE),
}
"""Point (and its reader of the same name): door, area from, area to."""

EGRESS = frozenset(("main-out", "trap-b-out", "trap-a-out"))
STAFF, RESCUE, OFFICE = LevelId("staff"), LevelId("rescue"), ScheduleId("office")
OFFLINE = timedelta(hours=8)
PIN, DURESS_PIN = "1234", "4321"


@cache
def verifier(card: str, pin: str) -> str:
    """Give the verifier of a card's PIN; it takes 20 ms on purpose, so that each is made once."""
    return pin_verifier(SITE_KEY, token_of(card), pin)


def people() -> dict[str, Credential]:
    """Three members of the staff, and one of each kind that a rule knows."""
    staff = (STAFF,)
    return {
        "anna": Credential(PersonId("p-anna"), staff),
        "anna-2": Credential(PersonId("p-anna"), staff),
        "bert": Credential(PersonId("p-bert"), staff),
        "carl": Credential(PersonId("p-carl"), staff),
        "free": Credential(PersonId("p-free"), staff, passback_exempt=True),
        "slow": Credential(PersonId("p-slow"), staff, extended=True),
        "guest": Credential(PersonId("p-guest"), staff, escorted=True),
        "medic": Credential(PersonId("p-medic"), (STAFF, RESCUE)),
        "visit": Credential(PersonId("p-visit"), staff),
        "pina": Credential(
            PersonId("p-pina"), staff, pin=verifier("pina", PIN), duress_pin=verifier("pina", DURESS_PIN)
        ),
    }


def building(
    version: int = 3,
    *,
    areas: Mapping[str, Mapping[str, Any]] | None = None,
    points: Mapping[str, Mapping[str, Any]] | None = None,
    cards: Mapping[str, Credential | None] | None = None,
    hours: Mapping[str, DoorHours] | None = None,
) -> PolicySnapshot:
    """Give the policy, some fields of areas and points changed, cards added or (None) taken away."""
    known = {area: Area(area, OFFLINE) for area in (OUTSIDE, HALL, LAB, VAULT, AIRLOCK)}
    known[VAULT] = replace(known[VAULT], on_journal_failure=JournalFailureRule.open)
    for name, change in (areas or {}).items():
        known[AreaId(name)] = replace(known[AreaId(name)], **change)
    ways = {
        AccessPointId(name): AccessPoint(AccessPointId(name), door, begins, leads, egress=name in EGRESS)
        for name, (door, begins, leads) in WAYS.items()
    }
    for name, change in (points or {}).items():
        ways[AccessPointId(name)] = replace(ways[AccessPointId(name)], **change)
    held: dict[str, Credential | None] = {**people(), **(cards or {})}
    return PolicySnapshot(
        version=version,
        issued_at=NOW,
        areas=known,
        points=ways,
        schedules={OFFICE: Schedule(OFFICE, (NOW,), (NOW + timedelta(hours=9),))},
        levels={
            STAFF: Level(STAFF, dict.fromkeys(ways, ALWAYS)),
            RESCUE: Level(RESCUE, dict.fromkeys(ways, ALWAYS), emergency=True),
        },
        credentials={name_of(name): credential for name, credential in held.items() if credential is not None},
        doors={DoorId(door): each for door, each in (hours or {}).items()},
    )


def wired(*, egress_doors: bool = False) -> Wiring:
    """Give the box on which all of it hangs: a contact, a button, a tamper switch a door, one fire input for all."""
    doors = (
        DoorSpec(MAIN_DOOR, has_contact=True),
        DoorSpec(LAB_DOOR, has_contact=True),
        DoorSpec(VAULT_DOOR),
        DoorSpec(TRAP_A, has_contact=True, interlock="trap"),
        DoorSpec(TRAP_B, has_contact=True, interlock="trap"),
    )
    inputs = {"fire": InputWire("fire", tuple(door.id for door in doors))}
    for door in doors:
        inputs[f"{door.id}-exit"] = InputWire("request_to_exit", (door.id,))
        inputs[f"{door.id}-tamper"] = InputWire("tamper", (door.id,))
        if door.has_contact:
            inputs[f"{door.id}-contact"] = InputWire("contact", (door.id,))
    wired_out = {AccessPointId(point): WAYS[point][0] for point in EGRESS}
    return Wiring(
        site_key=SITE_KEY,
        names_key=NAMES_KEY,
        points={name: AccessPointId(name) for name in WAYS},
        doors={door.id: door for door in doors},
        egress_doors=wired_out if egress_doors else {},
        inputs=inputs,
    )


def token(name: str) -> CredentialToken:
    """Give the name of a card of :func:`people`."""
    return name_of(name)

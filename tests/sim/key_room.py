"""The key cabinet of the first box: two keys of the hall, one of the vault and an empty hook; who may take which."""

from collections.abc import Mapping
from datetime import timedelta

from domain.ids import DoorId
from domain.key_boxes import KeyBox, KeyHook, KeyRight, name_target
from domain.keys.cabinet import CabinetSpec
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Cabinet, Copy, Key, LockGroup, Opening, OpeningKind, Place, Target, TargetKind
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.register_key import keep_cabinet, keep_lock_group, register_copy, register_key
from readers.cabinets.settings import contact_of, door_of, hook_of
from store.tx import Tx
from tests.sim.timeline import STARTS_AT

CABINET = "box-0-keys"
READER = "keys"
POSITIONS = 4
RELEASE_SECONDS, SESSION_SECONDS, OPEN_SECONDS = 10.0, 15.0, 60.0
SPEC = CabinetSpec(
    CABINET,
    POSITIONS,
    has_hook_locks=True,
    has_contact=True,
    release_seconds=RELEASE_SECONDS,
    session_seconds=SESSION_SECONDS,
    open_seconds=OPEN_SECONDS,
)
AGE_MAX = timedelta(minutes=20)
"""For so long the cabinet hands keys out without hearing from the centre."""

HOMES: Mapping[str, int] = {"hall-0": 1, "hall-1": 2, "vault-0": 3}
"""Copies by the hook where each is at home; its key is what stands before the hyphen."""

KEYS = ("hall", "vault")
DOOR: DoorId = door_of(CABINET)
CONTACT = contact_of(CABINET)
LOCKS = frozenset((DOOR, *(hook_of(CABINET, position) for position in range(1, POSITIONS + 1))))


def tag_number(copy: str) -> bytes:
    """Give the number that a copy's tag says."""
    return bytes((0x6B, 0, 0, HOMES[copy]))


def key_of(number: int) -> str:
    """Give the one key that a member of the staff may take."""
    return KEYS[number % len(KEYS)]


def rights_of(number: int) -> tuple[KeyRight, ...]:
    """Give the same as a policy carries it; the entitlement is the one that :func:`fill_keys` gives."""
    target = name_target(TargetKind.key.value, key_of(number))
    return (KeyRight(f"e-{number}", target, STARTS_AT - timedelta(hours=1)),)


def key_box(tags: Mapping[str, str]) -> KeyBox:
    """Give the cabinet as policies carry it; ``tags`` are the tokens of the copies' tags."""
    hooks = (
        KeyHook(position, name_target(TargetKind.key.value, copy.partition("-")[0]), (copy,), tags[copy])
        for copy, position in HOMES.items()
    )
    return KeyBox(CABINET, AGE_MAX, hooks=tuple(hooks))


def fill_keys(tx: Tx, tags: Mapping[str, str], persons: Mapping[int, str]) -> None:
    """Register the cabinet and its keys, and let each of the staff take one."""
    keep_lock_group(tx, LockGroup("house", "庁舎", "House"))
    keep_cabinet(tx, Cabinet(CABINET, "鍵箱", "Key box", POSITIONS))
    for key in KEYS:
        opens = frozenset((Opening(OpeningKind.door, key),))
        register_key(tx, Key(key, key, key, "house", opens))
    for copy, position in HOMES.items():
        key, _, number = copy.partition("-")
        kept = Copy(copy, key, copy, int(number), tag=tags[copy], home=Place(CABINET, position))
        register_copy(tx, f"r-{copy}", kept, by="desk")
    for number, person in persons.items():
        given = Entitlement(
            id=f"e-{number}",
            source=Source.person,
            source_id="",
            taker=Taker(TakerKind.person, person),
            target=Target(TargetKind.key, key_of(number)),
            from_at=STARTS_AT - timedelta(hours=1),
            until_at=None,
            due=DueRule(DueKind.relative, 8 * 60),
        )
        give_entitlement(tx, given, by="desk")

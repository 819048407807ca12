"""The keys around the demo's civic hall: its rooms' in the office, the building's in a cabinet on a controller."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from contract.tokens import credential_token
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Cabinet, Copy, Key, LockGroup, Opening, OpeningKind, Place, Target, TargetKind
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.register_key import keep_cabinet, keep_lock_group, register_copy, register_key
from store.tx import Tx

OFFICE_BOX = Cabinet("hall-office", "事務室の鍵箱", "Office key box", 12, "市民館 事務室")
WIRED_BOX = Cabinet("north-box", "庁舎の鍵箱", "Building key box", 4, "市民館 入口")
"""Hangs on a controller of the site, under the same id (``firmware_configs/sites/demo/site.yaml``)."""

RING = "patrol"
KEEPERS = "shisetsu"
"""The department that may take the building's keys."""

TAKEN_BACK_UNTIL = DueRule(DueKind.office_day, 17 * 60 + 15)
EARLY_MINUTES = 15 * 60
"""Before a booking its key may be taken so early: whenever a visitor comes, some key can be lent."""

ROOM_KEYS = {
    "hall-key": ("大ホール", "Great Hall", ("hall", "hall-east", "hall-west")),
    "gym-key": ("体育館", "Gymnasium", ("gym",)),
    "meeting-1-key": ("第1会議室", "Meeting Room 1", ("meeting-1",)),
    "washitsu-key": ("和室", "Tatami Room", ("washitsu",)),
}
"""Two copies each; the second meeting room has none, its own people open it by their cards."""

_DOOR_KEYS = {
    "civic-key": ("市民館 入口", "Civic Hall entrance", "civic"),
    "main-key": ("正面玄関", "Main entrance", "main"),
    "server-key": ("サーバ室", "Server room", "server"),
}
"""One copy each in the cabinet on the controller; the first two have another one on the patrol's ring."""

_RINGED = ("civic-key", "main-key")


def hang_keys(tx: Tx, facility_id: str, site_key: bytes, since: datetime, *, by: str) -> None:
    """Register every key, copy and ring, and say who may take the building's."""
    keep_lock_group(tx, LockGroup(facility_id, "市民館", "Civic Hall"))
    keep_lock_group(tx, LockGroup("building", "庁舎", "City Hall"))
    for box in (OFFICE_BOX, WIRED_BOX):
        keep_cabinet(tx, box)
    for id_, (name, name_en, rooms) in ROOM_KEYS.items():
        opens = frozenset(Opening(OpeningKind.room, room) for room in rooms)
        register_key(tx, Key(id_, name, name_en, facility_id, opens, early_minutes=EARLY_MINUTES))
    for id_, (name, name_en, door) in _DOOR_KEYS.items():
        register_key(tx, Key(id_, name, name_en, "building", frozenset({Opening(OpeningKind.door, door)})))
    for copy in (*_list_office_copies(site_key), *_list_boxed_copies(site_key)):
        register_copy(tx, f"hang-{copy.id}", copy, by=by)
    keep_ring(tx, RingWish(RING, "巡回の鍵束", "Patrol ring", frozenset(f"{each}-1" for each in _RINGED)))
    targets = [Target(TargetKind.key, each) for each in _DOOR_KEYS] + [Target(TargetKind.ring, RING)]
    for target in targets:
        give_entitlement(tx, _entitle(target, since), by=by)


def list_hung() -> dict[int, bytes]:
    """Give what hangs in the cabinet on the controller at first: the number of each tag, by hook."""
    return {hook: tag_number(f"{key_id}-0") for hook, key_id in enumerate(_DOOR_KEYS, start=1)}


def tag_number(copy_id: str) -> bytes:
    """Give the number that the tag of a copy answers with, made of what the copy is called."""
    return bytes([0x02]) + sha256(copy_id.encode()).digest()[:7]


def _list_office_copies(site_key: bytes) -> Iterator[Copy]:
    numbered = [(id_, number) for id_ in ROOM_KEYS for number in range(2)] + [(id_, 1) for id_ in _RINGED]
    for hook, (id_, number) in enumerate(numbered, start=1):
        tag = credential_token(site_key, "felica_idm", tag_number(f"{id_}-{number}"))
        yield Copy(f"{id_}-{number}", id_, f"H-{hook:02d}", number, tag=tag, home=Place(OFFICE_BOX.id, hook))


def _list_boxed_copies(site_key: bytes) -> Iterator[Copy]:
    for hook, id_ in enumerate(_DOOR_KEYS, start=1):
        tag = credential_token(site_key, "simulated", tag_number(f"{id_}-0"))
        yield Copy(f"{id_}-0", id_, f"N-{hook:02d}", tag=tag, home=Place(WIRED_BOX.id, hook))


def _entitle(target: Target, since: datetime) -> Entitlement:
    return Entitlement(
        f"keepers-{target.id}",
        Source.role,
        KEEPERS,
        Taker(TakerKind.department, KEEPERS),
        target,
        since - timedelta(days=1),
        None,
        TAKEN_BACK_UNTIL,
    )

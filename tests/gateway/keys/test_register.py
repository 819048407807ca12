"""The register by example on both databases: every fault beside its field, tags that are nobody else's, rings."""

from datetime import date

import pytest

from contract.key_labels import encode_key_label
from domain.keys.key import OFFICE, Cabinet, CabinetKind, Copy, Custodian, CustodianRole, Key, LockGroup, Place
from domain.keys.key_fault import KeyFaultError, Why
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.register_key import (
    PHOTO_BYTES_MAX,
    add_photo,
    change_tag,
    keep_cabinet,
    keep_custodian,
    keep_lock_group,
    register_copy,
    register_key,
    release_custodian,
)
from gateway.operations.keys.report_key import Report, report_lost
from store.key_rings import list_custodians, list_rings
from store.keys import (
    KeyPhoto,
    delete_photo,
    list_cabinets,
    list_copies,
    list_keys_of,
    list_photos,
    load_key,
    load_photo,
    save_copy_home,
)
from store.tx import Store
from tests.gateway.keys.keyroom import (
    AOKI,
    BUNCH,
    BUNCH_COPIES,
    BUNCH_TAG,
    CARDS,
    ISHII,
    NINE,
    PNG,
    TAGS,
    custody_of,
    lend,
    refused,
)

FRIDAY = date(2026, 12, 4)


def copy(**given: object) -> Copy:
    facts: dict[str, object] = {"id": "hall-2", "key_id": "hall", "stamped": "H-2", "duplicate": 2}
    return Copy(**(facts | given))  # type: ignore[arg-type]


def test_a_copy_is_registered_once_and_has_a_label(room: Store) -> None:
    new = copy(maker="萩鍵店", made_on=FRIDAY, home=Place("box", 9))
    with room.transaction(NINE) as tx:
        assert register_copy(tx, "r1", new, by="desk") == encode_key_label("hall-2") == "SEKISHO:KEY:1:HALL-2"
        register_copy(tx, "r1", new, by="desk")
        assert list_copies(tx, ["hall-2"]) == {"hall-2": new}
        assert custody_of(tx, "hall-2").place == Place("box", 9)
        save_copy_home(tx, "hall-2", OFFICE)
    with refused(room, Why.taken) as tx:
        register_copy(tx, "r2", new, by="desk")


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"id": "Ä"}, "id", Why.malformed),
        ({"key_id": "nothing"}, "key", Why.unknown),
        ({"stamped": " "}, "stamped", Why.malformed),
        ({"stamped": "9" * 21}, "stamped", Why.too_long),
        ({"maker": "x" * 81}, "maker", Why.too_long),
        ({"duplicate": 1}, "copy", Why.taken),
        ({"duplicate": 100}, "copy", Why.malformed),
        ({"home": Place("box", 11)}, "position", Why.unknown),
        ({"home": Place("nowhere")}, "position", Why.unknown),
        ({"tag": "zz"}, "tag", Why.malformed),
        ({"tag": TAGS["hall-0"]}, "tag", Why.taken),
        ({"tag": BUNCH_TAG}, "tag", Why.taken),
        ({"tag": CARDS[ISHII]}, "tag", Why.taken),  # somebody's card is no key's tag
    ],
)
def test_every_fault_is_named_beside_its_field(room: Store, given: dict[str, object], field: str, why: Why) -> None:
    with pytest.raises(KeyFaultError) as told, room.transaction(NINE) as tx:
        register_copy(tx, "r1", copy(**given), by="desk")
    assert (field, why) in [(fault.field, fault.why) for fault in told.value.faults]
    with room.reading(NINE) as tx:
        assert len(list_copies(tx)) == 6


def test_bad_keys_groups_and_cabinets_are_refused(room: Store) -> None:
    with pytest.raises(KeyFaultError) as told, room.transaction(NINE) as tx:
        register_key(tx, Key("Ä", "", "x" * 81, "nothing", master_level=10, deposit_yen=-1))
    fields = ["id", "name", "name_en", "lock_group", "master_level", "deposit_yen"]
    assert [fault.field for fault in told.value.faults] == fields
    with refused(room, Why.malformed) as tx:
        register_key(tx, Key("plain", "新", "New", "east"))  # it opens nothing
    with refused(room, Why.malformed) as tx:
        keep_lock_group(tx, LockGroup("house", "庁舎", "House", "east"))  # it would lie in itself
    with refused(room, Why.unknown) as tx:
        keep_lock_group(tx, LockGroup("west", "西", "West", "nothing"))
    with refused(room, Why.malformed) as tx:
        keep_cabinet(tx, Cabinet("office", "事務室", "Office", 3))
    with room.transaction(NINE) as tx:
        keep_cabinet(tx, Cabinet("box", "鍵箱", "Key box", 12))
        assert list_cabinets(tx)["box"].positions == 12
        keep_cabinet(tx, Cabinet("gym", "避難所", "Shelter", 4, "体育館の入口", CabinetKind.shelter_box))
        assert [list_cabinets(tx)[id_].kind for id_ in ("box", "gym")] == ["hooks", "shelter_box"]
        hall = load_key(tx, "hall")
        assert hall is not None
        assert list_keys_of(tx, hall.opens) == ["hall"]


def test_a_tag_changes_its_copy(room: Store) -> None:
    with room.transaction(NINE) as tx:
        change_tag(tx, "hall-0", TAGS["hall-0"])
        change_tag(tx, "hall-0", None)
        change_tag(tx, "master-0", TAGS["hall-0"])
    with refused(room, Why.taken) as tx:
        change_tag(tx, "hall-0", TAGS["hall-0"])
    with refused(room, Why.unknown) as tx:
        change_tag(tx, "nothing", None)


def test_somebody_answers_for_a_key_from_one_day_to_another(room: Store) -> None:
    room_keeper = Custodian(CustodianRole.room, ISHII, FRIDAY, "hall")
    building = Custodian(CustodianRole.building, AOKI, FRIDAY)
    with room.transaction(NINE) as tx:
        for each in (room_keeper, building, building):
            keep_custodian(tx, each)
        assert list_custodians(tx, FRIDAY, key_id="hall") == [room_keeper, building]
        assert list_custodians(tx, FRIDAY, key_id="master") == [building]
        release_custodian(tx, room_keeper)
        assert len(list_custodians(tx, FRIDAY)) == 2  # the last day is inside
        assert list_custodians(tx, date(2026, 12, 5)) == [building]
    with refused(room, Why.unknown) as tx:
        keep_custodian(tx, Custodian(CustodianRole.room, "nobody", FRIDAY, "nothing"))
    with refused(room, Why.unknown) as tx:
        release_custodian(tx, Custodian(CustodianRole.building, ISHII, FRIDAY))


def test_photographs_are_pictures(room: Store) -> None:
    photo = KeyPhoto("ph1", "hall", NINE, "desk")
    for content, why in ((b"MZ", Why.malformed), (b"x" * (PHOTO_BYTES_MAX + 1), Why.too_long)):
        with refused(room, why) as tx:
            add_photo(tx, photo, content)
    with refused(room, Why.unknown) as tx:
        add_photo(tx, KeyPhoto("ph1", "nothing", NINE, "desk"), PNG)
    with room.transaction(NINE) as tx:
        add_photo(tx, photo, PNG)
        add_photo(tx, photo, PNG)
        assert list_photos(tx, "hall") == [photo]
        assert (load_photo(tx, "ph1") or b"").startswith(b"\x89PNG")
        assert delete_photo(tx, "ph1")
        assert list_photos(tx, "hall") == []


def ring(*copies: str, id_: str = "bunch", tag: str | None = BUNCH_TAG, name: str = "巡回用") -> RingWish:
    return RingWish(id_, name, "Patrol", frozenset(copies), tag)


def test_rings_change_only_at_home(room: Store) -> None:
    with room.transaction(NINE) as tx:
        keep_ring(tx, ring("store-0", "hall-0"))
        assert list_rings(tx, ["bunch"])["bunch"].list_copies(NINE) == ("hall-0", "store-0")
        lend(tx, "l1", BUNCH)
    with refused(room, Why.ring_out) as tx:
        keep_ring(tx, ring(*BUNCH_COPIES))
    with refused(room, Why.on_ring) as tx:
        keep_ring(tx, ring("store-0", id_="second", tag=None))
    with refused(room, Why.unknown) as tx:
        keep_ring(tx, ring("nothing", id_="second", tag=None))
    with room.transaction(NINE) as tx:
        keep_ring(tx, ring("store-0", "hall-0", name="夜間巡回"))  # another name harms nobody
        keep_ring(tx, ring(id_="empty", tag=None))
        report_lost(tx, Report("p1", frozenset(("master-0",)), "desk", "x"))
    with refused(room, Why.lost) as tx:
        keep_ring(tx, ring("master-0", id_="second", tag=None))
    for tag, why in (("zz", Why.malformed), (TAGS["hall-1"], Why.taken), (CARDS[AOKI], Why.taken)):
        with refused(room, why) as tx:
            keep_ring(tx, ring(id_="second", tag=tag))
    with refused(room, Why.malformed) as tx:
        keep_ring(tx, ring(id_="Ä"))
    with refused(room, Why.malformed) as tx:
        keep_ring(tx, ring(name=" "))
    with refused(room, Why.ring_empty) as tx:
        lend(tx, "l2", BUNCH.__class__(BUNCH.kind, "empty"))

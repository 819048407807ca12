"""A keys' desk for tests: a building of two lock groups, a cabinet, four shapes of key with copies, and who may."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest

from domain.civil import instant
from domain.keys.custody import Custody, Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Cabinet, Copy, Key, LockGroup, Opening, OpeningKind, Place, Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.lend_key import Loan, LoanWish, lend_key
from gateway.operations.keys.register_key import keep_cabinet, keep_lock_group, register_copy, register_key
from store.accounts import insert_account
from store.cards import insert_card
from store.key_custody import list_custodies
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store, Tx

NINE = instant(date(2026, 12, 4), 9 * 60)  # a Friday
HOUR = timedelta(hours=1)
CLOSING = DueRule(DueKind.office_day, 17 * 60 + 15)
AOKI, ISHII, UEDA = "s0001", "s0002", "s0003"
CARDS = {AOKI: "a" * 32, ISHII: "b" * 32, UEDA: "c" * 32}
HALL, MASTER, VAULT = (Target(TargetKind.key, id_) for id_ in ("hall", "master", "vault"))
BUNCH = Target(TargetKind.ring, "bunch")
HALL_COPIES = ("hall-0", "hall-1")
BUNCH_COPIES = ("store-0", "store-1")
TAGS = {"hall-0": "0" * 31 + "1", "hall-1": "0" * 31 + "2", "store-0": "0" * 31 + "3"}
BUNCH_TAG = "0" * 31 + "9"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
"""The smallest picture."""


def person(id_: str) -> Holder:
    return Holder(HolderKind.person, id_)


def put_keyroom(tx: Tx) -> None:
    """Two lock groups, a cabinet of ten hooks, keys and copies, one ring; Ishii may take everything but the vault."""
    upsert_departments(tx, [Department("city", "市"), Department("somu", "総務課", parent_id="city")])
    upsert_persons(
        tx,
        [
            Person(AOKI, "青木 太郎", "", "somu"),
            Person(ISHII, "石井 健太", "", "somu"),
            Person(UEDA, "上田 花子", "", "city"),
        ],
    )
    for id_, token in CARDS.items():
        insert_card(tx, token, id_, id_)
    for login, id_ in (("desk", None), ("aoki", AOKI), ("ueda", UEDA)):
        insert_account(tx, login, person_id=id_, password_hash="x", roles=("facility_admin",))
    keep_lock_group(tx, LockGroup("house", "庁舎", "House"))
    keep_lock_group(tx, LockGroup("east", "東棟", "East", "house"))
    keep_cabinet(tx, Cabinet("box", "鍵箱", "Key box", 10, "宿直室"))
    _put_keys(tx)
    keep_ring(tx, RingWish("bunch", "巡回用", "Patrol", frozenset(BUNCH_COPIES), BUNCH_TAG))
    for target in (HALL, MASTER, BUNCH):
        give_entitlement(tx, standing(f"e-{target.id}", ISHII, target), by="desk")


def _put_keys(tx: Tx) -> None:
    door = {name: Opening(OpeningKind.door, name) for name in ("hall", "store", "vault")}
    register_key(tx, Key("hall", "ホール", "Hall", "east", frozenset((door["hall"],))))
    register_key(tx, Key("store", "倉庫", "Store", "east", frozenset((door["store"],))))
    register_key(tx, Key("master", "東マスター", "East master", "east", master_level=1))
    register_key(
        tx, Key("vault", "金庫", "Vault", "house", frozenset((door["vault"],)), two_person=True, deposit_yen=500)
    )
    hooks = iter(range(1, 11))
    for key, copies in (("hall", 2), ("store", 2), ("master", 1), ("vault", 1)):
        for number in range(copies):
            id_ = f"{key}-{number}"
            copy = Copy(id_, key, id_.upper(), number, tag=TAGS.get(id_), home=Place("box", next(hooks)))
            register_copy(tx, f"r-{id_}", copy, by="desk")


def standing(id_: str, who: str, target: Target, **given: object) -> Entitlement:
    facts: dict[str, object] = {"from_at": NINE - HOUR, "until_at": None, "due": CLOSING, "source": Source.person}
    return Entitlement(  # type: ignore[arg-type]
        id=id_, source_id="", target=target, **({"taker": Taker(TakerKind.person, who)} | facts | given)
    )


def lend(tx: Tx, id_: str = "l1", target: Target = HALL, who: str = ISHII, **given: object) -> Loan:
    return lend_key(tx, LoanWish(id_, target, person(who), **({"by": "desk"} | given)))  # type: ignore[arg-type]


def custody_of(tx: Tx, copy_id: str) -> Custody:
    return list_custodies(tx, [copy_id])[copy_id]


@contextmanager
def refused(store: Store, why: Why, now: datetime = NINE) -> Iterator[Tx]:
    """Open a transaction in which something is refused: nothing about any copy may have changed by it."""
    with store.reading(now) as tx:
        before = list_custodies(tx)
    with pytest.raises(KeyFaultError) as told, store.transaction(now) as tx:
        yield tx
    assert told.value.why is why
    with store.reading(now) as tx:
        assert list_custodies(tx) == before

"""More keys on the civic hall's wall: a ring, a master, a shelter's box, and what is out, late, lost and damaged."""

from datetime import timedelta

from domain.keys.custody import Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import (
    Cabinet,
    CabinetKind,
    Copy,
    Custodian,
    CustodianRole,
    Key,
    LockGroup,
    Opening,
    OpeningKind,
    Place,
    Target,
    TargetKind,
)
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.register_key import (
    keep_cabinet,
    keep_custodian,
    keep_lock_group,
    register_copy,
    register_key,
)
from gateway.operations.keys.report_key import Report, inspect_key, report_lost
from store.tx import Tx
from tests.pages.city import City
from tests.pages.houses import EARLIER, HALL_KEY, HOUSE, build_houses

STORE, MASTER, SHELTER, VAULT = "store-key", "master-key", "shelter-key", "vault-key"
BUNCH = "patrol"
LATE = Target(TargetKind.key, STORE)
CLOSING = DueRule(DueKind.office_day, 17 * 60 + 15)


def hang_keys(city: City) -> None:
    """Put everything there; 石井 has had the store's key since yesterday, the gymnasium's is lost."""
    build_houses(city)
    with city.store.transaction(EARLIER) as tx:
        _register(tx)
    with city.store.transaction(city.clock() - timedelta(days=1)) as tx:
        lend_key(tx, LoanWish("loan-late", LATE, Holder(HolderKind.person, "s0002"), "ueda"))
        inspect_key(tx, Report("seen-vault", frozenset({"vault-0"}), "ueda", "先が曲がっている"), damaged=True)
    with city.store.transaction(city.clock() - timedelta(hours=2)) as tx:
        report_lost(tx, Report("lost-gym", frozenset({"gym-0"}), "ueda", "清掃のあとで見当たらない"))


def _register(tx: Tx) -> None:
    keep_lock_group(tx, LockGroup("annex", "別館", "Annex", HOUSE))
    keep_cabinet(tx, Cabinet("gym-box", "体育館キーボックス", "Gym box", 4, "体育館 正面入口", CabinetKind.shelter_box))
    doors = {
        STORE: Opening(OpeningKind.door, "staff"),
        SHELTER: Opening(OpeningKind.room, "gym"),
        VAULT: Opening(OpeningKind.area, "server_room"),
    }
    names = {
        STORE: ("通用口", "Staff door"),
        SHELTER: ("体育館（避難所）", "Gym (shelter)"),
        VAULT: ("サーバ室", "Server"),
    }
    for id_, opening in doors.items():
        register_key(tx, Key(id_, *names[id_], "annex", frozenset({opening}), two_person=id_ == VAULT))
    register_key(tx, Key(MASTER, "館内マスター", "House master", HOUSE, master_level=1))
    homes = {
        "store-0": Place("office-box", 5),
        "master-0": Place("office-box", 6),
        "vault-0": Place("office-box", 7),
        "shelter-0": Place("gym-box", 1),
    }
    for id_, home in homes.items():
        copy = Copy(id_, f"{id_.partition('-')[0]}-key", id_.upper(), home=home, maker="萩錠前")
        register_copy(tx, f"d-{id_}", copy, by="ueda")
    keep_ring(tx, RingWish(BUNCH, "巡回用", "Patrol", frozenset({"master-0"})))
    keep_custodian(tx, Custodian(CustodianRole.building, "s0003", EARLIER.date()))
    keep_custodian(tx, Custodian(CustodianRole.room, "s0001", EARLIER.date(), HALL_KEY))
    for id_, target in (("e-store", LATE), ("e-hall", Target(TargetKind.key, HALL_KEY))):
        taker = Taker(TakerKind.department, "somu")
        give_entitlement(tx, Entitlement(id_, Source.role, "", taker, target, EARLIER, None, CLOSING), by="ueda")

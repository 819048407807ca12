"""What a box is sent of keys: its own cabinets alone, by names of its own, anew when somebody's right changes."""

from datetime import timedelta

import pytest

from contract.tokens import credential_token
from domain.facilities.facility import UserClass
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.ids import CredentialToken, DeviceId
from domain.key_boxes import KeyRight
from domain.keys.custody import KeyAct
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Place, Target, TargetKind
from gateway.custody.retirement import Retirement, retire_copies
from gateway.operations.keys.give_entitlement import end_entitlement, give_entitlement
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_shelf import PolicyShelf
from store.accounts import save_disabled
from store.facilities import save_user_class
from store.key_entitlements import insert_entitlement
from store.key_rights import AHEAD, KEPT, load_key_hooks, load_key_rights
from store.keys import save_copy_home
from store.people import Department, Person, upsert_departments, upsert_persons
from store.policy_inputs import load_inputs_revision
from store.reservees import insert_reservee
from store.tx import Store
from tests.gateway.keys.boxroom import WEST, BoxRoom, tag_of
from tests.gateway.keys.keyroom import AOKI, CLOSING, HALL, HOUR, NINE, UEDA
from tests.gateway.test_policy_parts import CENTRE, NAMES, Edge
from tests.readers.cases import SITE_KEY, number_of

TARGETS = ("key/hall", "key/master", "key/vault", "ring/bunch")


@pytest.fixture
def box(room: Store) -> BoxRoom:
    return BoxRoom(room)


def entitlement(id_: str, taker: Taker, target: Target = HALL, **changes: object) -> Entitlement:
    facts: dict[str, object] = {"from_at": NINE - HOUR, "until_at": None, "due": CLOSING, "source": Source.role}
    return Entitlement(id=id_, source_id="", taker=taker, target=target, **(facts | changes))  # type: ignore[arg-type]


def rights_of(box: BoxRoom, who: str) -> list[str]:
    """The entitlements that the box knows of somebody's card."""
    token = credential_token(SITE_KEY, "simulated", number_of(who))
    [name] = NAMES.of(WEST).name([token])
    policy = box.published()
    return [right.entitlement for right in policy.credentials[name].keys]


def test_a_box_knows_its_hooks_and_the_tags_by_names_of_its_own(box: BoxRoom) -> None:
    policy = box.published()
    hooks = {hook.position: hook for hook in policy.cabinets["box"].hooks}
    assert {position: (hook.target, hook.copies) for position, hook in hooks.items()} == {
        1: ("key/hall", ("hall-0",)),
        2: ("key/hall", ("hall-1",)),
        3: ("ring/bunch", ("store-0", "store-1")),
        5: ("key/master", ("master-0",)),
        6: ("key/vault", ("vault-0",)),
    }
    assert hooks[6].two_person
    [name] = NAMES.of(WEST).name([CredentialToken(tag_of("hall-0"))])
    assert hooks[1].tag == name != tag_of("hall-0")


def test_another_box_is_told_nothing_of_it(box: BoxRoom) -> None:
    other = Edge(DeviceId("east-1"))
    with box.store.reading(box.at) as tx:
        parcel = PolicyParts(PolicyShelf(), box.revisions, NAMES, CENTRE).make(tx, other.device, 0)
    assert parcel is not None
    other.take(parcel)
    assert other.policy is not None
    assert other.policy.cabinets == {}
    assert {credential.keys for credential in other.policy.credentials.values()} == {()}


def test_whoever_has_no_other_right_there_is_known_by_what_they_may_take(box: BoxRoom) -> None:
    assert rights_of(box, "ishii") == ["e-bunch", "e-hall", "e-master"]
    assert rights_of(box, "aoki") == []


@pytest.mark.parametrize(
    "taker",
    [Taker(TakerKind.person, UEDA), Taker(TakerKind.department, "city"), Taker(TakerKind.role, "facility_admin")],
    ids=["person", "department", "role"],
)
def test_a_right_that_is_given_and_ended_is_a_small_change_for_the_box(box: BoxRoom, taker: Taker) -> None:
    with box.store.transaction(box.at) as tx:
        give_entitlement(tx, entitlement("e-new", taker), by="desk")
    held = box.edge.have
    assert rights_of(box, "ueda") == ["e-new"]
    assert box.edge.have == held + 1
    with box.store.transaction(box.at + HOUR) as tx:
        end_entitlement(tx, "e-new", by="desk", reason="over")
    box.at += HOUR
    box.published()
    token = credential_token(SITE_KEY, "simulated", number_of("ueda"))
    [name] = NAMES.of(WEST).name([token])
    assert box.edge.policy is not None
    [right] = box.edge.policy.credentials[name].keys
    assert right.until_at == box.at  # still known, so that what is out can be brought back


def test_what_somebody_reserved_as_a_reservee_is_theirs_at_the_box(box: BoxRoom) -> None:
    staff = Reservee("r-ueda", ReserveeKind.staff, "staff", "上田 花子", NINE, "desk", person_id=UEDA)
    citizen = Reservee("r-citizen", ReserveeKind.citizen, "resident", "市民", NINE, "desk")
    with box.store.transaction(box.at) as tx:
        for number, name in enumerate(("staff", "resident")):
            save_user_class(tx, UserClass(name, name, name, number))
        for reservee in (staff, citizen):
            assert insert_reservee(tx, reservee)
            booked = entitlement(f"e-{reservee.id}", Taker(TakerKind.reservee, reservee.id), source=Source.reservation)
            insert_entitlement(tx, booked, by="desk")
    assert rights_of(box, "ueda") == ["e-r-ueda"]


def test_whoever_leaves_a_department_or_a_role_leaves_its_keys(box: BoxRoom) -> None:
    with box.store.transaction(box.at) as tx:
        upsert_departments(tx, [Department("zei", "税務課", parent_id="city")])
        give_entitlement(tx, entitlement("e-dept", Taker(TakerKind.department, "somu")), by="desk")
        give_entitlement(tx, entitlement("e-role", Taker(TakerKind.role, "facility_admin")), by="desk")
    assert rights_of(box, "aoki") == ["e-dept", "e-role"]
    with box.store.transaction(box.at) as tx:
        upsert_persons(tx, [Person(AOKI, "青木 太郎", "", "zei")])
    assert rights_of(box, "aoki") == ["e-role"]
    with box.store.transaction(box.at) as tx:
        save_disabled(tx, "aoki")
    assert rights_of(box, "aoki") == []


def test_what_is_far_off_or_long_over_is_not_told(room: Store) -> None:
    far = entitlement("e-far", Taker(TakerKind.person, UEDA), from_at=NINE + AHEAD)
    over = entitlement("e-over", Taker(TakerKind.person, UEDA), until_at=NINE - KEPT)
    never = entitlement("e-never", Taker(TakerKind.person, UEDA), from_at=NINE + HOUR)
    with room.transaction(NINE) as tx:
        for each in (far, over, never):
            insert_entitlement(tx, each, by="desk")
        end_entitlement(tx, "e-never", by="desk", reason="cancelled")  # before it began
        assert UEDA not in load_key_rights(tx, TARGETS)
    with room.reading(NINE + timedelta(days=1)) as tx:
        [right] = load_key_rights(tx, TARGETS, [UEDA])[UEDA]  # type: ignore[index]
    assert right == KeyRight("e-far", "key/hall", NINE + AHEAD)


def test_an_emergency_and_what_hangs_in_no_cabinet_reach_no_box(room: Store) -> None:
    rule = DueRule(DueKind.relative, 60)
    ueda = Taker(TakerKind.person, UEDA)
    with room.transaction(NINE) as tx:
        save_copy_home(tx, "master-0", Place("office"))
        before = load_inputs_revision(tx)
        insert_entitlement(tx, entitlement("e-o", ueda, Target(TargetKind.key, "master")), by="desk")
        insert_entitlement(tx, entitlement("e-e", ueda, source=Source.emergency, due=rule), by="desk")
        assert load_inputs_revision(tx) == before
        targets = {hook.target for hook in load_key_hooks(tx)["box"]}
        assert "key/master" not in targets
        assert UEDA not in load_key_rights(tx, targets)


def test_what_is_retired_or_moved_hangs_there_no_more(box: BoxRoom) -> None:
    with box.store.transaction(box.at) as tx:
        retire_copies(tx, frozenset({"hall-0"}), Retirement("r1", "worn", "desk"), act=KeyAct.retire)
        save_copy_home(tx, "master-0", Place("office"))
    hooks = {hook.position for hook in box.published().cabinets["box"].hooks}
    assert hooks == {2, 3, 6}

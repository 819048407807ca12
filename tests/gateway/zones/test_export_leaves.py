"""A file leaves as its class asks: at once, by one approved request, once, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.zones.export import Export, ExportRule
from domain.zones.information import Demand, Handling
from domain.zones.movement import Movement, MovementAct, MovementState
from domain.zones.tier import TierId
from gateway.operations.zones.ask_movement import AskedMovement, Asker, ask_movement
from gateway.operations.zones.decide_movement import decide_movement
from gateway.operations.zones.keep_information_class import decide_information_class, keep_information_class
from gateway.operations.zones.let_out_export import AGAIN, MEANS, MayNotLeaveError, flows_freely, let_out_export
from store.information_classes import list_class_versions, load_register
from store.movements import list_steps, load_movement
from store.tx import Store, Tx
from store.versions import VersionState
from tests.domain.zones.cases import NOW
from tests.gateway.zones.test_information import TIERS, register_all

LGWAN, INTERNET = TierId("lgwan"), TierId("internet")
OUT = ExportRule(Export.evidence, "2", LGWAN, INTERNET)
FILE = {"subject": "監査の証拠一式", "place": "/evidence/1/file"}
STAFF = Asker("staff")


@pytest.fixture(autouse=True)
def classes(store: Store) -> None:
    with store.transaction(NOW) as tx:
        register_all(tx)


def ask(tx: Tx, rule: ExportRule = OUT, id_: str = "m-1", by: Asker = STAFF, **file: str) -> Movement:
    told = FILE | file
    wish = AskedMovement(
        id_,
        Handling.move,
        told["subject"],
        rule.class_id,
        "監査のため",
        tx.now + timedelta(days=7),
        rule.from_tier,
        rule.to_tier,
        told["place"],
    )
    return ask_movement(tx, wish, by=by, tiers=TIERS)


def hindrance(tx: Tx, rule: ExportRule = OUT, by: str = "staff") -> MayNotLeaveError:
    with pytest.raises(MayNotLeaveError) as raised:
        let_out_export(tx, rule, by=by, **FILE)
    return raised.value


def test_in_its_own_tier_a_file_leaves_at_once_with_its_class(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert let_out_export(tx, replace(OUT, to_tier=LGWAN), by="staff", **FILE).id == "2"
        assert flows_freely(tx, replace(OUT, to_tier=LGWAN))
        assert flows_freely(tx, None)
        assert not flows_freely(tx, OUT)


@pytest.mark.parametrize("rule", [replace(OUT, class_id="3b"), replace(OUT, class_id="none")], ids=["3b", "unknown"])
def test_what_its_class_forbids_or_nobody_knows_stays(store: Store, rule: ExportRule) -> None:
    with store.transaction(NOW) as tx:
        ask(tx)
        decide_movement(tx, "m-1", MovementAct.approve, by="head")
        assert hindrance(tx, rule).demand is Demand.forbidden


def test_an_approved_request_lets_its_file_out_once_and_has_the_record(store: Store) -> None:
    with store.transaction(NOW) as tx:
        first = hindrance(tx)
        assert (first.demand, first.waiting) == (Demand.approval, None)
        ask(tx)
        waiting = hindrance(tx).waiting
        assert waiting is not None
        assert waiting.id == "m-1"
        decide_movement(tx, "m-1", MovementAct.approve, by="head")
        assert let_out_export(tx, OUT, by="staff", **FILE).id == "2"
        found = load_movement(tx, "m-1")
        assert found is not None
        assert (found.kept.state, found.kept.done_by, found.kept.done_at) == (MovementState.done, "staff", NOW)
        assert [(each.act, each.text) for each in list_steps(tx, "m-1")][-1] == ("carry_out", MEANS)
    with store.transaction(NOW + AGAIN - timedelta(seconds=1)) as tx:
        assert let_out_export(tx, OUT, by="staff", **FILE).id == "2"
        assert len(list_steps(tx, "m-1")) == 3
    with store.transaction(NOW + AGAIN) as tx:
        assert hindrance(tx).waiting is None


@pytest.mark.parametrize(
    "other",
    [
        {"place": "/evidence/2/file"},
        {"subject": "給与に渡すファイル"},
        {"rule": replace(OUT, class_id="1")},
        {"rule": replace(OUT, from_tier=TierId("mynumber"))},
        {"rule": replace(OUT, to_tier=LGWAN)},
        {"by": Asker("other")},
    ],
    ids=["another address", "another file", "a lower class", "another tier", "to another tier", "another person"],
)
def test_a_request_for_something_else_lets_nothing_out(store: Store, other: dict) -> None:
    with store.transaction(NOW) as tx:
        asked = ask(tx, **other)
        if asked.state is MovementState.asked:
            decide_movement(tx, "m-1", MovementAct.approve, by="head")
        assert hindrance(tx).waiting is None


def test_an_approval_is_over_in_its_time_and_a_refusal_lets_nothing_out(store: Store) -> None:
    with store.transaction(NOW) as tx:
        ask(tx)
        decide_movement(tx, "m-1", MovementAct.approve, by="head")
        ask(tx, id_="m-2", place="/evidence/2/file")
        decide_movement(tx, "m-2", MovementAct.refuse, by="head", text="要らない")
        with pytest.raises(MayNotLeaveError):
            let_out_export(tx, OUT, by="staff", subject=FILE["subject"], place="/evidence/2/file")
    with store.transaction(NOW + timedelta(days=7)) as tx:
        assert hindrance(tx).waiting is None


def test_an_approval_of_one_does_not_stand_for_two(store: Store) -> None:
    """The class became stricter after the request was approved."""
    with store.transaction(NOW) as tx:
        ask(tx)
        decide_movement(tx, "m-1", MovementAct.approve, by="head")
        register_stricter(tx)
        assert hindrance(tx).demand is Demand.two_approvals


def register_stricter(tx: Tx) -> None:
    for each in load_register(tx).alike("2", NOW.date()):
        stricter = replace(each, demands=((Handling.move, Demand.two_approvals),))
        assert keep_information_class(tx, stricter, by="ueda", tiers=TIERS)
    for version in list_class_versions(tx, state=VersionState.waiting):
        decide_information_class(tx, version.standing.id, VersionState.approved, by="aoki")

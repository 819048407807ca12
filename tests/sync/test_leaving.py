"""The payroll file goes where its class allows: refused and recorded, or once it is approved, and recorded as gone."""

from pathlib import Path

import pytest

from contract.information_file import read_information_toml
from domain.zones.movement import MovementAct, MovementState
from gateway.operations.zones.decide_movement import decide_movement
from gateway.operations.zones.keep_information_class import decide_information_class, keep_information_class
from store.information_classes import list_class_versions
from store.movements import list_movements, list_steps
from store.tx import Store, Tx
from store.versions import VersionState
from sync.jobs.hand_over_closed_pay import hand_over_month
from sync.payroll.cells import PayrollFileError
from tests.gateway.months.city import PERIOD, CityHall
from tests.sync.closed_city import close_for, found_city, pay_desk

SHIPPED = Path(__file__).parents[2] / "firmware_configs/tiers/information.toml"
TIERS = ("mynumber", "lgwan", "internet")


@pytest.fixture
def closed(store: Store) -> CityHall:
    """A closed month, and the shipped classes in force."""
    hall = found_city(store, "萩 太郎", "萩 花子")
    close_for(hall, ["p1", "p2"])
    with hall.store.transaction(hall.later()) as tx:
        register_all(tx)
    return hall


def register_all(tx: Tx) -> None:
    for each in read_information_toml(SHIPPED.read_bytes()):
        keep_information_class(tx, each, by="ueda", tiers=TIERS)
    for version in list_class_versions(tx, state=VersionState.waiting):
        decide_information_class(tx, version.standing.id, VersionState.approved, by="aoki")


def test_to_a_tier_where_its_class_may_not_lie_it_never_goes(closed: CityHall, tmp_path: Path) -> None:
    desk = pay_desk(closed, tmp_path, payroll_class="kimitsu-3", payroll_tier="internet")
    for _ in range(2):
        with pytest.raises(PayrollFileError, match="置けません"):
            hand_over_month(desk, PERIOD)
    with desk.store.reading(desk.clock()) as tx:
        (kept,) = list_movements(tx)
        assert (kept.kept.state, kept.asker) == (MovementState.refused, "sync")


def test_it_waits_for_approval_then_leaves_and_is_recorded(closed: CityHall, tmp_path: Path) -> None:
    desk = pay_desk(closed, tmp_path, payroll_class="juyo-2", payroll_tier="lgwan")
    with pytest.raises(PayrollFileError, match="承認を待っています"):
        hand_over_month(desk, PERIOD)
    with desk.store.transaction(desk.clock()) as tx:
        (kept,) = list_movements(tx)
        decide_movement(tx, kept.kept.id, MovementAct.approve, by="officer")
    assert len(hand_over_month(desk, PERIOD).files) == 1
    assert hand_over_month(desk, PERIOD).files == ()
    with desk.store.reading(desk.clock()) as tx:
        (kept,) = list_movements(tx)
        assert kept.kept.state is MovementState.done
        assert [step.act for step in list_steps(tx, kept.kept.id)] == ["ask", "approve", "carry_out"]


def test_what_is_refused_stays(closed: CityHall, tmp_path: Path) -> None:
    desk = pay_desk(closed, tmp_path, payroll_class="juyo-2", payroll_tier="lgwan")
    with pytest.raises(PayrollFileError):
        hand_over_month(desk, PERIOD)
    with desk.store.transaction(desk.clock()) as tx:
        decide_movement(tx, list_movements(tx)[0].kept.id, MovementAct.refuse, by="officer", text="別の方法で")
    with pytest.raises(PayrollFileError, match="認められませんでした"):
        hand_over_month(desk, PERIOD)

"""What a class asks for before a file leaves: in its own tier, into another, by days of force."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.export import Export, ExportRule, demand_export, find_export_rule
from domain.zones.information import Demand, Handling, InformationClass, Register
from domain.zones.tier import TierId

TODAY = date(2026, 11, 23)
LGWAN, INTERNET = TierId("lgwan"), TierId("internet")


def of_class(id_: str, *tiers: str, move: Demand = Demand.approval, same_as: str = "") -> InformationClass:
    alike = frozenset({same_as} if same_as else ())
    return InformationClass(id_, "scale", id_, id_, 1, frozenset(tiers), ((Handling.move, move),), alike)


def rule(to: TierId = LGWAN, class_id: str = "2") -> ExportRule:
    return ExportRule(Export.records, class_id, LGWAN, to)


REGISTER = Register(
    (
        of_class("2", "lgwan", "internet"),
        of_class("1", "lgwan", "internet", move=Demand.free),
        of_class("3b", "lgwan", move=Demand.two_approvals),
        of_class("old", "internet", same_as="2"),
    )
)


@pytest.mark.parametrize(
    ("asked", "demand"),
    [
        (rule(INTERNET), Demand.approval),
        (rule(INTERNET, "1"), Demand.free),
        (rule(INTERNET, "3b"), Demand.forbidden),
        (rule(LGWAN, "3b"), Demand.free),
        (rule(LGWAN, "1"), Demand.free),
        (rule(LGWAN, "none"), Demand.forbidden),
        (rule(INTERNET, "none"), Demand.forbidden),
    ],
)
def test_what_a_class_asks_for(asked: ExportRule, demand: Demand) -> None:
    assert demand_export(asked, REGISTER, TODAY) is demand


def test_of_mapped_classes_the_strictest_says_where_it_may_lie() -> None:
    """Class 2 may lie in both tiers, what it is in the old scale in one alone."""
    assert demand_export(rule(LGWAN), REGISTER, TODAY) is Demand.forbidden


@given(
    move=st.sampled_from(Demand),
    tiers=st.sets(st.sampled_from(["lgwan", "internet"])),
    to=st.sampled_from([LGWAN, INTERNET]),
)
def test_nothing_arrives_where_its_class_may_not_lie(move: Demand, tiers: set[str], to: TierId) -> None:
    found = demand_export(rule(to), Register((of_class("2", *tiers, move=move),)), TODAY)
    expected = move if to is INTERNET else Demand.free
    assert found is (expected if to in tiers else Demand.forbidden)


def test_rows_of_one_kind_follow_each_other() -> None:
    first = ExportRule(Export.keys, "2", LGWAN, LGWAN, valid_until=date(2027, 3, 31))
    then = ExportRule(Export.keys, "1", LGWAN, LGWAN, valid_from=date(2027, 4, 1))
    rules = (rule(), first, then)
    assert find_export_rule(rules, Export.keys, date(2027, 3, 31)) is first
    assert find_export_rule(rules, Export.keys, date(2027, 4, 1)) is then


def test_a_kind_without_a_row_of_the_day_stays_where_others_have_theirs() -> None:
    over = ExportRule(Export.keys, "1", LGWAN, LGWAN, valid_until=date(2026, 3, 31))
    found = find_export_rule((rule(), over), Export.keys, TODAY)
    assert found is not None
    assert demand_export(found, REGISTER, TODAY) is Demand.forbidden
    assert find_export_rule((), Export.keys, TODAY) is None

"""HR's leave book on both databases: corrections written once, every fault named, terms that grants follow."""

from datetime import date

import pytest

from contract.leave_kind_file import shipped_leave_rules
from domain.attendance.leave_balance import Lot, settle
from domain.attendance.leave_grants import LeaveTerms
from gateway.operations.attendance.correct_leave import (
    LeaveBookFault,
    LeaveBookFaultsError,
    LeaveCorrection,
    correct_leave,
    keep_leave_terms,
)
from store.leaves import insert_correction, list_grants, list_lots, list_terms
from store.tx import Store
from store.waiting_applications import list_waiting
from tests.gateway.attendance.test_leave_requests import leave
from tests.gateway.attendance.town import CLERK, HEAD, HR, NOW, OTHER, WEDNESDAY, ask, overtime, put_town

LEAVE = shipped_leave_rules()
NEW_YEAR, YEAR_END = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
        insert_correction(tx, CLERK, "annual", Lot("", 930, NEW_YEAR, YEAR_END), reason="前職の分", by=HR)
    return store


def correction(**changes: object) -> LeaveCorrection:
    asked = {"id": "f1", "person_id": CLERK, "kind": "annual", "minutes": 465, "from_on": NEW_YEAR,
             "until_on": YEAR_END, "reason": "付与もれ"}  # fmt: skip
    return LeaveCorrection(**(asked | changes))  # type: ignore[arg-type]


def test_the_same_correction_sent_twice_is_one(town: Store) -> None:
    for _ in range(2):
        with town.transaction(NOW) as tx:
            correct_leave(tx, correction(), LEAVE.kinds, by=HR)
    with town.reading(NOW) as tx:
        lines = list_grants(tx, CLERK, since=NEW_YEAR)
    assert [(each.lot.minutes, each.reason, each.given_by, each.source) for each in lines] == [
        (465, "付与もれ", HR, "correction"),
        (930, "前職の分", HR, "correction"),
    ]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"person_id": "nobody"}, ["unknown_person"]),
        ({"kind": "sick"}, ["unknown_kind"]),
        ({"kind": "", "minutes": None, "from_on": None, "reason": " "},
         ["unknown_kind", "bad_minutes", "bad_from", "bad_reason"]),
        ({"minutes": 0}, ["bad_minutes"]),
        ({"until_on": date(2024, 12, 31)}, ["ends_before_start"]),
        ({"minutes": -931}, ["overdraws"]),
    ],
)  # fmt: skip
def test_every_fault_is_named_and_nothing_written(town: Store, changes: dict[str, object], faults: list[str]) -> None:
    with town.transaction(NOW) as tx, pytest.raises(LeaveBookFaultsError) as refused:
        correct_leave(tx, correction(**changes), LEAVE.kinds, by=HR)
    assert [str(fault) for fault in refused.value.faults] == faults
    with town.reading(NOW) as tx:
        assert len(list_grants(tx, CLERK, since=NEW_YEAR)) == 1


def test_fewer_minutes_draw_what_is_left_to_the_last(town: Store) -> None:
    with town.transaction(NOW) as tx:
        correct_leave(tx, correction(minutes=-930), LEAVE.kinds, by=HR)
    with town.reading(NOW) as tx:
        lots = [each.lot for each in list_lots(tx, [CLERK], "annual", since=NEW_YEAR)[CLERK]]
    assert settle(lots, (), WEDNESDAY).balance == 0


def test_terms_hold_from_their_day_on_and_impossible_ones_are_refused(town: Store) -> None:
    terms = LeaveTerms("part_time", NEW_YEAR, 3, 360)
    with town.transaction(NOW) as tx:
        keep_leave_terms(tx, CLERK, WEDNESDAY, terms, LEAVE.schemes)
        assert list_terms(tx, WEDNESDAY) == {CLERK: terms}
        with pytest.raises(LeaveBookFaultsError) as refused:
            keep_leave_terms(tx, "nobody", None, LeaveTerms("x", None, 0, 30), LEAVE.schemes)
    assert set(refused.value.faults) == {
        LeaveBookFault.unknown_person, LeaveBookFault.bad_from, LeaveBookFault.unknown_scheme,
        LeaveBookFault.bad_week_days, LeaveBookFault.bad_day_minutes,
    }  # fmt: skip


def test_what_waits_is_listed_by_person_kind_and_day(town: Store) -> None:
    ask(town, leave(), name="a1")
    ask(town, overtime(on=date(2025, 11, 13)), name="a2")
    days = (WEDNESDAY, WEDNESDAY)
    with town.reading(NOW) as tx:
        assert {who: [each.id for each in found] for who, found in list_waiting(tx, None, {"leave"}, days).items()} == {
            CLERK: ["a1"]
        }
        assert list_waiting(tx, [OTHER, HEAD], {"leave"}, days) == {}
        assert list_waiting(tx, [CLERK], {"overtime"}, days) == {}

"""What the pages of money and reservees work out by themselves: yen as typed, spellings, groups, proposals."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.contact import spell_search, tidy_phone
from domain.facilities.facility import Room
from domain.facilities.fee_fault import FeeFault, FeeWhy
from domain.facilities.fee_table import RefundReason
from domain.facilities.payouts import Finding, MatchKind, OurEntry, PayoutLine
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.takings import Method
from domain.facilities.use_report import RoomUse, Share
from gateway.pages.reservees.reservee_view import propose_stay, view_history, view_merges
from gateway.pages.takings.account_view import REASONS, list_reasons, propose_reason
from gateway.pages.takings.payout_view import LINES_MAX, view_payouts
from gateway.pages.takings.yen_field import YEN_MAX, read_yen
from gateway.pages.use_reports.report_view import draw_hours, view_ends, view_money, view_use
from store.reservations import ReservationStep
from store.reservee_history import Merge, ReserveeChange
from store.taking_sums import TakingSum
from tests.pages.city import NOW

ON = date(2025, 11, 20)


def yen(text: str) -> int | FeeWhy:
    faults: list[FeeFault] = []
    found = read_yen("yen", text, faults)
    return faults[0].why if faults else found


@given(st.integers(0, YEN_MAX), st.sampled_from(["{}", "{:,}", "¥{:,}", "{:,}円", " {} "]))
def test_yen_are_read_however_they_are_typed(amount: int, form: str) -> None:
    wide = str.maketrans("0123456789,", "０１２３４５６７８９，")
    assert yen(form.format(amount)) == amount
    assert yen(form.format(amount).translate(wide)) == amount


@pytest.mark.parametrize("text", ["", " ", "-1", "1.5", "1,00", "1,0000", "一万", "1e3", "円", "0x10", "9" * 10])
def test_what_is_no_amount_is_a_fault(text: str) -> None:
    assert yen(text) is FeeWhy.no_amount


def test_more_than_anybody_pays_is_a_fault() -> None:
    assert yen(str(YEN_MAX + 1)) is FeeWhy.out_of_range


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("", ()),
        ("  ", ()),
        ("さとう", ("さとう", "サトウ")),
        ("Sato@Example", ("Sato@Example", "SATO@EXAMPLE", "sato@example")),
        ("090-1", ("090-1", "0901")),
        ("12", ("12",)),
    ],
)
def test_what_is_typed_is_looked_for_in_its_spellings(text: str, spellings: tuple[str, ...]) -> None:
    assert spell_search(text) == spellings


@given(st.text(max_size=30))
def test_spellings_are_never_empty_nor_twice(text: str) -> None:
    found = spell_search(text)
    assert all(found)
    assert len(set(found)) == len(found)
    assert tidy_phone(text) in found or not (tidy_phone(text).isdigit() and len(tidy_phone(text)) >= 3)


def finding(kind: MatchKind, ours: int | None, theirs: int | None) -> Finding:
    line = None if theirs is None else PayoutLine("x", "", theirs, 10, theirs - 10, ON, None)
    return Finding(kind, None if ours is None else OurEntry("t", "", ours, ON), line)


def test_findings_are_grouped_with_what_needs_a_word_first_and_nothing_lost() -> None:
    many = [finding(MatchKind.agreed, 100, 100)] * (LINES_MAX + 1)
    view = view_payouts([*many, finding(MatchKind.missing_here, None, 50), finding(MatchKind.awaited, 7, None)], {})
    assert [(each.kind, each.number) for each in view.groups] == [
        (MatchKind.missing_here, 1),
        (MatchKind.awaited, 1),
        (MatchKind.agreed, LINES_MAX + 1),
    ]
    assert len(view.groups[2].lines) == LINES_MAX
    assert (view.our_yen, view.their_yen) == (100 * (LINES_MAX + 1) + 7, 100 * (LINES_MAX + 1) + 50)
    assert view.their_yen - view.commission_yen == view.net_yen
    assert view.troubles == 1
    assert sum(each.our_yen for each in view.groups) == view.our_yen


def step(act: ReservationAct) -> ReservationStep:
    there = ReservationState.cancelled
    return ReservationStep("r", act, Actor.decider, "head", NOW, ReservationState.permitted, there, "", 1)


def test_a_reason_is_proposed_by_who_ended_it() -> None:
    cancelled = ReservationState.cancelled
    assert propose_reason(cancelled, [step(ReservationAct.revoke)]) is RefundReason.facility
    assert propose_reason(cancelled, [step(ReservationAct.cancel)]) is RefundReason.reservee
    assert propose_reason(ReservationState.no_show, []) is RefundReason.no_show
    assert list_reasons(ReservationState.in_use) == (RefundReason.reservee,)
    assert all(len(set(reasons)) == len(reasons) for reasons in REASONS.values())


def who(id_: str, *, days: int = 0, confirmed: bool = False, staff: bool = False) -> Reservee:
    at = NOW + timedelta(days=days)
    person = "s1" if staff else None
    return Reservee(
        id_, ReserveeKind.citizen, "x", id_, at, "self", person_id=person, confirmed_at=NOW if confirmed else None
    )


def test_staff_stay_then_the_confirmed_then_the_first() -> None:
    assert propose_stay(who("a"), who("b", days=1)) == "a"
    assert propose_stay(who("a"), who("b", days=1, confirmed=True)) == "b"
    assert propose_stay(who("a", confirmed=True), who("b", days=1, staff=True)) == "b"


def test_what_was_changed_at_once_is_one_deed_the_latest_first() -> None:
    at = (NOW, NOW, NOW + timedelta(days=1))
    changes = [
        ReserveeChange("u", "name", "a", "b", "", "desk", at[0]),
        ReserveeChange("u", "confirmed_at", NOW.isoformat(), "", "", "desk", at[1]),
        ReserveeChange("u", "phone", "", "1", "call", "desk", at[2]),
    ]
    latest, first = view_history(changes)
    assert (latest.reason, len(latest.changes)) == ("call", 1)
    assert first.changes[1][1:] == ("2025-11-20", "")


def test_only_the_last_word_about_a_merge_can_be_taken_back() -> None:
    merges = [Merge("m1", "u", "v", "", "desk", NOW), Merge("m2", "u", "v", "", "desk", NOW, "m1")]
    lines = view_merges(who("u"), [*merges, Merge("m3", "u", "w", "", "desk", NOW)])
    assert [(each.merge.id, each.other_id, each.can_undo) for each in lines] == [
        ("m3", "w", True),
        ("m2", "v", False),
        ("m1", "v", False),
    ]


def test_pictures_hold_every_bar_within_their_height() -> None:
    room = Room("r", "f", "室", "Room", ("r",), 10)
    by_hour = tuple(Share(60, 60) if hour == 9 else Share(60, 3) if hour == 10 else Share() for hour in range(24))
    view = view_use([room, room], {"r": RoomUse(Share(120, 63), by_hour, 2, 9)})
    assert view.hours == (9, 10)
    assert [cell.level for cell in view.rows[0].hours] == [5, 1]
    picture = draw_hours(view)
    assert (picture.top, [bar.height for bar in picture.bars]) == (1000, [200, 10])
    days = [ON, ON + timedelta(days=1)]
    money = view_money([TakingSum("f", ON, Method.cash, 1, 500, 900, 0)], days)
    assert (money.net_yen, [bar.height for bar in money.picture.bars]) == (-400, [0, 0])
    assert view_ends([room], {}).rows == ()
    assert view_ends([room], {}).share(ReservationState.cancelled) == 0

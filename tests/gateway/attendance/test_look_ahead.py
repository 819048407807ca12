"""What whoever decides is shown before the word: the day, the caps and the balance as they would be."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from domain.attendance.divergence import DivergenceKind
from domain.attendance.facts import Direction
from domain.attendance.request_fault import Why
from domain.attendance.requests import DivergenceAnswer, Explanation, LeaveRequest, PunchRequest, Request, SwapRequest
from domain.civil import parse_clock
from domain.ids import DeviceId
from domain.workflow.application import Application
from domain.workflow.states import Act
from gateway.requests.look_ahead import load_outlooks
from gateway.requests.outlook import Caution, Outlook
from store.application_tables import application
from store.applications import list_filed
from store.devices import insert_device
from store.leave_tables import leave_grant
from store.orders import OvertimeOrder, insert_order
from store.punches import PunchFact, insert_punches
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, NOW, RULES, WEDNESDAY, act, ask, at, overtime, put_town

TOMORROW = NOW + timedelta(days=1)
NEXT_WEEK = date(2025, 11, 19)
DAY = 465


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
        insert_device(tx, DeviceId("east-1"), "A" * 44)
    return store


def stay(store: Store, came: str, left: str | None, on: date = WEDNESDAY) -> None:
    """Let the clerk be there."""
    ends = [(came, "in"), *([(left, "out")] if left else [])]
    with store.transaction(NOW) as tx:
        insert_punches(
            tx,
            [
                PunchFact("east-1", 1, parse_clock(clock) + on.day * 1440, CLERK, at(clock, on), direction, "staff_in")
                for clock, direction in ends
            ],
        )


def look(store: Store, one: Application, *, whole_year: bool = False) -> Outlook:
    with store.reading(TOMORROW) as tx:
        return load_outlooks(tx, list_filed(tx, [one.id]), RULES, whole_year=whole_year)[one.id]


def later(store: Store, request: Request, name: str = "a1") -> Outlook:
    return look(store, ask(store, request, name=name, now=TOMORROW))


def test_hours_that_were_worked_are_clear_and_the_month_counts_them(town: Store) -> None:
    stay(town, "08:30", "20:00")
    seen = later(town, overtime(afterwards=True))
    assert seen.before is not None
    assert seen.after is not None
    assert (seen.before.overtime_minutes, seen.after.overtime_minutes) == (0, 165)
    assert (seen.diverging, seen.faults, seen.cautions, seen.is_clear) == ((), (), (), True)
    assert [(cap.rule, cap.expected_minutes) for cap in seen.caps if cap.rule == "month_45h"] == [("month_45h", 165)]


def test_hours_without_presence_diverge(town: Store) -> None:
    stay(town, "08:30", "18:00")
    seen = later(town, overtime(afterwards=True))
    assert [(on, each.kind) for on, each in seen.diverging] == [(WEDNESDAY, DivergenceKind.over_claim)]
    assert not seen.is_clear


def test_a_cap_that_would_be_crossed_is_told_before(town: Store) -> None:
    with town.transaction(NOW) as tx:
        for number in (13, 14, 17, 18, 19, 20, 21, 25, 26):  # nine evenings of 4:45 and one of 3:45 are 46:30
            on = date(2025, 11, number)
            hours = at("17:15", on), at("22:00", on)
            insert_order(tx, OvertimeOrder(f"o{number}", CLERK, *hours, "決算", HEAD, NOW))
    month = look(town, ask(town, overtime("17:15", "21:00", date(2025, 11, 27))))
    assert [cap.rule for cap in month.crossed] == ["month_45h"]
    assert not month.is_clear


def test_the_year_is_looked_at_where_it_is_asked_for(town: Store) -> None:
    asked = ask(town, overtime())
    assert {cap.rule for cap in look(town, asked).caps} == {"month_45h", "notice_80h"}
    assert {cap.rule for cap in look(town, asked, whole_year=True).caps} == {"month_45h", "notice_80h", "year_360h"}


def test_a_punch_by_hand_settles_its_day(town: Store) -> None:
    stay(town, "08:30", None)
    seen = later(town, PunchRequest(WEDNESDAY, parse_clock("17:20"), Direction.clock_out, "忘れ"))
    assert seen.is_clear
    assert later(town, PunchRequest(WEDNESDAY, parse_clock("08:20"), Direction.clock_in, "忘れ"), "b1").diverging


def test_leave_shows_what_is_left_and_that_somebody_was_there(town: Store) -> None:
    with town.transaction(NOW) as tx:
        year = {"from_on": date(2025, 1, 1), "until_on": date(2025, 12, 31)}
        given = {"source": "hr", "reason": "", "given_by": "", "given_at": NOW}
        tx.connection.execute(
            insert(leave_grant).values({"person_id": CLERK, "kind": "annual", "minutes": 2 * DAY} | year | given)
        )
    seen = look(town, ask(town, LeaveRequest("annual", NEXT_WEEK, NEXT_WEEK)))
    assert seen.leave is not None
    assert (seen.leave.left_minutes, seen.leave.taken_minutes, seen.leave.day_minutes) == (2 * DAY, DAY, DAY)
    assert seen.is_clear
    stay(town, "08:30", "17:20", NEXT_WEEK)
    with town.reading(at("20:00", NEXT_WEEK)) as tx:
        again = load_outlooks(tx, list_filed(tx, ["a1"]), RULES)["a1"]
    assert again.cautions == (Caution.on_site,)


def test_leave_into_the_next_month_is_held_against_both(town: Store) -> None:
    first, last = date(2025, 11, 28), date(2025, 12, 2)
    assert look(town, ask(town, LeaveRequest("special.wedding", first, last, "結婚"))).faults == ()


def test_an_explanation_and_a_wish_to_end_are_looked_at_one_by_one(town: Store) -> None:
    stay(town, "08:30", "19:00")
    answer = DivergenceAnswer(
        WEDNESDAY, DivergenceKind.unordered_stay, parse_clock("17:15"), parse_clock("19:00"), Explanation.private, ""
    )
    assert later(town, answer).cautions == (Caution.explains,)
    approved = act(town, ask(town, overtime(on=NEXT_WEEK), name="b1"), Act.approve, HEAD)
    assert look(town, act(town, approved, Act.cancel, CLERK)).cautions == (Caution.wants_to_end,)


def test_what_can_no_longer_be_is_told_with_its_field(town: Store) -> None:
    asked = ask(town, overtime())
    with town.transaction(NOW) as tx:
        insert_order(tx, OvertimeOrder("o1", CLERK, at("18:00"), at("19:00"), "急用", HEAD, NOW))
    assert [(fault.field, fault.why) for fault in look(town, asked).faults] == [("starts_minute", Why.overlaps_order)]


def test_a_swap_that_fits_no_plan_any_more_and_content_that_was_changed(town: Store) -> None:
    saturday = date(2025, 11, 15)
    swap = ask(town, SwapRequest(saturday, NEXT_WEEK, "選挙"))
    assert look(town, swap).is_clear
    other = ask(town, SwapRequest(date(2025, 11, 22), NEXT_WEEK + timedelta(days=1), "選挙"), name="b1")
    act(town, other, Act.approve, HEAD)
    with town.transaction(NOW) as tx:
        tx.connection.execute(update(application).where(application.c.id == "a1").values(content=b"{}"))
    assert look(town, swap).cautions == (Caution.broken_content,)

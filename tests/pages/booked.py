"""A fuller month of the city hall: what is planned and asked for, long evenings, and a month that was closed."""

from datetime import date

from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.requests import ElsewhereRequest, LeaveRequest, OvertimeRequest
from domain.civil import instant, parse_clock
from domain.workflow.states import Act
from gateway.months.counting import count_people
from gateway.operations.attendance.close_month import Closing, close_people
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, confirm_own_month
from store.deciders import load_organisation
from store.orders import OvertimeOrder, insert_order
from tests.pages.asked import ask
from tests.pages.asking import HEAD, HR, decide, grant_leave
from tests.pages.city import City

ISHII = "s0002"
MORNING = (parse_clock("08:30"), parse_clock("12:00"))


def plan_ahead(city: City) -> None:
    """Ishii has a morning off on the 25th, works at home on the 26th, and has asked for overtime on the 27th."""
    grant_leave(city)
    leave = LeaveRequest("annual", date(2025, 11, 25), date(2025, 11, 25), "通院", *MORNING)
    home = ElsewhereRequest(
        date(2025, 11, 26), ElsewhereKind.home, parse_clock("08:30"), parse_clock("17:15"), "資料作成"
    )
    for name, request in (("b" * 15 + "1", leave), ("b" * 15 + "2", home)):
        ask(city, name, ISHII, request)
        decide(city, name, Act.approve)
    evening = OvertimeRequest(date(2025, 11, 27), parse_clock("17:15"), parse_clock("20:00"), "決算の準備")
    ask(city, "b" * 15 + "3", ISHII, evening)


def work_late(city: City, who: str, days: range, until: str, *, month: int = 11) -> None:
    """Let somebody work ordered evenings of a month, in at 8:20."""
    for day in days:
        on = date(2025, month, day)
        if on.weekday() >= 5:
            continue
        ends = instant(on, parse_clock(until))
        city.tap("staff_in", who, instant(on, parse_clock("08:20")))
        city.tap("staff_out", who, ends)
        starts = instant(on, parse_clock("17:15"))
        with city.store.transaction(city.clock()) as tx:
            order = OvertimeOrder(f"late-{who}-{on}", who, starts, ends, "災害対応", HEAD, starts)
            insert_order(tx, order)


def end_month(city: City, person_id: str = ISHII, period: str = "2025-10") -> None:
    """Let a month be confirmed by the person and the head, and closed by HR."""
    seen = hash_of(city, person_id, period)
    profile = city.context.rules.profiles
    with city.store.transaction(city.clock()) as tx:
        organisation = load_organisation(tx, city.clock().date())
        confirm_own_month(tx, person_id, period, profile, by=person_id, seen_hash=seen)
        refused = confirm_months_as_head(
            tx, [SeenMonth(person_id, seen)], period, profile, by=HEAD, organisation=organisation
        )
        assert refused == {}
        readers = frozenset({"west-1", "east-1", "north-1"})
        closing = Closing(period, profile, HR, readers, "試験のため")
        closed, _ = close_people(tx, [person_id], closing, organisation=organisation)
        assert closed == (person_id,)


def hash_of(city: City, person_id: str = ISHII, period: str = "2025-10") -> str:
    """Give the hash of a month as it is counted now."""
    with city.store.reading(city.clock()) as tx:
        return next(count_people(tx, [person_id], period, city.context.rules.profiles)).content_hash

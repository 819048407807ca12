"""A roster for the seeded city hall: shift kinds, a pattern, planned days, and leave, taken and asked for."""

from datetime import date

from sqlalchemy import insert

from domain.attendance.leave_grants import LeaveSource
from domain.attendance.requests import LeaveRequest
from domain.workflow.application import Wish
from domain.workflow.states import Act
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.operations.attendance.join_pattern import join_pattern
from gateway.operations.attendance.keep_pattern import keep_pattern
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.operations.attendance.plan_shifts import plan_shifts
from store.leave_tables import leave_taken
from store.leaves import GivenLot, insert_given
from store.rosters import PatternMember
from store.shifts import ShiftPattern
from tests.pages.city import City

DAY = 465
KINDS = (
    ("日", "日勤", "08:30-17:15 break 12:00-13:00"),
    ("夜", "夜勤", "16:30-33:15 break 24:00-25:00"),
    ("明", "夜勤明け", "off_duty"),
    ("休", "週休", "rest"),
)


def put_roster(city: City) -> None:
    """Keep the shift kinds and a pattern, put somebody into it, and plan two of another's days."""
    profile = city.context.rules.profiles
    with city.store.transaction(city.clock()) as tx:
        for code, name, hours in KINDS:
            keep_shift_kind(tx, ShiftKindForm(code, name, hours), profile=profile)
        keep_pattern(
            tx, ShiftPattern("night", "夜勤の班", ("日", "夜", "明", "休"), date(2025, 11, 1)), profile=profile
        )
        join_pattern(tx, PatternMember("s0003", "night", 0, date(2025, 11, 1)), by="chief", profile=profile)
        plan_shifts(tx, "s0002", {date(2025, 11, 29): "日", date(2025, 11, 26): "休"}, by="aoki", profile=profile)


def put_leave(city: City) -> None:
    """Grant somebody twenty days and six carried ones; two are taken, and another day is asked for."""
    first_on, last_on = date(2025, 1, 1), date(2025, 12, 31)
    given = ((20 * DAY, LeaveSource.grant), (2 * DAY + 180, LeaveSource.carried))
    with city.store.transaction(city.clock()) as tx:
        insert_given(
            tx,
            [
                GivenLot(f"annual/{source}", "s0002", "annual", minutes, first_on, last_on, source)
                for minutes, source in given
            ],
        )
        taken = {"kind": "annual", "person_id": "s0002", "minutes": DAY}
        days = (date(2025, 5, 7), date(2025, 8, 14), date(2025, 8, 15), date(2025, 10, 6))
        tx.connection.execute(insert(leave_taken), [{"id": f"old/{on}", "day_on": on, **taken} for on in days])
    ask_leave(city, "leave-1", LeaveRequest("annual", date(2025, 11, 25), date(2025, 11, 25)), decided=True)
    morning = LeaveRequest("annual", date(2025, 11, 27), date(2025, 11, 27), "", 8 * 60 + 30, 12 * 60)
    ask_leave(city, "leave-2", morning, decided=True)
    ask_leave(city, "leave-3", LeaveRequest("annual", date(2025, 12, 22), date(2025, 12, 24)), decided=False)
    ask_leave(city, "leave-4", LeaveRequest("annual", date(2025, 11, 28), date(2025, 11, 28)), decided=False)


def ask_leave(city: City, name: str, request: LeaveRequest, *, decided: bool) -> None:
    """Let Ishii ask for leave, and his head decide."""
    rules = city.context.rules
    with city.store.transaction(city.clock()) as tx:
        one = apply_request(tx, Asked(name, "s0002", "s0002", request, 0), rules)
        if decided:
            decide_application(tx, name, Wish(Act.approve, "s0001", one.content_hash, len(one.deeds), ""), rules)

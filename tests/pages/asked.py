"""The seeded city hall's applications: some of which nothing diverges, some that have to be looked at."""

from datetime import date, datetime, timedelta

from sqlalchemy import insert

from domain.attendance.facts import Direction
from domain.attendance.requests import LeaveRequest, OvertimeRequest, PunchRequest, Request
from domain.civil import parse_clock
from domain.workflow.application import Application
from gateway.operations.attendance.apply_request import Asked, apply_request
from store.leave_tables import leave_grant
from tests.pages.city import City

CLEAR, CLAIMED, PUNCH, AHEAD, LEAVE = (f"{number:016x}" for number in range(1, 6))
DAY = 465


def on(day: int) -> date:
    """Give a day of the lived month."""
    return date(2025, 11, day)


def overtime(day: int, starts: str, ends: str, reason: str = "窓口の締め処理") -> OvertimeRequest:
    """Ask for overtime; afterwards for days that are over."""
    return OvertimeRequest(on(day), parse_clock(starts), parse_clock(ends), reason, afterwards=day < 20)


def ask(city: City, name: str, who: str, request: Request, *, at: datetime | None = None, by: str = "") -> Application:
    """Apply as a form would."""
    with city.store.transaction(at or city.clock()) as tx:
        return apply_request(tx, Asked(name, who, by or who, request), city.context.rules)


def give_leave(city: City, who: str, days: int = 12) -> None:
    """Grant somebody days of annual leave of the year."""
    year = {"from_on": date(2025, 1, 1), "until_on": date(2025, 12, 31)}
    given = {"source": "hr", "reason": "", "given_by": "", "given_at": city.clock()}
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(
            insert(leave_grant).values({"person_id": who, "kind": "annual", "minutes": days * DAY} | year | given)
        )


def put_asked(city: City) -> None:
    """Let four things wait for 青木: two of which nothing diverges; and one more hour claimed than was worked."""
    at = city.clock() - timedelta(hours=5)
    ask(city, CLAIMED, "s0002", overtime(17, "20:00", "22:00", "決算資料の作成"), at=at - timedelta(days=1))
    ask(city, CLEAR, "s0002", overtime(11, "17:15", "17:45"), at=at)
    punch = PunchRequest(on(14), parse_clock("17:20"), Direction.clock_out, "カードを忘れた")
    ask(city, PUNCH, "s0002", punch, at=at + timedelta(hours=1))
    give_leave(city, "s0003")
    leave = LeaveRequest("annual", on(26), on(27), "家の用事")
    ask(city, LEAVE, "s0003", leave, at=at + timedelta(hours=2))
    ask(city, AHEAD, "s0003", overtime(21, "17:15", "20:00", "庁舎の停電対応"), at=at + timedelta(hours=3))

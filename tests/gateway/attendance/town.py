"""A small city hall for requests: three departments, heads, clerks, HR; November 2025, days in the profile's week."""

from datetime import date, datetime

from sqlalchemy import insert, select

from contract.leave_kind_file import shipped_leave_rules
from domain.attendance.requests import OvertimeRequest, Request
from domain.civil import instant, parse_clock
from domain.workflow.application import Application, Wish
from domain.workflow.states import Act
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.rules import Rules
from store.effects import TABLES
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tables import account
from store.tx import Store, Tx
from tests.profiles import HAGI

RULES = Rules(HAGI, shipped_leave_rules().kinds)
MAYOR, HEAD, CLERK, OTHER, HR, SECOND_HR = "mayor", "head", "clerk", "other", "hr-1", "hr-2"
WEDNESDAY = date(2025, 11, 12)
SATURDAY = date(2025, 11, 15)


def at(clock: str, on: date = WEDNESDAY) -> datetime:
    """Give a clock time of a day as an instant."""
    return instant(on, parse_clock(clock))


NOW = at("10:00")


def put_town(tx: Tx) -> None:
    """Put everybody in."""
    upsert_departments(
        tx,
        [
            Department("city", "市長部局", MAYOR),
            Department("general", "総務課", HEAD, "city"),
            Department("staff", "人事課", HR, "city"),
        ],
    )
    places = {MAYOR: "city", HEAD: "general", CLERK: "general", OTHER: "general", HR: "staff", SECOND_HR: "staff"}
    upsert_persons(tx, [Person(each, "萩 太郎", "ハギ タロウ", where) for each, where in places.items()])
    rows = [{"login": each, "person_id": each, "password_hash": "", "roles": "employee hr"} for each in (HR, SECOND_HR)]
    tx.connection.execute(insert(account), rows)


def overtime(starts: str = "17:15", ends: str = "20:00", on: date = WEDNESDAY, **more: object) -> OvertimeRequest:
    """Ask for overtime."""
    return OvertimeRequest(on, parse_clock(starts), parse_clock(ends), "決算", **more)  # type: ignore[arg-type]


def ask(
    store: Store,
    request: Request,
    *,
    name: str = "a1",
    who: str = CLERK,
    by: str = "",
    now: datetime = NOW,
    seen: int = 0,
) -> Application:
    """Apply in a transaction of its own."""
    with store.transaction(now) as tx:
        return apply_request(tx, Asked(name, who, by or who, request, seen), RULES)


def act(
    store: Store, one: Application, what: Act, by: str, *, reason: str = "理由", now: datetime = NOW
) -> Application:
    """Do an act with what is on the page: this very application."""
    with store.transaction(now) as tx:
        return decide_application(tx, one.id, Wish(what, by, one.content_hash, len(one.deeds), reason), RULES)


def list_in_force(tx: Tx) -> dict[str, int]:
    """Count what is in force by the application that brought it."""
    found: dict[str, int] = {}
    for table in TABLES:
        brought = select(table.c.application_id).where(table.c.application_id.is_not(None), table.c.ended_at.is_(None))
        for application_id in tx.connection.scalars(brought):
            found[application_id] = found.get(application_id, 0) + 1
    return found

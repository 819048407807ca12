"""Days of the city hall that diverge, what people said about them, and the looking through that finds them."""

from datetime import date, datetime

from sqlalchemy import select

from domain.attendance.divergence import DivergenceKind
from domain.attendance.requests import DivergenceAnswer, Explanation
from domain.civil import instant, parse_clock
from domain.workflow.application import Wish
from domain.workflow.states import Act
from gateway.months.looking import look_for_divergences
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from store.applications import load_application
from store.computers import ComputerLog, save_computer_logs
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.tables import record
from tests.pages.city import City

STAY = ("2025-11-11", "17:15", "17:45")
LONG = ("2025-11-18", "17:15", "18:30")


def diverge(city: City) -> None:
    """Ishii stays for 30 minutes on the 11th and lacks an out on the 14th; Ueda stays 75 minutes on the 18th."""
    on = date(2025, 11, 18)
    city.tap("staff_in", "s0003", instant(on, parse_clock("08:20")))
    city.tap("staff_out", "s0003", instant(on, parse_clock("18:30")))
    city.tap("server_in", "s0003", instant(on, parse_clock("17:50")))
    city.tap("server_in", "s0003", instant(on, parse_clock("18:20")))
    uses = [("08:31", "on"), ("18:24", "off")]
    with city.store.transaction(city.clock()) as tx:
        save_computer_logs(
            tx, [ComputerLog("s0003", instant(on, parse_clock(clock)), kind, "PC-0312") for clock, kind in uses]
        )
    look(city)


def look(city: City) -> None:
    """Look through everybody's months, as the centre does by itself."""
    with city.store.transaction(city.clock()) as tx:
        while look_for_divergences(tx, city.context.rules.profiles):
            pass


def explain(
    city: City,
    person_id: str,
    stay: tuple[str, str, str],
    *,
    name: str = "",
    explanation: Explanation = Explanation.private,
    reason: str = "同僚と帰りの電車を待った",
) -> str:
    """Let a person explain a stay without an order; gives the application's id."""
    on, starts, ends = stay
    request = DivergenceAnswer(
        date.fromisoformat(on), DivergenceKind.unordered_stay, parse_clock(starts), parse_clock(ends),
        explanation, reason,
    )  # fmt: skip
    application_id = name or f"answer{person_id}{on[-2:]}"
    city.clock.advance(minutes=1)
    with city.store.transaction(city.clock()) as tx:
        apply_request(tx, Asked(application_id, person_id, person_id, request), city.context.rules)
    return application_id


def approve(city: City, application_id: str, by: str) -> None:
    """Let somebody approve an application as it is now."""
    city.clock.advance(minutes=1)
    with city.store.transaction(city.clock()) as tx:
        filed = load_application(tx, application_id)
        assert filed is not None
        one = filed.application
        decide_application(
            tx, application_id, Wish(Act.approve, by, one.content_hash, len(one.deeds)), city.context.rules
        )


def doubt(city: City, person_id: str, at: datetime) -> str:
    """Let a person tap at a box whose clock nobody had set; gives the record as ``device/epoch/seq``."""
    city.tap("staff_out", person_id, at)
    newest = select(record.c.device_id, record.c.epoch, record.c.seq).order_by(record.c.seq.desc()).limit(1)
    with city.store.transaction(city.clock()) as tx:
        device_id, epoch, seq = tx.connection.execute(newest).one()
        insert_doubtful_taps(tx, [DoubtfulFact(device_id, epoch, seq, person_id, at)])
    return f"{device_id}/{epoch}/{seq}"

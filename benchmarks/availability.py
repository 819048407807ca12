"""The calendar of 100 rooms × 31 days among a million reservations on PostgreSQL: from rows to cells, and the page.

Every room has been reserved eight times a day for years, with gaps of minutes in between; half of the rooms are looked
at by slots. The baseline is the bare fetch of the same rows without making anything of them. The page is the whole
answer to a member of staff: session, rights, rules, what is free, HTML. Beside what a visitor waits stands what our own
process works for it (``_cpu``), which other work on the machine does not lengthen.
"""

import gc
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from benchmarks.plant import show
from benchmarks.spread import MILLISECONDS, ratio, time_each
from domain.civil import instant
from domain.facilities.availability import DayCell, OpenDay, derive_day
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.facility import Room, SlotKind
from domain.facilities.facility_fault import Thing
from domain.facilities.holds import list_place_resources, space_resource
from domain.facilities.opening import Opening
from domain.facilities.taken import lay_out
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.operations.identity.sign_in import Attempt, sign_in
from gateway.pages.app import create_pages
from store.availability import list_taken
from store.facilities import save_slot
from store.facility_changes import insert_change
from store.facility_rules import save_rule
from store.migrate import migrate
from store.tx import Store
from tests.pages.city import PASSWORD_HASH, make_city
from tests.pages.conftest import make_client, set_cookie
from tests.servers import PostgresServer

ROOMS = 100
RESERVATIONS = 1_000_000
A_DAY = 8
DAYS = 31
TIMES = 60
FIRST = date(2026, 12, 1)

_MAKE = """
INSERT INTO department (id, name) VALUES ('d', 'x');
INSERT INTO user_class (id, name, name_en, position) VALUES ('all', 'x', 'x', 0);
INSERT INTO facility (id, name, name_en, department_id, operator, is_public) VALUES ('f', 'x', 'x', 'd', '', true);
INSERT INTO room (id, facility_id, name, name_en, position, capacity, step_minutes, minutes_min, minutes_max,
                  before_minutes, after_minutes, permits)
SELECT 'r' || n, 'f', 'x', 'x', n, 20, 30, 30, 720, 0, 0, 'decider' FROM generate_series(0, {rooms} - 1) n;
INSERT INTO space (id, facility_id, name) SELECT 'r' || n, 'f', 'x' FROM generate_series(0, {rooms} - 1) n;
INSERT INTO room_space (room_id, space_id) SELECT 'r' || n, 'r' || n FROM generate_series(0, {rooms} - 1) n;
INSERT INTO reservee (id, kind, user_class, name, kana, contact_name, email, phone, registered_at, registered_by,
                      blocked_reason) VALUES ('u', 'citizen', 'all', '', '', '', '', '', now(), '', '');
CREATE TEMP TABLE made AS
SELECT 'v' || n AS id, 'r' || n % {rooms} AS room, at, at + interval '75 minutes' AS until
FROM generate_series(0, {reservations} - 1) n,
     LATERAL (SELECT timestamptz '2027-03-01 09:00+09' - n / {rooms} / {a_day} * interval '1 day'
                     + n / {rooms} % {a_day} * interval '90 minutes' AS at) times;
INSERT INTO reservation (id, room_id, from_at, until_at, reservee_id, user_class, party, purpose, state, version,
                         made_by, made_at)
SELECT id, room, at, until, 'u', 'all', 5, '', 'permitted', 1, 'self', at FROM made;
INSERT INTO resource_hold (resource, holder, reservation_id, from_at, until_at)
SELECT 'space:' || room, 'reservation:' || id, id, at, until FROM made;
ANALYZE;
"""


def run() -> dict[str, Any]:
    """Give milliseconds of the whole question and of its rows alone, at p50, p95 and the most, with the ratio."""
    with tempfile.TemporaryDirectory(prefix="sekisho-rooms-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder)
        server.start()
        try:
            server.execute("CREATE DATABASE city")
            migrate(server.url("city"))
            began = time.perf_counter()
            with psycopg.connect(server.dsn("city"), autocommit=True) as connection:
                sizes = {"rooms": ROOMS, "reservations": RESERVATIONS, "a_day": A_DAY}
                connection.execute(_MAKE.format(**sizes).encode())
            figures: dict[str, Any] = {"reservations": RESERVATIONS, "rooms": ROOMS, "days": DAYS}
            figures["made_seconds"] = round(time.perf_counter() - began)
            figures |= _ask(Store(server.url("city")))
            figures |= _open_page(server.url("city"), folder, figures)
        finally:
            server.stop()
    show("calendar of 100 rooms × 31 days, ms", figures)
    return figures


def _ask(store: Store) -> dict[str, Any]:
    _settle()
    rooms = [Room(f"r{number}", "f", "x", "x", (f"r{number}",), 20) for number in range(ROOMS)]
    slots = {room.id: _slots(room) if number % 2 else () for number, room in enumerate(rooms)}
    spread = {
        "baseline_ms": _spread(lambda: _bare(store)),
        "calendar_ms": _spread(lambda: _look(store, rooms, slots)),
        "calendar_cpu_ms": _spread(lambda: _look(store, rooms, slots), time.process_time),
    }
    cells = _look(store, rooms, slots)
    if len(cells) != ROOMS * DAYS or {cell.vacancy.value for cell in cells} != {"partly"}:
        raise AssertionError("the calendar is not the one that was made")
    return spread | {"calendar_ratio": ratio(spread, "calendar_ms", "baseline_ms", "p95")}


def _open_page(url: str, folder: Path, figures: dict[str, Any]) -> dict[str, Any]:
    """Measure the whole month's page for a member of staff who may book everything."""
    city = make_city(url, folder)
    with city.store.transaction(city.clock()) as tx:
        save_rule(tx, "f", Opening("hours", frozenset(range(7)), 540, 1320))
        save_rule(tx, "f", BookingWindow("window", OpensBy.days, 900, 0, Deadline(0, 0)))
        save_rule(tx, "f", Terms("terms", Deadline(0, 0)))
        for number in range(1, ROOMS, 2):
            for slot in _slots(Room(f"r{number}", "f", "x", "x", (f"r{number}",), 20)):
                save_slot(tx, slot)
        insert_change(tx, Thing.facility, "f", facility_id="f", before=None, after={}, by="bench")
    client, tokens = make_client(create_pages(city.context)), draw_session_tokens()
    with city.store.transaction(city.clock()) as tx:
        if not sign_in(tx, Attempt("ishii", PASSWORD_HASH, right=True), tokens):
            raise AssertionError("nobody is signed in")
    set_cookie(client, tokens.cookie)
    path = f"/rooms?span=month&on={FIRST}"
    text = client.get(path).text
    if text.count('class="av-partly"') != ROOMS * DAYS:
        raise AssertionError("the page does not show the calendar that was made")
    _settle()
    told: dict[str, Any] = {"page_kilobytes": len(text.encode()) // 1000}
    told["page_ms"] = _spread(lambda: client.get(path))
    told["page_cpu_ms"] = _spread(lambda: client.get(path), time.process_time)
    return told | {"page_ratio": ratio(figures | told, "page_ms", "baseline_ms", "p95")}


def _settle() -> None:
    """Do as the gateway does once it has loaded everything: what stands is not swept again and again."""
    gc.collect()
    gc.freeze()


def _slots(room: Room) -> tuple[SlotKind, ...]:
    times = ((540, 720), (780, 1020), (1080, 1260), (1260, 1320))
    return tuple(
        SlotKind(f"{room.id}-{start}", room.id, "x", "x", start, end, frozenset(range(7))) for start, end in times
    )


def _look(store: Store, rooms: list[Room], slots: dict[str, tuple[SlotKind, ...]]) -> list[DayCell]:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    resources = [space_resource(space) for room in rooms for space in room.spaces]
    resources += [place for some in slots.values() for slot in some for place in list_place_resources(slot)]
    with store.reading(now) as tx:
        taken = lay_out(FIRST, list_taken(tx, resources, FIRST, DAYS))
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    return [derive_day(room, OpenDay(on, ((540, 1320),), slots[room.id]), taken, 0) for room in rooms for on in days]


def _bare(store: Store) -> int:
    with store.reading(datetime(2026, 11, 20, tzinfo=UTC)) as tx:
        touching = (
            "SELECT resource, holder, from_at, until_at FROM resource_hold WHERE from_at < :end AND from_at > :start"
        )
        start, end = _month()
        return len(tx.connection.execute(text(touching), {"start": start - timedelta(days=1), "end": end}).all())


def _month() -> tuple[datetime, datetime]:
    return instant(FIRST, 0), instant(FIRST, DAYS * 1440)


def _spread(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    call()
    taken = sorted(time_each([call] * TIMES, clock))
    at = {"p50": taken[len(taken) // 2], "p95": taken[int(len(taken) * 0.95)], "max": taken[-1]}
    return {name: round(seconds * MILLISECONDS, 1) for name, seconds in at.items()}

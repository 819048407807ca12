"""The desk's page of a day with 800 bookings and their keys, 100 of them out, on PostgreSQL.

It is half past four: five of eight bookings of each room are over, one is going on, two are to come. Times are the
gateway's processor time, since whoever stands at the desk waits for nothing else; the baseline is the reading of the
same day without drawing it.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.plant import show
from benchmarks.spread import MILLISECONDS, ratio, time_each
from domain.civil import instant
from domain.facilities.reservation import ReservationState
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.operations.identity.sign_in import Attempt, sign_in
from gateway.pages.app import create_pages
from store.booked_keys import list_booked_keys
from store.desk_days import list_desk_bookings
from store.migrate import migrate
from store.tx import Store
from tests.pages.city import NOW, PASSWORD_HASH, make_city
from tests.pages.conftest import make_client, set_cookie
from tests.pages.houses import TODAY
from tests.servers import PostgresServer

ROOMS = 100
A_DAY = 8
TIMES = 40

_MAKE = """
INSERT INTO department (id, name) VALUES ('d', 'x');
INSERT INTO user_class (id, name, name_en, position) VALUES ('all', '一般', 'Everybody', 0);
INSERT INTO facility (id, name, name_en, department_id, operator, is_public) VALUES ('f', '市民館', 'x', 'd', '', true);
INSERT INTO room (id, facility_id, name, name_en, position, capacity, step_minutes, minutes_min, minutes_max,
                  before_minutes, after_minutes, permits)
SELECT 'r' || n, 'f', '第' || n || '会議室', 'Meeting room ' || n, n, 20, 30, 30, 720, 0, 0, 'decider'
FROM generate_series(0, {rooms} - 1) n;
INSERT INTO reservee (id, kind, user_class, name, kana, contact_name, email, phone, registered_at, registered_by,
                      blocked_reason)
SELECT 'u' || n, 'group', 'all', '青木合唱団' || n, '', '青木 望', '', '', now(), '', ''
FROM generate_series(0, {rooms} - 1) n;
CREATE TEMP TABLE made AS
SELECT n, room, nth, 'v' || n AS id, at, at + interval '75 minutes' AS until,
       CASE WHEN nth < 5 THEN 'completed' WHEN nth = 5 THEN 'in_use' ELSE 'permitted' END AS state
FROM generate_series(0, {rooms} * {a_day} - 1) n,
     LATERAL (SELECT n / {a_day} AS room, n % {a_day} AS nth) which,
     LATERAL (SELECT timestamptz '2025-11-20 08:30+09' + nth * interval '90 minutes' AS at) times;
INSERT INTO reservation (id, room_id, from_at, until_at, reservee_id, user_class, party, purpose, state, version,
                         made_by, made_at)
SELECT id, 'r' || room, at, until, 'u' || room, 'all', 12, '定期の練習', state, 1, 'self', at FROM made;
INSERT INTO fee_quote (reservation_id, reservation_version, table_id, table_version, purpose, options, total_yen,
                       deposit_yen, priced_by, priced_at)
SELECT id, 1, 't', 1, 'general', '{{}}', 1200, 0, 'self', at FROM made;
INSERT INTO taking (id, facility_id, reservation_id, kind, of_kind, method, yen, taken_at, taken_by, counted_on,
                    fiscal_year, series, number, provider, reference, payer, reason, rule_id)
SELECT 'p' || n, 'f', id, 'fee', 'fee', 'cash', 1200, at, 'x', date '2025-11-20', 2025, 'x', n + 1, '', '', '', '', ''
FROM made WHERE nth < 7;
INSERT INTO lock_group (id, name, name_en) VALUES ('g', 'x', 'x');
INSERT INTO cabinet (id, name, name_en, site_place, kind) VALUES ('box', '鍵箱', 'Box', '', 'drawer');
INSERT INTO key (id, name, name_en, lock_group_id, master_level, two_person, deposit_yen, early_minutes, due_kind,
                 due_minutes)
SELECT 'k' || n, '第' || n || '会議室', 'Meeting room ' || n, 'g', 0, false, 0, 120, 'end_of_reservation', 30
FROM generate_series(0, {rooms} - 1) n;
INSERT INTO key_copy (id, key_id, stamped, duplicate, maker, home_cabinet_id)
SELECT 'c' || n, 'k' || n, 'M-' || n, 0, '', 'box' FROM generate_series(0, {rooms} - 1) n;
INSERT INTO key_entitlement (id, source, source_id, taker_kind, taker_id, target_kind, target_id, from_at, until_at,
                             due_kind, due_minutes, used_from, used_until, given_by, given_at, ended_by, ended_reason)
SELECT 'e' || n, 'reservation', id, 'reservee', 'u' || room, 'key', 'k' || room, at - interval '2 hours', until,
       'end_of_reservation', 30, at, until, 'x', at, '', '' FROM made;
INSERT INTO key_deed (id, act, hand, done_by, second_by, done_at, holder_kind, holder_id, due_at, loan_id,
                      entitlement_id, deposit_yen, reason)
SELECT 'l' || n, 'issue', 'desk', 'x', '', at, 'reservee', 'u' || room, until + interval '30 minutes', 'l' || n,
       'e' || n, 0, '' FROM made WHERE nth < 6;
INSERT INTO key_deed_copy (deed_id, copy_id, version, to_state)
SELECT 'l' || n, 'c' || room, nth + 1, 'out' FROM made WHERE nth < 6;
INSERT INTO key_custody (copy_id, state, version, since_at, seen_at, holder_kind, holder_id, loan_id, entitlement_id,
                         due_at, damaged)
SELECT 'c' || room, 'out', 6, at, at, 'reservee', 'u' || room, 'l' || n, 'e' || n,
       until + CASE WHEN room % 10 = 0 THEN interval '-1 hour' ELSE interval '30 minutes' END, false
FROM made WHERE nth = 5;
ANALYZE;
"""


def run() -> dict[str, Any]:
    """Give kilobytes and processor milliseconds of the page and of the part that renews itself, with the ratio."""
    with tempfile.TemporaryDirectory(prefix="sekisho-desk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder)
        server.start()
        try:
            server.execute("CREATE DATABASE city")
            migrate(server.url("city"))
            with psycopg.connect(server.dsn("city"), autocommit=True) as connection:
                connection.execute(_MAKE.format(rooms=ROOMS, a_day=A_DAY).encode())
            figures = {"bookings": ROOMS * A_DAY, "out": ROOMS} | _measure(server.url("city"), folder)
        finally:
            server.stop()
    show("the desk's day of 800 bookings, ms", figures)
    return figures


def _measure(url: str, folder: Path) -> dict[str, Any]:
    city = make_city(url, folder)
    client, tokens = make_client(create_pages(city.context)), draw_session_tokens()
    with city.store.transaction(NOW) as tx:
        if not sign_in(tx, Attempt("ueda", PASSWORD_HASH, right=True), tokens):
            raise AssertionError("nobody is signed in")
    set_cookie(client, tokens.cookie)
    figures: dict[str, Any] = {"baseline_cpu_ms": _spread(lambda: _bare(city.store))}
    for name, path in (("page", "/desk"), ("part", "/desk/part")):
        text = client.get(path).text
        if "青木合唱団99" not in text:
            raise AssertionError(f"{path} does not show the day that was made")
        figures[f"{name}_kilobytes"] = len(text.encode()) // 1000
        figures[f"{name}_cpu_ms"] = _spread(lambda path=path: client.get(path))  # type: ignore[misc]
    return figures | {"page_ratio": ratio(figures, "page_cpu_ms", "baseline_cpu_ms", "p50")}


def _bare(store: Store) -> None:
    begins_at, ends_at = instant(TODAY, 0), instant(TODAY + timedelta(days=1), 0)
    with store.reading(NOW) as tx:
        bookings = list_desk_bookings(tx, {"f"}, begins_at, ends_at, states=set(ReservationState))
        list_booked_keys(tx, [each.id for each in bookings])


def _spread(call: Callable[[], object]) -> dict[str, float]:
    call()
    taken = sorted(time_each([call] * TIMES, time.process_time))
    at = {"least": taken[0], "p50": taken[len(taken) // 2], "p95": taken[int(len(taken) * 0.95)]}
    return {name: round(seconds * MILLISECONDS, 1) for name, seconds in at.items()}

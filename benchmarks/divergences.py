"""HR's queue of divergent days for 10,000 staff on PostgreSQL: what a page of it takes, beside a bare sum.

The database itself makes the rows: every person diverges on three days of the month, half of the days are explained at
some stage, a tenth settled, among 300,000 other applications of a year. ``page`` is the whole answer to a browser
(session, queue, the first day counted afresh, template) without the network. The baseline is the bare sum of the same
rows by person and day, without names, explanations or order, asked in the same run.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from benchmarks.spread import MILLISECONDS, ratio, spread
from gateway.operations.identity import sign_in as operation
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.pages.app import create_pages
from store.closing_tables import divergent_day
from store.divergence_queue import Stage, list_queue
from store.migrate import migrate
from tests.pages.city import PASSWORD_HASH, City, make_city
from tests.servers import PostgresServer

PEOPLE = 10_000
DEPARTMENTS = 400
OTHERS = 300_000
PERIOD = "2025-11"
TIMES = 100
ORIGIN = "http://127.0.0.1:8080"

_MAKE = """
INSERT INTO department (id, name) SELECT 'd' || n, '第' || n || '課' FROM generate_series(0, {departments} - 1) n;
INSERT INTO person (id, name, kana, department_id, employment, is_manager)
SELECT 'p' || n, '萩 ' || n, 'ハギ', 'd' || n % {departments}, 'full_time', false
FROM generate_series(0, {people} - 1) n;
INSERT INTO divergent_day (person_id, subject, period, day_on, kind, minutes)
SELECT 'p' || n, made.on || '/unordered_stay/1035-' || 1035 + m, '2025-11', made.on, 'unordered_stay', m
FROM generate_series(0, {people} - 1) n, generate_series(0, 2) k,
     LATERAL (SELECT date '2025-11-04' + (n + 5 * k) % 25 AS on, 16 + (n * 7 + k * 31) % 180 AS m) made;
INSERT INTO month_look (person_id, period, looked_at, days, unrecorded)
SELECT 'p' || n, '2025-11', timestamptz '2025-11-20 05:10+09', 3, 0 FROM generate_series(0, {people} - 1) n;
INSERT INTO application (id, kind, person_id, applicant_id, department_id, route, subject, content, content_hash,
                         from_on, until_on, state, step, waits_for, deeds, filed_at, changed_at)
SELECT 'a' || row_number() OVER (), 'divergence', person_id, person_id, 'd0', 'head hr', subject,
       convert_to(format('{{"explanation":"private","from_minute":1035,"kind":"unordered_stay","on":"%s",'
                         '"reason":"電車を待った","to_minute":%s}}', day_on, 1035 + minutes), 'UTF8'),
       '', day_on, day_on, (ARRAY['approved', 'submitted', 'submitted', 'submitted', 'returned'])[1 + h % 5], 1,
       (ARRAY[NULL, 'head', 'hr', 'hr', NULL])[1 + h % 5], 0, day_on, day_on
FROM (SELECT *, abs(hashtext(person_id || subject)) AS h FROM divergent_day) AS one WHERE h % 2 = 0;
INSERT INTO application (id, kind, person_id, applicant_id, department_id, route, subject, content, content_hash,
                         from_on, until_on, state, step, waits_for, deeds, filed_at, changed_at)
SELECT 'o' || n, (ARRAY['leave', 'overtime', 'punch', 'divergence'])[1 + n % 4], who, who, 'd0', 'head', 'x' || n,
       '', '', made.on, made.on, 'approved', 1, NULL, 0, made.on, made.on
FROM generate_series(1, {others}) n,
     LATERAL (SELECT 'p' || n % {people} AS who, date '2024-11-01' + n % 360 AS on) made;
ANALYZE;
"""


def run() -> dict[str, Any]:
    """Make the city, ask, and give each question's spread in milliseconds with the ratio to the bare sum."""
    with tempfile.TemporaryDirectory(prefix="sekisho-queue-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        server = PostgresServer(folder / "postgres")
        server.start()
        try:
            server.execute("CREATE DATABASE city")
            migrate(server.url("city"))
            city = make_city(server.url("city"), folder)
            with psycopg.connect(server.dsn("city"), autocommit=True) as connection:
                sizes = {"departments": DEPARTMENTS, "people": PEOPLE, "others": OTHERS}
                connection.execute(_MAKE.format(**sizes).encode())
            figures = _ask(city)
            city.store.close()
        finally:
            server.stop()
    return {"people": PEOPLE, "divergent_days": PEOPLE * 3, **figures}


def _ask(city: City) -> dict[str, Any]:
    desk = _sign_in(city)
    asked: dict[str, Callable[[int], object]] = {
        "baseline": lambda _: _add_up(city),
        "queue": lambda _: _list(city),
        "waiting_for_hr": lambda _: _list(city, stage=Stage.hr),
        "one_department": lambda number: _list(city, departments={f"d{number}"}),
        "a_later_page": lambda number: _list(city, offset=50 * number),
        "page": lambda number: desk.get(f"/attendance/divergences?period={PERIOD}&turn=all&offset={number}"),
        "page_for_hr": lambda _: desk.get("/attendance/divergences"),
    }
    figures: dict[str, Any] = {}
    for name, call in asked.items():
        figures[f"{name}_ms"] = spread(_time(call), MILLISECONDS, 2)
    for name in asked.keys() - {"baseline"}:
        figures[f"{name}_ratio"] = ratio(figures, f"{name}_ms", "baseline_ms", "p50")
    return figures


def _time(call: Callable[[int], object]) -> list[float]:
    taken = []
    for number in range(TIMES):
        begun = time.perf_counter()
        call(number)
        taken.append(time.perf_counter() - begun)
    return taken


def _add_up(city: City) -> None:
    days = divergent_day.c.person_id, divergent_day.c.day_on
    each = select(func.sum(divergent_day.c.minutes).label("minutes")).group_by(*days).subquery()
    with city.store.reading(city.clock()) as tx:
        tx.connection.execute(select(func.max(each.c.minutes))).scalar_one()


def _list(city: City, **wanted: Any) -> None:
    with city.store.reading(city.clock()) as tx:
        list_queue(tx, PERIOD, **wanted)


def _sign_in(city: City) -> TestClient:
    client, tokens = TestClient(create_pages(city.context), base_url=ORIGIN), draw_session_tokens()
    with city.store.transaction(city.clock()) as tx:
        operation.sign_in(tx, operation.Attempt("eguchi", PASSWORD_HASH, right=True), tokens)
    client.cookies.set("sekisho", tokens.cookie, domain="127.0.0.1")
    answer = client.get(f"/attendance/divergences?period={PERIOD}&turn=all")
    if answer.status_code != 200:
        raise RuntimeError(f"the queue answered {answer.status_code}")
    return client

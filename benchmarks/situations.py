"""What is known for the network tiers: read for a whole city, for one person, after one tap, and looked at.

700 and 10,000 people, each with a clearance, two trainings, a terminal and a place; one in fifty on leave or ordered to
stay. Times are processor time, of one thread; on PostgreSQL what the server does comes on top. The baseline of a
reading is the same people's ids alone.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.spread import MICROSECONDS, MILLISECONDS, ratio, spread, time_each
from domain.civil import instant
from domain.zones.tier import Method
from domain.zones.training import Attendance, Training
from gateway.settings import AttendanceSettings
from gateway.site.description import load_site
from gateway.zones.question import Question
from gateway.zones.situations import Situations
from store.last_seen import save_seen
from store.leave_tables import leave_taken
from store.migrate import migrate
from store.orders import OvertimeOrder, insert_order
from store.people import Department, Person, upsert_departments, upsert_persons
from store.presence import Presence, save_presences
from store.terminals import KeptTerminal, save_terminals
from store.tier_clearances import Clearance, insert_clearance
from store.tier_people import list_tier_people
from store.trainings import save_attendances, save_trainings
from store.tx import Store, Tx
from tests.servers import PostgresServer

SITE_FILE = Path(__file__).parents[1] / "firmware_configs/sites/demo/site.yaml"
TODAY = date(2026, 11, 20)
NOW = instant(TODAY, 10 * 60).astimezone(UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CITIES = (700, 10_000)
TIMES = 5
TAPS = 200
LOOKS = 20_000
RARE = 50
"""One in so many is on leave, one ordered to stay."""


def furnish(tx: Tx, people: int) -> None:
    """Put a city in."""
    ids = [f"s{number:05}" for number in range(people)]
    upsert_departments(tx, [Department("d", "課")])
    upsert_persons(tx, [Person(each, "職員", "しょくいん", "d", joined_on=date(2020, 4, 1)) for each in ids])
    trainings = [Training("security", "研修", "Training", 12), Training("drill", "訓練", "Drill", 12)]
    save_trainings(tx, trainings)
    done = [Attendance(each, training.id, date(2026, 5, 1)) for each in ids for training in trainings]
    save_attendances(tx, done, by="j")
    save_terminals(
        tx,
        [
            KeptTerminal(f"t-{each}", "端末", "lgwan", "desk", NOW - DAY, certificate_until=NOW + DAY, kept_by=each)
            for each in ids
        ],
    )
    here = [Presence(each, "office", "staff_in", NOW - HOUR + timedelta(seconds=n)) for n, each in enumerate(ids)]
    save_presences(tx, here)
    save_seen(tx, here)
    for number, each in enumerate(ids):
        given = Clearance(f"c-{each}", each, "lgwan", date(2026, 4, 1), None, "", "a", "b", NOW - DAY)
        insert_clearance(tx, given)
        if number % RARE == 0:
            _leave(tx, each)
        if number % RARE == 1:
            hours = instant(TODAY, 17 * 60 + 15), instant(TODAY, 20 * 60)
            insert_order(tx, OvertimeOrder(f"o-{each}", each, *hours, "決算", "head", NOW))


def _leave(tx: Tx, person_id: str) -> None:
    row = {"id": f"l-{person_id}", "person_id": person_id, "kind": "annual", "day_on": TODAY, "minutes": 60}
    tx.connection.execute(leave_taken.insert().values(**row, starts_minute=900, ends_minute=960))


@contextmanager
def counting() -> Iterator[list[str]]:
    """Count the statements that go to the database."""
    told: list[str] = []

    def note(*arguments: Any) -> None:
        told.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def measure(store: Store, people: int) -> dict[str, Any]:
    """Measure one city in one database."""
    site = load_site(SITE_FILE)
    with store.transaction(NOW - DAY) as tx:
        furnish(tx, people)
    situations = Situations(lambda: site, AttendanceSettings().read_profiles().rules)
    ids = [f"s{number:05}" for number in range(people)]

    def everything() -> None:
        with store.reading(NOW) as tx:
            situations.renew(tx)

    def people_alone() -> None:
        with store.reading(NOW) as tx:
            list_tier_people(tx, None)

    def one(number: int) -> None:
        with store.reading(NOW) as tx:
            situations.renew_persons(tx, [ids[number * 7 % people]])

    def tap(number: int) -> None:
        with store.reading(NOW) as tx:
            situations.renew_places(tx, [ids[number * 7 % people]])

    def look(number: int) -> object:
        question = Question("switch", Method.eap_tls, terminal_id=f"t-{ids[number * 7 % people]}")
        return situations.look(question, NOW)

    everything()
    figures: dict[str, Any] = {}
    figures["everything_cpu_ms"] = spread(_cpu(everything, TIMES), MILLISECONDS)
    figures["people_alone_cpu_ms"] = spread(_cpu(people_alone, TIMES), MILLISECONDS)
    figures["one_person_ms"] = spread(time_each([lambda n=n: one(n) for n in range(TAPS)]), MILLISECONDS, 2)  # type: ignore[misc]
    figures["one_tap_ms"] = spread(time_each([lambda n=n: tap(n) for n in range(TAPS)]), MILLISECONDS, 2)  # type: ignore[misc]
    figures["look_us"] = spread(time_each([lambda n=n: look(n) for n in range(LOOKS)]), MICROSECONDS)  # type: ignore[misc]
    for name, call in (("everything", everything), ("one_person", lambda: one(1)), ("one_tap", lambda: tap(1))):
        with counting() as told:
            call()
        figures[f"{name}_statements"] = len(told)
    figures["everything_over_people_alone"] = ratio(figures, "everything_cpu_ms", "people_alone_cpu_ms", "p50")
    return figures


def _cpu(call: Any, times: int) -> list[float]:
    return time_each([call] * times, time.thread_time)


def run() -> dict[str, Any]:
    """Measure."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sekisho-situations-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            for people in CITIES:
                server.execute(f"CREATE DATABASE city_{people}")
                for url in (f"sqlite:///{folder}/{people}.db", server.url(f"city_{people}")):
                    migrate(url)
                    store = Store(url)
                    figures[f"{url.partition(':')[0].partition('+')[0]}_{people}"] = measure(store, people)
                    store.close()
        finally:
            server.stop()
    return figures

"""A month's facts from both databases: the seed cells, disputed journals, evidence, many persons at once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from domain.attendance.divergence import DivergenceKind
from domain.attendance.month import PersonMonth, derive_month
from domain.civil import instant, parse_clock
from store.calendar import CalendarDay, save_year
from store.months import UnknownPersonError, load_month_facts, load_months_facts
from store.orders import OvertimeOrder, insert_order
from store.tables import department, device, fork, person, punch, record
from store.tx import Store, Tx
from tests.profiles import HAGI

DECEMBER = datetime(2025, 12, 20, tzinfo=UTC)
SEED = (
    (10, "08:30", "17:15"),
    (11, "08:25", "17:45"),
    (13, "08:20", "20:30"),
    (17, "08:24", "20:00"),
)


def at(day: int, clock: str) -> datetime:
    return instant(date(2025, 11, day), parse_clock(clock))


def put_people(tx: Tx, *ids: str) -> None:
    tx.connection.execute(insert(department).values(id="general", name="総務課", head_id=None))
    for each in ids:
        tx.connection.execute(
            insert(person).values(
                id=each,
                name="萩 太郎",
                kana="ハギ タロウ",
                department_id="general",
                employment="full_time",
                is_manager=False,
            )
        )
    tx.connection.execute(insert(device).values(id="west-1", public_key="", state="active", enrolled_at=tx.now))


def put_tap(tx: Tx, seq: int, person_id: str, when: datetime, direction: str | None, *, granted: bool = True) -> None:
    key = {"device_id": "west-1", "epoch": 1, "seq": seq}
    tx.connection.execute(
        insert(record).values(
            **key,
            kind="tap.observed",
            occurred_at=when,
            received_at=when,
            live=True,
            person_id=person_id,
            granted=granted,
            hash=b"",
            body=b"",
        )
    )
    if direction is not None:
        values = {"person_id": person_id, "punched_at": when, "direction": direction, "access_point_id": "west_in"}
        tx.connection.execute(insert(punch).values(**key, **values))


def put_seed(tx: Tx, person_id: str, first_seq: int = 1) -> None:
    seq = first_seq
    for day, came, left in SEED:
        for clock, direction in ((came, "in"), (left, "out")):
            put_tap(tx, seq, person_id, at(day, clock), direction)
            seq += 1
    for day, until in ((13, "20:30"), (17, "20:00")):
        insert_order(
            tx,
            OvertimeOrder(f"{person_id}-{day}", person_id, at(day, "17:15"), at(day, until), "決算", "head", tx.now),
        )


def month(store: Store, now: datetime = DECEMBER, person_id: str = "p1") -> PersonMonth:
    with store.reading(now) as tx:
        return derive_month(load_month_facts(tx, person_id, "2025-11", HAGI))


def test_the_seed_cells_come_out_of_the_database(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_seed(tx, "p1")
    derived = month(store)
    shown = {day.on.day: day.overtime_shown for day in derived.days if day.has_facts}
    assert shown == {10: "0.00", 11: "0.00", 13: "3.15", 17: "2.45"}
    assert derived.overtime_shown == "6.00"
    assert [(item.kind, item.minutes) for item in derived.days[10].divergences] == [(DivergenceKind.unordered_stay, 30)]


def test_a_disputed_journal_does_not_count_from_the_fork_on(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_seed(tx, "p1")
        disputed = {"device_id": "west-1", "epoch": 1, "from_seq": 7, "detected_at": tx.now, "payload": b"other"}
        tx.connection.execute(insert(fork).values(**disputed))
    derived = month(store)
    assert derived.overtime_shown == "3.15"
    assert derived.days[16].in_minute is None


def test_interior_doors_are_evidence_and_refused_taps_are_not(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_tap(tx, 1, "p1", at(12, "08:20"), "in")
        put_tap(tx, 2, "p1", at(12, "16:50"), None)
        put_tap(tx, 3, "p1", at(12, "18:00"), None, granted=False)
    day = month(store).days[11]
    assert [(item.direction, item.candidate_minute) for item in day.missing] == [("out", 16 * 60 + 50)]


def test_a_day_that_goes_on_is_open_and_misses_nothing(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_tap(tx, 1, "p1", at(12, "08:20"), "in")
    noon = month(store, at(12, "12:00")).days[11]
    assert (noon.open, noon.in_minute, noon.missing, noon.divergences) == (True, 500, (), ())
    assert [item.direction for item in month(store, at(13, "05:00")).days[11].missing] == ["out"]


def test_holidays_come_from_the_calendar(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        assert save_year(tx, 2025, [CalendarDay(date(2025, 11, 3), "文化の日")])
        assert not save_year(tx, 2025, [CalendarDay(date(2025, 11, 3), "文化の日")])
    assert [day.on.day for day in month(store).days if day.kind == "holiday"] == [3]


def test_many_persons_at_once_are_each_as_alone(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2", "p3")
        put_seed(tx, "p1")
        put_seed(tx, "p2", first_seq=100)
    with store.reading(DECEMBER) as tx:
        together = load_months_facts(tx, None, "2025-11", HAGI)
        alone = {each: load_month_facts(tx, each, "2025-11", HAGI) for each in ("p1", "p2", "p3")}
        few = load_months_facts(tx, ("p2", "nobody"), "2025-11", HAGI)
    assert together == alone
    assert few == {"p2": alone["p2"]}


def test_an_unknown_person_and_an_impossible_month_are_named(store: Store) -> None:
    with store.reading(DECEMBER) as tx:
        with pytest.raises(UnknownPersonError, match="nobody"):
            load_month_facts(tx, "nobody", "2025-11", HAGI)
        with pytest.raises(ValueError, match="2025-13"):
            load_months_facts(tx, None, "2025-13", HAGI)

"""The city on a database: everybody put in, the clock, the readers, and acts each in a transaction of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from sqlalchemy import insert

from contract.leave_kind_file import shipped_leave_rules
from domain.access.watermark import Watermark
from domain.attendance.leave_grants import LeaveTerms
from domain.civil import instant
from domain.ids import DeviceId
from gateway.operations.attendance.apply_request import Asked
from gateway.operations.attendance.join_pattern import join_pattern
from gateway.operations.attendance.keep_pattern import keep_pattern
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.requests.rules import Rules
from store.leaves import save_terms
from store.people import Department, Person, upsert_departments, upsert_persons
from store.rosters import PatternMember
from store.shifts import ShiftPattern
from store.tables import account, device
from store.tx import Store, Tx
from store.watermarks import HeldJournal, save_journals
from sync.jobs.fill_calendar import fill_calendar
from tests.city_years.staff import HOURS, PATTERNS, Staff, Worker
from tests.profiles import HAGI

RULES = Rules(HAGI, shipped_leave_rules().kinds)
MONDAY = date(2024, 1, 1)
T = TypeVar("T")


@dataclass
class City:
    """A city that lives; ``now`` moves a second with every act."""

    store: Store
    staff: Staff
    random: Random
    now: datetime
    heard: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    doubtful: dict[tuple[str, int], list[tuple[str, int, int]]] = field(default_factory=dict)
    worked_holidays: dict[str, list[date]] = field(default_factory=dict)
    serial: int = 0

    def clock(self) -> datetime:
        """Give the time, a second later than it was."""
        self.now += timedelta(seconds=1)
        return self.now

    @contextmanager
    def act(self) -> Iterator[Tx]:
        """Open a transaction of now."""
        with self.store.transaction(self.clock()) as tx:
            yield tx

    def look(self, read: Callable[[Tx], T]) -> T:
        """Read as of now."""
        with self.store.reading(self.now) as tx:
            return read(tx)

    def count(self, what: str, by: int = 1) -> None:
        """Count what happened, for the figures."""
        self.counts[what] = self.counts.get(what, 0) + by

    def happens(self, chance: float) -> bool:
        """Draw whether something of a chance happens."""
        return self.random.random() < chance

    def go_to(self, on: date, clock: int) -> None:
        """Let it be a clock minute of a day; time never goes back."""
        self.now = max(self.now, instant(on, clock))

    def hear(self, reader: str, until: datetime) -> None:
        """Let a box be complete through an instant."""
        with self.act() as tx:
            journal = HeldJournal(Watermark(self.heard.get(reader, 0), b""), until)
            save_journals(tx, {(DeviceId(reader), 1): journal})


def found_city(store: Store, staff: Staff, random: Random, first_on: date) -> City:
    """Put everybody in as of the morning before a day."""
    city = City(store, staff, random, instant(first_on - timedelta(days=1), 9 * 60))
    with city.act() as tx:
        fill_calendar(tx, first_on)
        upsert_departments(tx, [Department(each.id, each.name) for each in staff.offices.values()])
        upsert_persons(tx, [person_of(each) for each in staff.workers.values()])
        upsert_departments(
            tx, [Department(each.id, each.name, each.head_id, each.parent_id) for each in staff.offices.values()]
        )
        logins = [{"login": each, "person_id": each, "password_hash": "", "roles": "employee hr"} for each in staff.hr]
        tx.connection.execute(insert(account), logins)
        boxes = [{"id": each, "public_key": "", "state": "active", "enrolled_at": tx.now} for each in staff.readers]
        tx.connection.execute(insert(device), boxes)
        part_time = [each.id for each in staff.workers.values() if each.employment == "part_time"]
        terms = LeaveTerms("part_time", first_on.replace(year=first_on.year - 2), 5, 345)
        save_terms(tx, first_on, dict.fromkeys(part_time, terms))
    with city.act() as tx:
        for code, (name, hours) in HOURS.items():
            keep_shift_kind(tx, ShiftKindForm(code, name, hours), profile=HAGI)
        for name, (codes, on_holidays) in PATTERNS.items():
            keep_pattern(tx, ShiftPattern(name, name, tuple(codes.split()), MONDAY, on_holidays), profile=HAGI)
    with city.act() as tx:
        for each in staff.workers.values():
            if each.pattern is not None:
                join_pattern(tx, PatternMember(each.id, each.pattern, each.offset, first_on), by="chief", profile=HAGI)
    return city


def person_of(worker: Worker) -> Person:
    """Give a worker as HR's master holds one; names are all alike."""
    return Person(
        worker.id,
        "萩 太郎",
        "ハギ タロウ",
        worker.department_id,
        worker.employment,
        is_manager=worker.is_manager,
        joined_on=worker.joined_on,
        left_on=worker.left_on,
    )

"""A department with a head and two of HR, its taps in November 2025, and short ways to bring a month to its end."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from domain.access.watermark import Watermark
from domain.attendance.adjustment import Cause
from domain.attendance.closing import MonthStanding
from domain.attendance.month_fault import MonthFault
from domain.civil import civil_minute, instant, parse_clock
from domain.ids import DeviceId
from domain.workflow.route import Organisation, Unit
from gateway.months.checking import check_people
from gateway.operations.attendance.close_month import ClosedPart, Closing, close_departments
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, confirm_own_month
from gateway.operations.attendance.find_adjustments import Recounted, find_adjustments
from store.changed_days import ChangedDay, mark_changed
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tables import device
from store.tx import Store
from store.watermarks import HeldJournal, save_journals
from tests.profiles import HAGI
from tests.rest_days import plan_duty_only
from tests.store.test_months import put_tap

PERIOD = "2025-11"
DECEMBER = datetime(2025, 12, 3, 1, tzinfo=UTC)
BOX = "west-1"
ORGANISATION = Organisation(
    {"general": Unit("general", head_id="head"), "tax": Unit("tax", head_id="taxhead")}, hr=frozenset({"hr1", "hr2"})
)


@dataclass
class CityHall:
    """People p1, p2 … of the general department; time goes on by a minute with every act."""

    store: Store
    now: datetime = DECEMBER
    _seq: list[int] = field(default_factory=lambda: [0])

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def clock(self) -> datetime:
        return self.later()

    def found(self, *people: str) -> "CityHall":
        with self.store.transaction(self.now) as tx:
            upsert_departments(tx, [Department("general", "総務課", "head"), Department("tax", "税務課", "taxhead")])
            upsert_persons(tx, [Person(each, "萩 太郎", "ハギ タロウ", "general") for each in people])
            tx.connection.execute(device.insert().values(id=BOX, public_key="", state="active", enrolled_at=tx.now))
        self.hear(DECEMBER)
        return self

    def hear(self, until: datetime) -> None:
        """The box is complete through that instant."""
        with self.store.transaction(self.later()) as tx:
            save_journals(tx, {(DeviceId(BOX), 1): HeldJournal(Watermark(1, b""), until)})

    def tap(self, person_id: str, day: int, clock: str, direction: str | None, *, late: bool = False) -> None:
        self._seq[0] += 1
        at = instant(date(2025, 11, day), parse_clock(clock))
        with self.store.transaction(self.later()) as tx:
            put_tap(tx, self._seq[0], person_id, at, direction)
            if late:
                mark_changed(tx, [ChangedDay(person_id, civil_minute(at)[0], Cause.late_tap)])

    def day(self, person_id: str, day: int, came: str = "08:25", left: str = "17:20") -> None:
        self.tap(person_id, day, came, "in")
        self.tap(person_id, day, left, "out")

    def on_duty_only(self, days: Collection[int], *people: str) -> None:
        """Of these people's November only these days are days of duty."""
        with self.store.transaction(self.later()) as tx:
            plan_duty_only(tx, days, people)

    def hash_of(self, person_id: str) -> str:
        with self.store.reading(self.now) as tx:
            return next(check_people(tx, [person_id], PERIOD, HAGI)).check.content_hash

    def standing(self, person_id: str) -> MonthStanding:
        with self.store.reading(self.now) as tx:
            return next(check_people(tx, [person_id], PERIOD, HAGI)).check.standing

    def blockers(self, person_id: str) -> list[str]:
        with self.store.reading(self.now) as tx:
            return [each.kind.value for each in next(check_people(tx, [person_id], PERIOD, HAGI)).check.blockers]

    def confirm(self, person_id: str) -> None:
        seen = self.hash_of(person_id)
        with self.store.transaction(self.later()) as tx:
            confirm_own_month(tx, person_id, PERIOD, HAGI, by=person_id, seen_hash=seen)

    def confirm_as_head(self, *people: str, by: str = "head", reason: str = "") -> Mapping[str, tuple[MonthFault, ...]]:
        months = [SeenMonth(each, self.hash_of(each), reason) for each in people]
        with self.store.transaction(self.later()) as tx:
            return confirm_months_as_head(tx, months, PERIOD, HAGI, by=by, organisation=ORGANISATION)

    def close(self, by: str = "hr1", without: frozenset[str] = frozenset(), reason: str = "") -> list[ClosedPart]:
        closing = Closing(PERIOD, HAGI, by, without, reason)
        return list(close_departments(self.store, self.clock, closing, organisation=ORGANISATION))

    def close_all(self, *people: str) -> None:
        for each in people:
            self.confirm(each)
        assert self.confirm_as_head(*people) == {}
        closed = {person_id for part in self.close() for person_id in part.closed}
        assert closed >= set(people)

    def recount(self) -> Recounted:
        with self.store.transaction(self.later()) as tx:
            return find_adjustments(tx, HAGI)

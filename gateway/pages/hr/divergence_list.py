"""The queue as one visitor looks at it: where in it that one is, the list, and the day that is open."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import HTTPException

from contract.request_content import RequestContentError
from domain.attendance.duty_clock import duty_today
from domain.civil import civil_minute
from gateway.months.looking import look_due_at
from gateway.pages.access.rights import Right
from gateway.pages.drawing.months import if_begun, month_of, shift_month
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.divergence_view import DivergentDay, Looking, load_divergent_day
from store.deciders import load_organisation
from store.divergence_queue import Queue, QueuedDay, Stage, list_queue
from store.divergent_days import LookedThrough, count_looks, forget_looks
from store.months import UnknownPersonError
from store.tx import Tx

PAGE_LENGTH = 50
EVERYBODY = "all"
"""In place of a stage: whoever's turn it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue somebody is: the month, whose turn is shown (``all`` is everybody's), the page, the day."""

    period: str
    turn: str
    offset: int = 0
    person_id: str = ""
    on: date | None = None

    def path(self, day: QueuedDay | None = None) -> str:
        """Give the address of a day of this list; without one, of the list itself."""
        asked: dict[str, object] = {"period": self.period, "turn": self.turn}
        if self.offset:
            asked["offset"] = self.offset
        if day is not None:
            asked |= {"person": day.person_id, "on": day.on.isoformat()}
        return f"/attendance/divergences?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the page draws."""

    place: Place
    queue: Queue
    looked: LookedThrough
    chosen: QueuedDay | None
    opened: DivergentDay | None
    before_period: str
    after_period: str

    @property
    def listed(self) -> int:
        """Count the days of this turn on all pages."""
        counts = self.queue.counts
        return self.queue.total if self.place.turn == EVERYBODY else counts.get(Stage(self.place.turn), 0)

    @property
    def before(self) -> QueuedDay | None:
        """Give the day before the one that is open."""
        return self._beside(-1)

    @property
    def after(self) -> QueuedDay | None:
        """Give the day that opens next."""
        return self._beside(1)

    def _beside(self, step: int) -> QueuedDay | None:
        days = self.queue.days
        if self.chosen not in days:
            return days[0] if days and step > 0 else None
        at = days.index(self.chosen) + step
        return days[at] if 0 <= at < len(days) else None


def load_shown(visit: Visit, place: Place) -> Shown:
    """Give the list at a place of the queue, and its day counted afresh.

    Without a month it is the last one while days of it diverge, else this one; without a day it is the list's first.

    Raises:
        HTTPException: 404 for a day of somebody whose months the visitor may not see.
    """
    context = visit.pages.context
    profile = context.rules.profiles
    with context.store.reading(context.now()) as tx:
        place, queue = _load_queue(tx, visit, place)
        chosen = next((each for each in queue.days if (each.person_id, each.on) == (place.person_id, place.on)), None)
        if not place.person_id:
            chosen = next(iter(queue.days), None)
        opened = _open(tx, visit, place, chosen)
        looked = count_looks(tx, place.period, look_due_at(place.period, tx.now, profile))
        today = duty_today(tx.now, profile)
    if chosen is not None and not _is_as_listed(chosen, opened):
        with context.store.transaction(context.now()) as tx:  # the list did not know yet
            forget_looks(tx, place.period, [chosen.person_id])
    return Shown(place, queue, looked, chosen, opened, *_list_months(place.period, today))


def _load_queue(tx: Tx, visit: Visit, place: Place) -> tuple[Place, Queue]:
    departments = None if visit.may(Right.all_months) else visit.signed_in.heads
    today = duty_today(tx.now, visit.pages.context.rules.profiles)

    def ask(period: str, turn: str) -> Queue:
        stage = Stage(turn) if turn in set(Stage) else None
        return list_queue(tx, period, departments=departments, stage=stage, offset=place.offset, limit=PAGE_LENGTH)

    first = place.turn or (Stage.hr if visit.may(Right.keep_attendance) else EVERYBODY)
    period = place.period or shift_month(month_of(today), -1)
    queue = ask(period, first)
    if not place.period and not queue.total:
        period = month_of(today)
        queue = ask(period, first)
    if place.turn or first == EVERYBODY or queue.counts.get(Stage.hr):
        return Place(period, first, place.offset, place.person_id, place.on), queue
    return Place(period, EVERYBODY, place.offset, place.person_id, place.on), ask(period, EVERYBODY)


def _list_months(period: str, today: date) -> tuple[str, str]:
    """Give the month before and the one after, empty where that has not begun."""
    return shift_month(period, -1), if_begun(shift_month(period, 1), today)


def _open(tx: Tx, visit: Visit, place: Place, chosen: QueuedDay | None) -> DivergentDay | None:
    person_id, on = (chosen.person_id, chosen.on) if chosen is not None else (place.person_id, place.on)
    if not person_id or on is None:
        return None
    context = visit.pages.context
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    looking = Looking(visit.signed_in.person_id, context.profiles, organisation, context.site)
    try:
        opened = load_divergent_day(tx, person_id, on, looking)
    except (RequestContentError, UnknownPersonError):
        opened = None
    if opened is None and chosen is not None:  # it cannot be counted any more
        return None
    if opened is None or not _may_look(visit, opened.person.department_id):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return opened


def _is_as_listed(chosen: QueuedDay, opened: DivergentDay | None) -> bool:
    if opened is None:
        return False
    left = sum(each.divergence.minutes for each in opened.differing if not each.is_settled)
    return left == chosen.minutes and sorted(each.divergence.kind for each in opened.differing) == sorted(chosen.kinds)


def _may_look(visit: Visit, department_id: str) -> bool:
    return visit.may(Right.all_months) or department_id in visit.signed_in.heads

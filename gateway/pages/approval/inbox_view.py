"""What waits, as cards: what is asked beside stamps and doors of that day, and the month after it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import MonthFacts
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.leave_minutes import LeaveAmount, to_amount
from domain.attendance.person_day import PersonDay
from domain.attendance.requests import (
    DivergenceAnswer,
    ElsewhereRequest,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    WrongTapRequest,
)
from domain.attendance.spans import axis_minute, minute_from, total
from domain.workflow.states import Act
from gateway.pages.attendance.caps_view import CapView, view_caps
from gateway.pages.attendance.timeline import Timeline, draw_timeline
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.request_view import RequestView, tell_request
from gateway.requests.inbox import InboxEntry
from gateway.requests.outlook import LeaveOutlook, Outlook
from store.people import Person

_INSTANT = 4
"""Half the width, in minutes, of what stands for a single minute in the picture."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A day's stamps and doors inside in words; minutes from 00:00 of the day."""

    came: int | None
    left: int | None
    doors: int
    first_door: int | None
    last_door: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance before and after a leave; ``after`` is missing where more is asked for than is left."""

    before: LeaveAmount
    after: LeaveAmount | None


@dataclass(frozen=True, slots=True)
class Card:
    """One application that waits; ``asked`` and ``day`` are missing where its content or its month cannot be read.

    ``timeline`` shows the day as it is now with what is asked for; ``minutes`` is the length asked for, ``length`` that
    of a leave in days. ``caps`` are those that the month would have, the month's own fullest one first.
    """

    entry: InboxEntry
    outlook: Outlook
    asked: RequestView | None
    name: str
    department: str
    acting_for: str
    submitted_at: datetime
    minutes: int | None
    trace: Trace | None
    timeline: Timeline | None
    caps: tuple[CapView, ...]
    length: LeaveAmount | None
    balance: Balance | None

    @property
    def id(self) -> str:
        """Give the application's id."""
        return self.entry.filed.application.id

    @property
    def seen(self) -> int:
        """Give how many deeds there are: whoever decides says that these were seen."""
        return len(self.entry.filed.application.deeds)

    @property
    def content_hash(self) -> str:
        """Give the hash of what was submitted."""
        return self.entry.filed.application.content_hash


@dataclass(frozen=True, slots=True)
class Naming:
    """The words that a card takes: people and departments by id, kinds of leave, and the page's language."""

    people: Mapping[str, Person]
    departments: Mapping[str, str]
    leave_kinds: Mapping[str, LeaveKind]
    phrases: Phrases

    def name(self, person_id: str) -> str:
        """Give a person's name; one whom nobody knows goes by the id."""
        person = self.people.get(person_id)
        return person_id if person is None else person.name


def view_card(entry: InboxEntry, outlook: Outlook, naming: Naming, now: int) -> Card:
    """Put an application and its outlook together; ``now`` is the axis minute."""
    one = entry.filed.application
    request = outlook.request
    on = entry.filed.matter.from_on
    day = None if outlook.before is None else next((each for each in outlook.before.days if each.on == on), None)
    person = naming.people.get(one.person_id)
    return Card(
        entry=entry,
        outlook=outlook,
        asked=None if request is None else tell_request(request, naming.phrases, naming.leave_kinds),
        name=naming.name(one.person_id),
        department=naming.departments.get(one.department_id if person is None else person.department_id, ""),
        acting_for="" if entry.acting_for is None else naming.name(entry.acting_for),
        submitted_at=max((deed.at for deed in one.deeds if deed.act is Act.submit), default=entry.filed.filed_at),
        minutes=_count_minutes(request, outlook.leave),
        trace=None if day is None else _trace(day, outlook.facts),
        timeline=None if day is None else _draw(day, request, outlook.facts),
        caps=tuple(sorted(view_caps(outlook.caps, now), key=lambda cap: not cap.name.startswith("month_"))),
        length=None if outlook.leave is None else to_amount(outlook.leave.taken_minutes, outlook.leave.day_minutes),
        balance=_weigh(outlook.leave),
    )


def _count_minutes(request: Request | None, leave: LeaveOutlook | None) -> int | None:
    match request:
        case OvertimeRequest(starts_minute=starts, ends_minute=ends, breaks=breaks):
            return ends - starts - total(breaks)
        case ElsewhereRequest(starts_minute=starts, ends_minute=ends):
            return ends - starts
        case HoursOffRequest(starts_minute=starts, ends_minute=ends):
            return ends - starts
        case LeaveRequest() if leave is not None:
            return leave.taken_minutes
        case DivergenceAnswer(from_minute=int(starts), to_minute=int(ends)):
            return ends - starts
        case _:
            return None


def _trace(day: PersonDay, facts: MonthFacts) -> Trace:
    doors = sorted(minute for minute, interior in _punches(day.on, facts) if interior)
    return Trace(day.in_minute, day.out_minute, len(doors), doors[0] if doors else None, doors[-1] if doors else None)


def _draw(day: PersonDay, request: Request | None, facts: MonthFacts) -> Timeline | None:
    punches = tuple(_punches(day.on, facts))
    starts_on, ends_on = axis_minute(day.on), axis_minute(day.on, facts.profile.date_change_minutes + 1440)
    orders = [
        (minute_from(day.on, order.starts), minute_from(day.on, order.ends))
        for order in facts.orders
        if starts_on <= order.starts < ends_on
    ]
    return draw_timeline(
        day,
        [minute for minute, interior in punches if not interior],
        orders,
        asked=tuple(_spans(request)),
        inside=[minute for minute, interior in punches if interior],
    )


def _punches(on: date, facts: MonthFacts) -> Iterator[tuple[int, bool]]:
    for punch in facts.punches:
        if not punch.doubtful and duty_on(facts.rules, punch.minute) == on:
            yield minute_from(on, punch.minute), punch.interior


def _spans(request: Request | None) -> Iterator[tuple[int, int]]:
    match request:
        case OvertimeRequest() | ElsewhereRequest() | HoursOffRequest():
            yield request.starts_minute, request.ends_minute
        case LeaveRequest(starts_minute=int(starts), ends_minute=int(ends)):
            yield starts, ends
        case DivergenceAnswer(from_minute=int(starts), to_minute=int(ends)) if starts < ends:
            yield starts, ends
        case PunchRequest(minute=minute) | WrongTapRequest(minute=minute):
            yield minute - _INSTANT, minute + _INSTANT
        case _:
            return


def _weigh(leave: LeaveOutlook | None) -> Balance | None:
    if leave is None or leave.left_minutes is None:
        return None
    after = leave.left_minutes - leave.taken_minutes
    return Balance(
        to_amount(max(0, leave.left_minutes), leave.day_minutes),
        to_amount(after, leave.day_minutes) if after >= 0 else None,
    )

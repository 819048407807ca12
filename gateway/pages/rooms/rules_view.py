"""What is laid down about a room, in plain words: hours, closures, when one may book and cancel, how often. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import format_clock
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms, choose_terms
from domain.facilities.closures import LAST, ClosureKind, ClosureRule, OnHoliday
from domain.facilities.facility import Room, SlotKind
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota
from domain.facilities.rules import FacilityRules
from domain.facilities.validity import is_in_force
from gateway.pages.drawing.phrases import Phrases

SPECIAL_AHEAD = timedelta(days=366)
"""So far ahead special days are told."""

_EVERY_DAY = 7


@dataclass(frozen=True, slots=True)
class WindowTold:
    """When a class may book; ``desk`` is empty where the counter books no longer than anybody."""

    whom: str
    opens: str
    closes: str
    desk: str


@dataclass(frozen=True, slots=True)
class RulesTold:
    """A room's rules as lines."""

    hours: tuple[str, ...]
    closures: tuple[str, ...]
    special: tuple[str, ...]
    slots: tuple[tuple[SlotKind, str], ...]
    """Each with its weekdays."""
    sizes: tuple[str, ...]
    windows: tuple[WindowTold, ...]
    quotas: tuple[str, ...]
    terms: tuple[str, ...]


def tell_rules(
    rules: FacilityRules, room: Room, classes: Mapping[str, str], phrases: Phrases, today: date
) -> RulesTold:
    """Say what is laid down about a room; ``classes`` are the names of user classes by id."""
    here = {None, room.id}
    own = [each for each in rules.opening.openings if each.room_id == room.id and is_in_force(each, today)]
    house = [each for each in rules.opening.openings if each.room_id is None and is_in_force(each, today)]
    closures = [each for each in rules.opening.closures if each.room_id in here and is_in_force(each, today)]
    special = sorted(
        (
            each
            for each in rules.opening.special_days
            if each.room_id in here and today <= each.last_on and each.first_on <= today + SPECIAL_AHEAD
        ),
        key=lambda each: each.first_on,
    )
    terms = choose_terms(rules.terms, today)
    return RulesTold(
        hours=tuple(_tell_hours(each, phrases) for each in own or house),
        closures=tuple(_tell_closure(each, phrases) for each in closures),
        special=tuple(_tell_special(each, phrases, today) for each in special),
        slots=tuple(
            (slot, tell_weekdays(slot.weekdays, phrases))
            for slot in rules.slots_of(room.id)
            if slot.valid_until is None or slot.valid_until >= today
        ),
        sizes=tuple(_tell_sizes(room, phrases)) if not rules.slots_of(room.id) else tuple(_tell_buffers(room, phrases)),
        windows=tuple(_tell_window(each, classes, phrases) for each in _choose_windows(rules, room, today)),
        quotas=tuple(
            _tell_quota(each, classes, phrases)
            for each in rules.quotas
            if each.room_id in here and is_in_force(each, today)
        ),
        terms=tuple(_tell_terms(terms, phrases)) if terms is not None else (),
    )


def tell_weekdays(weekdays: Iterable[int], phrases: Phrases) -> str:
    """Write weekdays; all of them as every day."""
    days = sorted(weekdays)
    if len(days) == _EVERY_DAY:
        return phrases.say("rooms.every_day")
    return phrases.say("rooms.between").join(phrases.say(f"calendar.weekday_{day}") for day in days)


def tell_deadline(deadline: Deadline, phrases: Phrases) -> str:
    """Write until when something can be done before a use."""
    if deadline.days is None:
        hours, minutes = divmod(deadline.minutes, 60)
        if deadline.minutes == 0:
            return phrases.say("rooms.until_start")
        if minutes:
            return phrases.say("rooms.until_minutes", n=deadline.minutes)
        return phrases.say("rooms.until_hours", n=hours)
    clock = format_clock(deadline.minutes)
    if deadline.days == 0:
        return phrases.say("rooms.until_same_day", clock=clock)
    return phrases.say("rooms.until_days", n=deadline.days, clock=clock)


def _choose_windows(rules: FacilityRules, room: Room, today: date) -> list[BookingWindow]:
    """Give the windows that count for some class in a room: its own before those of the house."""
    chosen: dict[str | None, BookingWindow] = {}
    for each in rules.windows:
        if each.room_id in {None, room.id} and is_in_force(each, today):
            standing = chosen.get(each.user_class)
            if standing is None or standing.room_id is None:
                chosen[each.user_class] = each
    return list(chosen.values())


def _tell_hours(opening: Opening, phrases: Phrases) -> str:
    days, clock = tell_weekdays(opening.weekdays, phrases), _span(opening.from_minute, opening.to_minute)
    if not opening.months:
        return f"{days} {clock}"
    return f"{days} {clock}{phrases.say('rooms.of_months', months=_months(opening.months, phrases))}"


def _tell_closure(rule: ClosureRule, phrases: Phrases) -> str:
    days = tell_weekdays(rule.weekdays, phrases)
    match rule.kind:
        case ClosureKind.weekly:
            told = phrases.say("rooms.closed_weekly", days=days)
        case ClosureKind.monthly:
            nths = sorted(rule.nths - {LAST}) + ([LAST] if LAST in rule.nths else [])
            words = [
                phrases.say("rooms.closed_last") if nth == LAST else phrases.say("rooms.closed_nth", n=nth)
                for nth in nths
            ]
            told = phrases.say("rooms.closed_monthly", nths=phrases.say("rooms.between").join(words), days=days)
        case ClosureKind.national:
            told = phrases.say("rooms.closed_national")
        case ClosureKind.days_off:
            told = phrases.say("rooms.closed_days_off")
        case ClosureKind.yearly:
            first, last = rule.from_day or (1, 1), rule.to_day or (1, 1)
            told = phrases.say("rooms.closed_yearly", first=f"{first[0]}/{first[1]}", last=f"{last[0]}/{last[1]}")
    if rule.kind in {ClosureKind.weekly, ClosureKind.monthly} and rule.on_holiday is not OnHoliday.closed:
        moved = rule.on_holiday is OnHoliday.next_weekday
        told += phrases.say("rooms.holiday_moved") if moved else phrases.say("rooms.holiday_open")
    return f"{rule.name} {told}"


def _tell_special(days: SpecialDays, phrases: Phrases, today: date) -> str:
    on = phrases.day(days.first_on, today)
    if days.last_on != days.first_on:
        on += f"–{phrases.day(days.last_on, today)}"
    kind = phrases.say("rooms.special_closed" if days.kind is SpecialKind.closed else "rooms.special_opened")
    clock = f" {_span(*days.stretch)}" if days.stretch else ""
    return f"{on}{clock} {kind} {days.reason}"


def _tell_sizes(room: Room, phrases: Phrases) -> Iterable[str]:
    yield phrases.say("rooms.steps", n=room.step_minutes)
    yield phrases.say(
        "rooms.lengths", least=_length(room.minutes_min, phrases), most=_length(room.minutes_max, phrases)
    )
    yield from _tell_buffers(room, phrases)


def _tell_buffers(room: Room, phrases: Phrases) -> Iterable[str]:
    if room.before_minutes:
        yield phrases.say("rooms.before", n=room.before_minutes)
    if room.after_minutes:
        yield phrases.say("rooms.after", n=room.after_minutes)


def _tell_window(window: BookingWindow, classes: Mapping[str, str], phrases: Phrases) -> WindowTold:
    clock, before = format_clock(window.opens_minute), window.opens_before
    match window.opens_by:
        case OpensBy.month_day:
            opens = phrases.say("rooms.opens_month_day", n=before, day=window.opens_day, clock=clock)
        case OpensBy.same_day:
            opens = phrases.say("rooms.opens_same_day", n=before, clock=clock)
        case OpensBy.days:
            opens = phrases.say("rooms.opens_days", n=before, clock=clock)
    desk = tell_deadline(window.desk_closes, phrases) if window.desk_closes is not None else ""
    return WindowTold(_class(window.user_class, classes, phrases), opens, tell_deadline(window.closes, phrases), desk)


def _tell_quota(quota: Quota, classes: Mapping[str, str], phrases: Phrases) -> str:
    per = {
        Per.standing: "rooms.per_standing",
        Per.day: "rooms.per_day",
        Per.week: "rooms.per_week",
        Per.month: "rooms.per_month",
    }[quota.per]
    if quota.counts is Counts.minutes:
        amount = _length(quota.most, phrases)
    else:
        amount = phrases.say("rooms.quota_times", n=quota.most)
    key = "rooms.quota_house" if quota.room_id is None else "rooms.quota_room"
    whom = _class(quota.user_class, classes, phrases)
    return phrases.say(key, per=phrases.say(per), amount=amount, whom=whom)


def _tell_terms(terms: Terms, phrases: Phrases) -> Iterable[str]:
    yield phrases.say("rooms.terms_cancel", until=tell_deadline(terms.cancel, phrases))
    if terms.no_show_after_minutes is not None:
        yield phrases.say("rooms.terms_no_show", n=terms.no_show_after_minutes)
    if terms.no_shows_to_block:
        yield phrases.say(
            "rooms.terms_block", n=terms.no_shows_to_block, within=terms.no_show_days, days=terms.block_days
        )


def _class(user_class: str | None, classes: Mapping[str, str], phrases: Phrases) -> str:
    return phrases.say("rooms.everybody") if user_class is None else classes.get(user_class, user_class)


def _months(months: Iterable[int], phrases: Phrases) -> str:
    return phrases.say("rooms.between").join(phrases.say("rooms.month_short", n=each) for each in sorted(months))


def _length(minutes: int, phrases: Phrases) -> str:
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return phrases.say("length.minutes", n=minutes)
    return phrases.say("length.hours", n=hours)


def _span(start: int, end: int) -> str:
    return f"{format_clock(start)}–{format_clock(end)}"

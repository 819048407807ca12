"""What is laid down about a facility, said in plain words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import singledispatchmethod

from domain.civil import format_clock
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.closures import LAST, ClosureKind, ClosureRule, OnHoliday
from domain.facilities.entry import EntryRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.opening import Opening, SpecialDays
from domain.facilities.quotas import Counts, Quota
from gateway.bookings.rule_edits import Kept
from gateway.pages.drawing.phrases import Named, Phrases

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Told:
    """A rule in words: what it is, the rest of it part by part, and on which days it holds (empty: always)."""

    title: str
    parts: tuple[str, ...]
    in_force: str


class Teller:
    """Says rules in one language, naming rooms and classes; ``here`` is the room that is not named on its own page."""

    def __init__(
        self,
        phrases: Phrases,
        rooms: Iterable[Named],
        classes: Iterable[Named],
        *,
        today: date,
        here: str | None = None,
    ) -> None:
        self._p = phrases
        self._rooms = {each.id: "" if each.id == here else phrases.name_of(each) for each in rooms}
        self._classes = {each.id: phrases.name_of(each) for each in classes}
        self._today = today
        self._here = here

    def tell(self, kept: Kept) -> Told:
        """Say one thing."""
        title, *rest = self._list_parts(kept)
        return Told(title, tuple(part for part in rest if part), self.tell_force(kept))

    def tell_force(self, kept: Kept) -> str:
        """Say from when until when something holds; empty where that is always."""
        if isinstance(kept, SpecialDays):
            return ""
        retired_on: date | None = getattr(kept, "retired_on", None)
        if retired_on is not None:
            return self._say("retired", day=self._day(retired_on))
        first: date | None = getattr(kept, "valid_from", None)
        last: date | None = getattr(kept, "valid_until", None)
        begins = self._say("force_from", first=self._day(first)) if first else ""
        ends = self._say("force_until", last=self._day(last)) if last else ""
        return " ".join(part for part in (begins, ends) if part)

    def tell_weekdays(self, days: Iterable[int]) -> str:
        """Say weekdays: every day, or each in its order."""
        ordered = sorted(days)
        if len(ordered) == _WEEK:
            return self._say("every_day")
        return self._say("and").join(self._p.say(f"calendar.weekday_{day}") for day in ordered)

    def tell_deadline(self, deadline: Deadline) -> str:
        """Say a moment before a use."""
        if deadline.days is None:
            if not deadline.minutes:
                return self._say("at_start")
            return self._say("minutes_before", length=self._length(deadline.minutes))
        if deadline.days == 0:
            return self._say("same_day_at", clock=format_clock(deadline.minutes))
        return self._say("days_before", n=deadline.days, clock=format_clock(deadline.minutes))

    def tell_steps(self, room: Room) -> tuple[str, ...]:
        """Say every how long a use may begin, and how long it may be."""
        least, most = self._length(room.minutes_min), self._length(room.minutes_max)
        return self._say("steps", length=self._length(room.step_minutes)), self._say("lasts", least=least, most=most)

    def tell_buffers(self, room: Room) -> tuple[str, ...]:
        """Say how long a room is kept before and after a use."""
        buffers = {"before": room.before_minutes, "after": room.after_minutes}
        return tuple(self._say(name, length=self._length(minutes)) for name, minutes in buffers.items() if minutes)

    def tell_room(self, room_id: str | None) -> str:
        """Name a room; without one it is the whole house."""
        return self._say("whole_house") if room_id is None else self._rooms.get(room_id, room_id)

    def tell_class(self, class_id: str | None) -> str:
        """Name a class of reservees; without one it is everybody."""
        return self._say("everybody") if class_id is None else self._classes.get(class_id, class_id)

    @singledispatchmethod
    def _list_parts(self, kept: object) -> tuple[str, ...]:
        raise TypeError(f"{type(kept).__name__} has no words")

    @_list_parts.register
    def _facility(self, kept: Facility) -> tuple[str, ...]:
        operator = self._say("operator", name=kept.operator) if kept.operator else ""
        return self._p.name_of(kept), self._say("public" if kept.is_public else "staff_alone"), operator

    @_list_parts.register
    def _room(self, kept: Room) -> tuple[str, ...]:
        made_of = [self._rooms.get(each, each) for each in kept.spaces] if kept.spaces != (kept.id,) else []
        return (
            self._p.name_of(kept),
            self._say("capacity", n=kept.capacity),
            self._say("made_of", rooms=self._say("and").join(made_of)) if made_of else "",
            *self.tell_steps(kept),
            *self.tell_buffers(kept),
            self._say(f"permits.{kept.permits.value}"),
            self._say("area", name=kept.area_id) if kept.area_id else "",
        )

    @_list_parts.register
    def _slot(self, kept: SlotKind) -> tuple[str, ...]:
        places = self._say("places", n=kept.places) if kept.places is not None else ""
        name = f"{self.tell_room(kept.room_id)} {self._p.name_of(kept)}".lstrip()
        return name, self._times(kept), self.tell_weekdays(kept.weekdays), places

    @_list_parts.register
    def _equipment(self, kept: Equipment) -> tuple[str, ...]:
        return self._p.name_of(kept), self._say("units", n=kept.units), self.tell_room(kept.room_id)

    @_list_parts.register
    def _opening(self, kept: Opening) -> tuple[str, ...]:
        months = self._say("and").join(self._p.say(f"calendar.month_{month}") for month in sorted(kept.months))
        only = self._say("of_months", months=months) if months else ""
        return f"{self.tell_weekdays(kept.weekdays)} {self._times(kept)}", only, self._tell_where(kept.room_id)

    @_list_parts.register
    def _closure(self, kept: ClosureRule) -> tuple[str, ...]:
        moved = "" if kept.on_holiday is OnHoliday.closed else self._say(f"on_holiday.{kept.on_holiday.value}")
        if kept.kind is ClosureKind.weekly:
            when = self._say("weekly", days=self.tell_weekdays(kept.weekdays))
        elif kept.kind is ClosureKind.monthly:
            ordered = sorted(kept.nths, key=lambda nth: (nth == LAST, nth))
            nths = [self._say("last") if nth == LAST else self._say("nth", n=nth) for nth in ordered]
            when = self._say("monthly", nths=self._say("and").join(nths), days=self.tell_weekdays(kept.weekdays))
        elif kept.kind is ClosureKind.yearly and kept.from_day and kept.to_day:
            when = self._say("yearly", first=self._year_day(kept.from_day), last=self._year_day(kept.to_day))
        else:
            when = self._say(f"closes.{kept.kind.value}")
        return kept.name, when, moved, self.tell_room(kept.room_id)

    @_list_parts.register
    def _special_days(self, kept: SpecialDays) -> tuple[str, ...]:
        days = self._day(kept.first_on)
        if kept.last_on != kept.first_on:
            days = self._say("from_to", first=days, last=self._day(kept.last_on))
        times = self._range(*kept.stretch) if kept.stretch else self._say("all_day")
        return days, self._say(f"special.{kept.kind.value}"), times, kept.reason, self.tell_room(kept.room_id)

    @_list_parts.register
    def _window(self, kept: BookingWindow) -> tuple[str, ...]:
        names = {"n": kept.opens_before, "day": kept.opens_day, "clock": format_clock(kept.opens_minute)}
        if kept.opens_by is OpensBy.days and kept.opens_before == 0:
            opens = self._say("opens.same_day_of_use", **names)
        else:
            opens = self._say(f"opens.{kept.opens_by.value}", **names)
        desk = self._say("desk_until", until=self.tell_deadline(kept.desk_closes)) if kept.desk_closes else ""
        until = self._say("until", until=self.tell_deadline(kept.closes))
        return self.tell_class(kept.user_class), opens, until, desk, self._tell_where(kept.room_id)

    @_list_parts.register
    def _quota(self, kept: Quota) -> tuple[str, ...]:
        per = self._say(f"per.{kept.per.value}")
        most = self._length(kept.most) if kept.counts is Counts.minutes else self._say("bookings", n=kept.most)
        whom = self.tell_class(kept.user_class), self.tell_room(kept.room_id)
        return self._say("at_most", per=per, most=most), *whom

    @_list_parts.register
    def _terms(self, kept: Terms) -> tuple[str, ...]:
        block = ""
        if kept.no_shows_to_block:
            names = {"n": kept.no_shows_to_block, "days": kept.no_show_days, "blocked": kept.block_days}
            block = self._say("blocks", **names)
        after = kept.no_show_after_minutes
        return (
            self._say("cancel", until=self.tell_deadline(kept.cancel)),
            self._say("no_show", length=self._length(after)) if after is not None else self._say("no_no_show"),
            block,
            self._say("confirmed") if kept.contact_confirmed else "",
            self._say("tentative", length=self._length(kept.tentative_minutes)),
        )

    @_list_parts.register
    def _entry(self, kept: EntryRule) -> tuple[str, ...]:
        ways = self._say("and").join(self._p.say(f"facilities.choice.{way.value}") for way in sorted(kept.ways))
        early = self._say("early", n=kept.early_minutes) if kept.early_minutes else ""
        late = self._say("late", n=kept.late_minutes) if kept.late_minutes else ""
        return ways, self.tell_room(kept.room_id), early, late

    def _tell_where(self, room_id: str | None) -> str:
        """Name a room, but not on a room's own page: of hours and windows those alone stand there that count for it."""
        return "" if self._here is not None else self.tell_room(room_id)

    def _times(self, kept: SlotKind | Opening) -> str:
        return self._range(kept.from_minute, kept.to_minute)

    def _range(self, start: int, end: int) -> str:
        return f"{format_clock(start)}–{format_clock(end)}"

    def _length(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self._say("minutes", n=rest)
        return self._say("hours_minutes", h=hours, n=rest) if rest else self._say("hours", n=hours)

    def _day(self, on: date) -> str:
        return self._p.day(on, self._today)

    def _year_day(self, day: tuple[int, int]) -> str:
        return self._say("year_day", month=self._p.say(f"calendar.month_{day[0]}"), day=day[1])

    def _say(self, key: str, **names: object) -> str:
        return self._p.say(f"facilities.say.{key}", **names)

"""How much of the time in which rooms were open they were used (利用率), by room and by hour of the day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.civil import civil_minute, minute_on
from domain.facilities.availability import Stretch

HOURS = 24
_HOUR = 60


class Use(NamedTuple):
    """A room was used, or will be; ``from_at`` is inside, ``until_at`` no longer is."""

    room_id: str
    from_at: datetime
    until_at: datetime
    party: int


class Share(NamedTuple):
    """Minutes used of minutes open."""

    open_minutes: int = 0
    used_minutes: int = 0

    @property
    def tenths(self) -> int:
        """Give the share in tenths of a percent, rounded down; 0 where nothing was open."""
        return self.used_minutes * 1000 // self.open_minutes if self.open_minutes else 0

    def plus(self, other: "Share") -> "Share":
        """Give both together."""
        return Share(self.open_minutes + other.open_minutes, self.used_minutes + other.used_minutes)


@dataclass(frozen=True, slots=True)
class RoomUse:
    """A room's share, the same by hour of the day (the first from 00:00), how many uses and how many people."""

    share: Share
    by_hour: tuple[Share, ...]
    uses: int
    people: int


def derive_room_uses(windows: Mapping[tuple[str, date], Sequence[Stretch]], uses: Iterable[Use]) -> dict[str, RoomUse]:
    """Hold uses against the time in which rooms were open, by room.

    Time that parties share counts once, and what lies outside the open time counts as no minutes.

    Args:
        windows: when each room is open, by room and day; past midnight beyond 1440.
        uses: of these rooms; a use is counted on the day on which it begins.
    """
    taken: dict[tuple[str, date], list[Stretch]] = defaultdict(list)
    begun: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        for key in _days_of(use):
            taken[key].append((minute_on(use.from_at, key[1]), minute_on(use.until_at, key[1])))
        if (use.room_id, civil_minute(use.from_at)[0]) in windows:
            begun[use.room_id].append(use)
    hours: dict[str, list[Share]] = defaultdict(lambda: [Share()] * HOURS)
    for key, stretches in windows.items():
        by_hour = hours[key[0]]
        for minutes, is_use in ((stretches, False), (_within(_join(taken.get(key, ())), stretches), True)):
            for hour, length in _by_hour(minutes):
                by_hour[hour] = by_hour[hour].plus(Share(0, length) if is_use else Share(length, 0))
    return {room_id: _sum_up(by_hour, begun[room_id]) for room_id, by_hour in hours.items()}


def add_hours(rooms: Iterable[RoomUse]) -> tuple[Share, ...]:
    """Give the shares of several rooms together, by hour."""
    total = [Share()] * HOURS
    for room in rooms:
        total = [one.plus(other) for one, other in zip(total, room.by_hour, strict=True)]
    return tuple(total)


def _days_of(use: Use) -> list[tuple[str, date]]:
    """Give the days whose windows a use may touch: a window of the day before may last past midnight."""
    first, last = civil_minute(use.from_at)[0] - timedelta(days=1), civil_minute(use.until_at)[0]
    return [(use.room_id, first + timedelta(days=day)) for day in range((last - first).days + 1)]


def _join(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _within(taken: Iterable[Stretch], windows: Sequence[Stretch]) -> list[Stretch]:
    cut = [(max(start, opens), min(end, closes)) for start, end in taken for opens, closes in windows]
    return [(start, end) for start, end in cut if start < end]


def _by_hour(stretches: Iterable[Stretch]) -> Iterable[tuple[int, int]]:
    for start, end in stretches:
        for hour in range(start // _HOUR, (end - 1) // _HOUR + 1):
            yield hour % HOURS, min(end, (hour + 1) * _HOUR) - max(start, hour * _HOUR)


def _sum_up(by_hour: Sequence[Share], uses: Sequence[Use]) -> RoomUse:
    share = Share(sum(each.open_minutes for each in by_hour), sum(each.used_minutes for each in by_hour))
    return RoomUse(share, tuple(by_hour), len(uses), sum(use.party for use in uses))

"""How much of the time in which rooms were open they were used (利用率), by room and by hour of the day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.civil import MINUTES_PER_DAY, civil_minute
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
        on, start = civil_minute(use.from_at)
        end = start + int((use.until_at - use.from_at).total_seconds()) // 60
        for days in range(-1, (end - 1) // MINUTES_PER_DAY + 1):  # a window of the day before may last past midnight
            key = use.room_id, on + timedelta(days=days)
            if windows.get(key):
                taken[key].append((start - days * MINUTES_PER_DAY, end - days * MINUTES_PER_DAY))
        if (use.room_id, on) in windows:
            begun[use.room_id].append(use)
    opened, used = defaultdict[str, list[int]](_no_minutes), defaultdict[str, list[int]](_no_minutes)
    for (room_id, on), stretches in windows.items():
        _add_minutes(opened[room_id], stretches)
        _add_minutes(used[room_id], _within(_join(taken.get((room_id, on), ())), stretches))
    return {
        room_id: _sum_up([Share(*both) for both in zip(minutes, used[room_id], strict=True)], begun[room_id])
        for room_id, minutes in opened.items()
    }


def add_hours(rooms: Iterable[RoomUse]) -> tuple[Share, ...]:
    """Give the shares of several rooms together, by hour."""
    total = [Share()] * HOURS
    for room in rooms:
        total = [one.plus(other) for one, other in zip(total, room.by_hour, strict=True)]
    return tuple(total)


def _no_minutes() -> list[int]:
    return [0] * HOURS


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


def _add_minutes(by_hour: list[int], stretches: Iterable[Stretch]) -> None:
    for start, end in stretches:
        for hour in range(start // _HOUR, (end - 1) // _HOUR + 1):
            by_hour[hour % HOURS] += min(end, (hour + 1) * _HOUR) - max(start, hour * _HOUR)


def _sum_up(by_hour: Sequence[Share], uses: Sequence[Use]) -> RoomUse:
    share = Share(sum(each.open_minutes for each in by_hour), sum(each.used_minutes for each in by_hour))
    return RoomUse(share, tuple(by_hour), len(uses), sum(use.party for use in uses))

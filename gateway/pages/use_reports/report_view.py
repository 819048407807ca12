"""A month of facilities as pictures and tables: shares of use, takings by day and method, how bookings ended. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.facilities.facility import Facility, Room
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import Method
from domain.facilities.use_report import RoomUse, Share, add_hours
from store.taking_sums import TakingSum

ENDS = (
    ReservationState.completed,
    ReservationState.in_use,
    ReservationState.permitted,
    ReservationState.applied,
    ReservationState.no_show,
    ReservationState.cancelled,
    ReservationState.rejected,
    ReservationState.expired,
)
"""How a booking may stand, in the order of the table; a tentative one is no booking yet."""
LEVELS = 5
PLOT_HEIGHT, BAR, GAP = 200, 20, 6
TOP_STEP = 100
"""The picture of hours ends at a multiple of so many tenths of a percent."""


class HourCell(NamedTuple):
    """An hour of a room: its share, and a level from 0 to :data:`LEVELS`; None where it is never open."""

    share: Share
    level: int | None


class RoomRow(NamedTuple):
    """A room's month: its use, and the hours that the table shows."""

    room: Room
    use: RoomUse
    hours: tuple[HourCell, ...]


@dataclass(frozen=True, slots=True)
class UseView:
    """The use of a house's rooms; ``hours`` are those in which any room is open, from the first to the last."""

    rows: tuple[RoomRow, ...]
    hours: tuple[int, ...]
    total: Share
    by_hour: tuple[Share, ...]
    uses: int
    people: int


class Bar(NamedTuple):
    """One bar of a picture: where it stands, how high it is of :data:`PLOT_HEIGHT`, and what it tells."""

    x: int
    y: int
    height: int
    label: str


class Picture(NamedTuple):
    """Bars, and the value at the top of the picture."""

    bars: tuple[Bar, ...]
    top: int


class MethodLine(NamedTuple):
    """A method's month."""

    method: Method
    entries: int
    in_yen: int
    out_yen: int


class MoneyView(NamedTuple):
    """What was taken in a month: by method, a bar for each day, and what it adds up to."""

    lines: tuple[MethodLine, ...]
    picture: Picture
    in_yen: int
    out_yen: int
    deposit_yen: int

    @property
    def net_yen(self) -> int:
        """Give what is left."""
        return self.in_yen - self.out_yen


class EndRow(NamedTuple):
    """How a room's bookings stand, in the order of :data:`ENDS`."""

    room: Room
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Give all of them."""
        return sum(self.counts)


class EndView(NamedTuple):
    """How bookings stand, room by room, and the sums of each column."""

    states: tuple[ReservationState, ...]
    rows: tuple[EndRow, ...]
    sums: tuple[int, ...]

    def share(self, state: ReservationState) -> int:
        """Give a state's share of all in tenths of a percent."""
        total = sum(self.sums)
        return self.sums[self.states.index(state)] * 1000 // total if total and state in self.states else 0


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month as it was found; ``facility_id`` is empty for all houses together."""

    month: str
    facility_id: str
    houses: Sequence[Facility]
    use: UseView
    money: MoneyView
    ends: EndView
    sums: Sequence[TakingSum]
    today: date

    @property
    def first_on(self) -> date:
        """Give the month's first day."""
        return date.fromisoformat(f"{self.month}-01")


def view_use(rooms: Sequence[Room], uses: Mapping[str, RoomUse]) -> UseView:
    """Put rooms in the order of lists beside their hours; rooms that were never open are left out."""
    told = [(room, uses[room.id]) for room in rooms if room.id in uses and uses[room.id].share.open_minutes]
    by_hour = add_hours(use for _, use in told)
    open_hours = [hour for hour, share in enumerate(by_hour) if share.open_minutes]
    hours = tuple(range(min(open_hours), max(open_hours) + 1)) if open_hours else ()
    rows = [RoomRow(room, use, tuple(_cell(use.by_hour[hour]) for hour in hours)) for room, use in told]
    total = Share()
    for _, use in told:
        total = total.plus(use.share)
    return UseView(
        tuple(rows),
        hours,
        total,
        tuple(by_hour[hour] for hour in hours),
        sum(use.uses for _, use in told),
        sum(use.people for _, use in told),
    )


def draw_hours(view: UseView) -> Picture:
    """Give a bar for each hour, as high as its share; the top is a round share in tenths of a percent."""
    tenths = [share.tenths for share in view.by_hour]
    top = -(-max([*tenths, 1]) // TOP_STEP) * TOP_STEP
    return _draw([(str(hour), share) for hour, share in zip(view.hours, tenths, strict=True)], top)


def view_money(sums: Iterable[TakingSum], days: Sequence[date]) -> MoneyView:
    """Put takings together by method and by day; a day on which more went than came has no bar."""
    told = list(sums)
    lines = []
    for method in Method:
        some = [each for each in told if each.method is method]
        if some:
            entries = sum(each.entries for each in some)
            lines.append(MethodLine(method, entries, sum(e.in_yen for e in some), sum(e.out_yen for e in some)))
    nets = [sum(each.net_yen for each in told if each.on == day) for day in days]
    picture = _draw([(str(day.day), net) for day, net in zip(days, nets, strict=True)], max([*nets, 1]))
    return MoneyView(
        tuple(lines),
        picture,
        sum(each.in_yen for each in told),
        sum(each.out_yen for each in told),
        sum(each.deposit_yen for each in told),
    )


def view_ends(rooms: Sequence[Room], counts: Mapping[tuple[str, ReservationState], int]) -> EndView:
    """Put rooms that had bookings beside how those stand; a state that none has is left out."""
    states = tuple(state for state in ENDS if any(counts.get((room.id, state)) for room in rooms))
    rows = [EndRow(room, tuple(counts.get((room.id, state), 0) for state in states)) for room in rooms]
    told = tuple(row for row in rows if row.total)
    return EndView(states, told, tuple(sum(row.counts[at] for row in told) for at in range(len(states))))


def _draw(values: Sequence[tuple[str, int]], top: int) -> Picture:
    bars = []
    for at, (label, value) in enumerate(values):
        height = PLOT_HEIGHT * max(value, 0) // top
        bars.append(Bar(at * (BAR + GAP), PLOT_HEIGHT - height, height, label))
    return Picture(tuple(bars), top)


def _cell(share: Share) -> HourCell:
    if not share.open_minutes:
        return HourCell(share, None)
    return HourCell(share, -(-share.tenths * LEVELS // 1000))

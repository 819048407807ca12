"""How a day goes at the demo's city hall: who comes when, stays how long, is ordered to, or forgets the card."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from demo.population import Member
from domain.civil import instant

REGULAR_START, REGULAR_END = 8 * 60 + 30, 17 * 60 + 15


@dataclass(frozen=True, slots=True)
class Visit:
    """One card held to one reader."""

    member: Member
    access_point: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ordered:
    """An overtime order for one evening."""

    member: Member
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DayLived:
    """What one person did on one day."""

    visits: tuple[Visit, ...]
    order: Ordered | None = None


_REASONS = ("窓口繁忙のため", "議会資料の作成", "年末調整の処理", "システム更新の立会い", "税額通知の発送準備")
_DOORS = {"main": ("main_in", "main_out"), "staff": ("staff_in", "staff_out"), "west": ("west_in", "west_in")}


def draw_day(member: Member, on: date, random: Random) -> DayLived:
    """Draw one working day of one person.

    Of a hundred days about four are leave, sixteen have ordered overtime, six an unordered stay of more than the
    threshold, three a forgotten tap at leaving; the rest is an ordinary day.
    """
    kind = random.random()
    if kind < 0.04:
        return DayLived(())
    arrives = REGULAR_START - max(0, round(random.gauss(9, 3)))
    leaves = REGULAR_END + random.randrange(12)
    order = None
    if kind < 0.20 and not member.is_manager:
        ends = REGULAR_END + random.choice((60, 75, 105, 120, 150, 195))
        leaves = ends + random.randrange(6)
        order = Ordered(member, instant(on, REGULAR_END), instant(on, ends), random.choice(_REASONS))
    elif kind < 0.26:
        leaves = REGULAR_END + random.randrange(20, 95)
    enter, leave = _DOORS[member.entrance]
    if member.entrance == "west" and leaves >= 18 * 60 + 55:
        enter, leave = _DOORS["staff"]  # the west door closes at seven
    visits = [_visit(member, enter, on, arrives, random)]
    if "it" in member.levels or "facility" in member.levels:
        visits.append(_visit(member, "server_in", on, random.randrange(9 * 60, 16 * 60), random))
    if not 0.26 <= kind < 0.29:
        visits.append(_visit(member, leave, on, leaves, random))
    return DayLived(tuple(visits), order)


def _visit(member: Member, point: str, on: date, minute: int, random: Random) -> Visit:
    at = instant(on, minute)
    return Visit(member, point, at.replace(second=random.randrange(60), microsecond=random.randrange(1_000_000)))

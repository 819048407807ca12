"""A facility's day of takings as its page shows it: entries with their names, sums that add up, the till. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.facilities.takings import CashCount, DayReport, Method, Series, Taking, derive_report
from store.taking_sums import TakingSum
from store.takings_days import ClosedDay


class Names(NamedTuple):
    """What is called how: a reservation's room and whose it is, by the reservation's id."""

    rooms: Mapping[str, str]
    payers: Mapping[str, str]


class EntryLine(NamedTuple):
    """One entry of the day; ``corrected_by`` is the counter-entry's slip where it was taken back."""

    taking: Taking
    room: str
    payer: str
    corrected_by: str

    @property
    def has_receipt(self) -> bool:
        """Tell whether there is a paper of it to hand over: a receipt, or a slip of what went back."""
        return self.taking.series is not Series.correction and not self.corrected_by


@dataclass(frozen=True, slots=True)
class DayView:
    """A day: its report as it stands, or as it was closed, and its entries by number."""

    report: DayReport
    entries: tuple[EntryLine, ...]
    closed: ClosedDay | None
    by_provider: tuple[tuple[str, int], ...]
    """What providers will pay out of it, in yen, by their layout's name."""

    @property
    def in_yen(self) -> int:
        """Give what came in."""
        return sum(each.in_yen for each in self.report.sums)

    @property
    def out_yen(self) -> int:
        """Give what went out."""
        return sum(each.out_yen for each in self.report.sums)

    @property
    def cash_yen(self) -> int:
        """Give what of cash is left."""
        return sum(each.net_yen for each in self.report.sums if each.method is Method.cash)


def view_day(
    facility_id: str, on: date, entries: Sequence[Taking], closed: ClosedDay | None, *, opening_yen: int, names: Names
) -> DayView:
    """Put a day together; while it is open the till is what it would be with nothing carried away.

    Args:
        facility_id: whose day.
        on: the day.
        entries: of that day.
        closed: the day as it was closed; None while it is open.
        opening_yen: what an open day's till began with, as far as is known.
        names: of rooms and payers.
    """
    cash = CashCount(opening_yen, opening_yen)
    if closed is not None:
        cash = CashCount(closed.opening_yen, closed.counted_yen, closed.banked_yen)
    slips = {each.corrects: each.slip for each in entries if each.corrects}
    lines = [
        EntryLine(
            each,
            names.rooms.get(each.reservation_id, ""),
            each.payer or names.payers.get(each.reservation_id, ""),
            slips.get(each.id, ""),
        )
        for each in sorted(entries, key=lambda each: (each.taken_at, each.series, each.number))
    ]
    providers: dict[str, int] = {}
    for each in entries:
        if each.provider:
            providers[each.provider] = providers.get(each.provider, 0) + each.yen
    report = derive_report(facility_id, on, entries, cash)
    return DayView(report, tuple(lines), closed, tuple(sorted(providers.items())))


class HouseRow(NamedTuple):
    """A facility in the table of all: its yen by method in the order of methods, and whether its day is closed."""

    facility_id: str
    name: str
    by_method: tuple[int, ...]
    total_yen: int
    is_closed: bool


class AllHouses(NamedTuple):
    """Every facility's day; the columns are the methods that anybody used."""

    methods: tuple[Method, ...]
    rows: tuple[HouseRow, ...]
    sums: tuple[int, ...]
    total_yen: int


def view_houses(names: Mapping[str, str], sums: Iterable[TakingSum], closed: frozenset[str]) -> AllHouses:
    """Put the facilities' days side by side, with what each column and each row adds up to."""
    told = list(sums)
    methods = tuple(each for each in Method if any(sum_.method is each for sum_ in told))
    yen = {(each.facility_id, each.method): each.net_yen for each in told}
    rows = []
    for id_, name in names.items():
        by_method = tuple(yen.get((id_, method), 0) for method in methods)
        rows.append(HouseRow(id_, name, by_method, sum(by_method), id_ in closed))
    columns = tuple(sum(row.by_method[at] for row in rows) for at in range(len(methods)))
    return AllHouses(methods, tuple(rows), columns, sum(columns))

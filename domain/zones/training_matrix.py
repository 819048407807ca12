"""Who stands where with which training, as a department's table shows it, and how much of it is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.civil import civil_minute
from domain.zones.training import Attendance, Training, lapses_at

LAPSES_SOON = timedelta(days=30)
"""So long before a training lapses it is shown, and its person is told."""

_DAY = timedelta(days=1)


class CellState(StrEnum):
    """Where one person stands with one training."""

    done = "done"
    lapsing = "lapsing"  # it counts, but not for long
    lapsed = "lapsed"
    failed = "failed"  # attended, never passed
    missing = "missing"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``last_on`` is the day of the training that counts longest, ``until_on`` the last day it counts."""

    training_id: str
    state: CellState
    last_on: date | None = None
    until_on: date | None = None

    @property
    def counts(self) -> bool:
        """Tell whether the training counts now."""
        return self.state in {CellState.done, CellState.lapsing}


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some people have a training."""

    training_id: str
    done: int
    people: int

    @property
    def percent(self) -> int:
        """The share in whole percent, never 100 while somebody is missing, never 0 while somebody has it."""
        if self.people in {0, self.done}:
            return 100
        return min(99, max(1 if self.done else 0, round(self.done * 100 / self.people)))


def look_at_cell(training: Training, attended: Iterable[Attendance], now: datetime) -> Cell:
    """Give one person's cell; ``attended`` are that one's, other trainings among them."""
    mine = [each for each in attended if each.training_id == training.id]
    passed = [each.on for each in mine if each.passed]
    if not passed:
        last_on = max((each.on for each in mine), default=None)
        return Cell(training.id, CellState.missing if last_on is None else CellState.failed, last_on)
    at, last_on = max((lapses_at(training, on), on) for on in passed)
    until_on = civil_minute(at)[0] - _DAY
    state = CellState.lapsed if at <= now else CellState.lapsing if at <= now + LAPSES_SOON else CellState.done
    return Cell(training.id, state, last_on, until_on)


def sum_up(rows: Iterable[Sequence[Cell]]) -> tuple[Share, ...]:
    """Give how many have each training; ``rows`` are the cells of one person each, all in one order."""
    every = list(rows)
    return tuple(
        Share(column[0].training_id, sum(cell.counts for cell in column), len(column))
        for column in zip(*every, strict=True)
    )

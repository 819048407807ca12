"""The check sheet of a month's end: what of each person's month is unsettled. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.attendance.closing import IN_FORCE, MonthStanding, MonthState
from domain.attendance.divergence import SETTLEMENT_KINDS, DivergenceKind
from domain.attendance.month import PersonMonth
from domain.attendance.requests import divergence_subject
from domain.attendance.shift import DayKind


class BlockerKind(StrEnum):
    """What keeps a month from being closed."""

    divergence = "divergence"  # without an accepted explanation
    flex_shortage = "flex_shortage"  # of a settlement period (L20), without an accepted explanation
    flex_excess = "flex_excess"
    missing_punch = "missing_punch"  # neither put right nor explained
    open_request = "open_request"
    doubtful_tap = "doubtful_tap"  # its clock was uncertain and nobody has looked
    impossible_plan = "impossible_plan"  # a swap or 代休日 does not fit
    unconfirmed = "unconfirmed"  # by the person
    head_unconfirmed = "head_unconfirmed"
    reader = "reader"  # a reader that the person used has not told everything


@dataclass(frozen=True, slots=True)
class Blocker:
    """One unsettled thing: ``subject`` finds it (divergence, application, tap, reader), ``on`` is its duty day.

    What is of a settlement period is told on its last day; ``from_on`` is its first, where that is known.
    """

    kind: BlockerKind
    subject: str
    on: date | None = None
    minutes: int = 0
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An application that nobody has decided yet, with its first day."""

    id: str
    from_on: date


@dataclass(frozen=True, slots=True)
class PersonCheck:
    """One person's row: how far the month is, the hash of what is counted now, and what is unsettled.

    ``content_hash`` is empty where the plan is impossible and nothing can be counted. ``unrecorded`` are days of duty
    of which nothing is known.
    """

    person_id: str
    standing: MonthStanding
    content_hash: str
    blockers: tuple[Blocker, ...]
    unrecorded: tuple[date, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Tell whether only confirmations are missing."""
        return not any(each.kind not in _CONFIRMATIONS for each in self.blockers)

    @property
    def confirms_itself(self) -> bool:
        """Tell whether the rule may confirm the month: nobody's word stands for days of which nothing is known."""
        return self.is_settled and not self.unrecorded

    @property
    def is_ready(self) -> bool:
        """Tell whether the month can be closed."""
        return not self.blockers and self.standing.state is MonthState.head_confirmed


_CONFIRMATIONS = frozenset({BlockerKind.unconfirmed, BlockerKind.head_unconfirmed})
_KINDS = {
    DivergenceKind.missing_in: BlockerKind.missing_punch,
    DivergenceKind.missing_out: BlockerKind.missing_punch,
    DivergenceKind.uncertain_clock: BlockerKind.doubtful_tap,
    DivergenceKind.flex_shortage: BlockerKind.flex_shortage,
    DivergenceKind.flex_excess: BlockerKind.flex_excess,
}


def list_unsettled(month: PersonMonth, accepted: Collection[str], requests: Iterable[OpenRequest]) -> Iterator[Blocker]:
    """Give what of a counted month is unsettled.

    ``accepted`` names the divergences whose explanation was accepted; a tap of an uncertain clock is judged, and no
    explanation settles it.
    """
    begun_on = {each.last_on: each.first_on for each in month.settlements}
    for day in month.days:
        for item in day.divergences:
            blocker = find_blocker(day.on, item.kind, divergence_subject(day.on, item), item.minutes)
            if item.kind in SETTLEMENT_KINDS:
                blocker = replace(blocker, from_on=begun_on.get(day.on))
            if is_held_by(blocker, accepted):
                yield blocker
    yield from list_waiting(requests)


def list_unrecorded(
    month: PersonMonth, *, joined_on: date | None = None, left_on: date | None = None
) -> tuple[date, ...]:
    """Give the days of duty, while employed, that are over without a tap, leave, or a word of work elsewhere.

    They diverge from nothing and pay goes on; so somebody has to have looked at them.
    """
    employed = (joined_on or month.first_on, left_on or month.last_on)
    return tuple(
        day.on
        for day in month.days
        if day.kind is DayKind.work
        and day.scheduled_minute is not None  # not 非番
        and not (day.open or day.leave or day.missing or day.in_minute is not None)
        and employed[0] <= day.on <= employed[1]
    )


def find_blocker(on: date, kind: DivergenceKind, subject: str, minutes: int) -> Blocker:
    """Give what a divergence is on the sheet."""
    return Blocker(_KINDS.get(kind, BlockerKind.divergence), subject, on, minutes)


def is_held_by(blocker: Blocker, accepted: Collection[str]) -> bool:
    """Tell whether a divergence still holds the month open; a doubtful tap does, whatever was explained."""
    return blocker.kind is BlockerKind.doubtful_tap or blocker.subject not in accepted


def list_waiting(requests: Iterable[OpenRequest]) -> Iterator[Blocker]:
    """Give what waits for a decision, whatever the count says."""
    for request in requests:
        yield Blocker(BlockerKind.open_request, request.id, request.from_on)


def list_unconfirmed(standing: MonthStanding, content_hash: str) -> Iterator[Blocker]:
    """Give whose confirmation of the month as it is counted now is missing."""
    if standing.state in IN_FORCE:
        return
    holds = standing.seen_hash == content_hash
    if standing.state is MonthState.open or not holds:
        yield Blocker(BlockerKind.unconfirmed, standing.person_id)
    if standing.state is not MonthState.head_confirmed or not holds:
        yield Blocker(BlockerKind.head_unconfirmed, standing.person_id)

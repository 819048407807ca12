"""The check sheet of a month's end: what of each person's month is unsettled. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.closing import IN_FORCE, MonthStanding, MonthState
from domain.attendance.divergence import DivergenceKind
from domain.attendance.month import PersonMonth
from domain.attendance.requests import divergence_subject


class BlockerKind(StrEnum):
    """What keeps a month from being closed."""

    divergence = "divergence"  # without an accepted explanation
    missing_punch = "missing_punch"  # neither put right nor explained
    open_request = "open_request"
    doubtful_tap = "doubtful_tap"  # its clock was uncertain and nobody has looked
    impossible_plan = "impossible_plan"  # a swap or 代休日 does not fit
    unconfirmed = "unconfirmed"  # by the person
    head_unconfirmed = "head_unconfirmed"
    reader = "reader"  # a reader that the person used has not told everything


@dataclass(frozen=True, slots=True)
class Blocker:
    """One unsettled thing: ``subject`` finds it (divergence, application, tap, reader), ``on`` is its duty day."""

    kind: BlockerKind
    subject: str
    on: date | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An application that nobody has decided yet, with its first day."""

    id: str
    from_on: date


@dataclass(frozen=True, slots=True)
class PersonCheck:
    """One person's row: how far the month is, the hash of what is counted now, and what is unsettled.

    ``content_hash`` is empty where the plan is impossible and nothing can be counted.
    """

    person_id: str
    standing: MonthStanding
    content_hash: str
    blockers: tuple[Blocker, ...]

    @property
    def is_settled(self) -> bool:
        """Tell whether only confirmations are missing: such a month may confirm itself."""
        return not any(each.kind not in _CONFIRMATIONS for each in self.blockers)

    @property
    def is_ready(self) -> bool:
        """Tell whether the month can be closed."""
        return not self.blockers and self.standing.state is MonthState.head_confirmed


_CONFIRMATIONS = frozenset({BlockerKind.unconfirmed, BlockerKind.head_unconfirmed})
_KINDS = {
    DivergenceKind.missing_in: BlockerKind.missing_punch,
    DivergenceKind.missing_out: BlockerKind.missing_punch,
    DivergenceKind.uncertain_clock: BlockerKind.doubtful_tap,
}


def list_unsettled(month: PersonMonth, accepted: Collection[str], requests: Iterable[OpenRequest]) -> Iterator[Blocker]:
    """Give what of a counted month is unsettled.

    ``accepted`` names the divergences whose explanation was accepted; a tap of an uncertain clock is judged, and no
    explanation settles it.
    """
    for day in month.days:
        for item in day.divergences:
            blocker = find_blocker(day.on, item.kind, divergence_subject(day.on, item), item.minutes)
            if is_held_by(blocker, accepted):
                yield blocker
    yield from list_waiting(requests)


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

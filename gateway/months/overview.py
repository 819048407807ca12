"""The check sheet of very many people: from what the last look found and how far the months stand, counting none.

It says what closing will find as long as the looks are fresh; closing itself counts every month.
"""

from collections.abc import Collection, Iterator

from domain.attendance.check_sheet import (
    Blocker,
    BlockerKind,
    PersonCheck,
    find_blocker,
    is_held_by,
    list_unconfirmed,
    list_waiting,
)
from domain.attendance.closing import IN_FORCE, MonthStanding
from domain.attendance.completeness import LateReader, late_by_person
from domain.attendance.divergence import DivergenceKind
from domain.attendance.month import month_bounds
from store.closings import load_standings
from store.divergent_days import list_found
from store.month_checks import list_accepted, list_open_requests
from store.tx import Tx


def overlook_people(
    tx: Tx, person_ids: Collection[str], period: str, late: Collection[LateReader]
) -> Iterator[PersonCheck]:
    """Give each person's row in the order of their ids; ``late`` are the boxes that have not told everything.

    A confirmation is taken to hold: the recount lets it lapse when the month changes.

    Raises:
        ValueError: ``period`` is no month.
    """
    bounds = month_bounds(period)
    found = list_found(tx, period, person_ids)
    accepted = list_accepted(tx, *bounds, person_ids)
    requests = list_open_requests(tx, *bounds, person_ids)
    standings, waited_for = load_standings(tx, period, person_ids), late_by_person(late)
    for person_id in sorted(set(person_ids)):
        standing = standings.get(person_id) or MonthStanding(person_id, period)
        if standing.state in IN_FORCE:
            yield PersonCheck(person_id, standing, standing.seen_hash, ())
            continue
        differs = (
            find_blocker(each.day_on, DivergenceKind(each.kind), each.subject, each.minutes)
            for each in found.get(person_id, ())
        )
        blockers = (
            *(each for each in differs if is_held_by(each, accepted.get(person_id, ()))),
            *list_waiting(requests.get(person_id, ())),
            *(Blocker(BlockerKind.reader, device_id) for device_id in waited_for.get(person_id, ())),
            *list_unconfirmed(standing, standing.seen_hash),
        )
        yield PersonCheck(person_id, standing, standing.seen_hash, blockers)

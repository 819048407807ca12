"""Count again what changed since: only those days' months, and of each only the person whose facts changed."""

from collections import defaultdict
from dataclasses import dataclass

from domain.attendance.adjustment import Cause, touched_periods
from domain.attendance.closing import CONFIRMED, IN_FORCE, Actor, MonthAct, MonthStanding, MonthWish, step_month
from domain.attendance.profile import InForce
from domain.notices.month_notice import lapsed_message
from gateway.months.acting import keep_steps
from gateway.months.adjusting import keep_difference
from gateway.months.counting import CountedPerson, count_people
from store.changed_days import claim_changed_days
from store.closings import claim_standings, list_steps, list_versions, load_standings
from store.divergent_days import forget_looks
from store.messages import insert_messages
from store.month_adjustments import list_adjustments
from store.tx import Tx

PEOPLE_AT_ONCE = 200
"""How many persons' changes one transaction takes."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """What came of it: whose confirmations lapsed, which adjustments are open, how many changed days were looked at.

    Both name months by (person, period).
    """

    days: int = 0
    lapsed: tuple[tuple[str, str], ...] = ()
    adjusted: tuple[tuple[str, str], ...] = ()


def find_adjustments(tx: Tx, profile: InForce, *, limit: int = PEOPLE_AT_ONCE) -> Recounted:
    """Take up to ``limit`` persons' changed days and count their months again; call until ``days`` is 0.

    A confirmed month that changed loses its confirmations. A closed one stays as it is, and what differs becomes an
    adjustment for two persons to decide. Months that nobody confirmed yet need nothing.
    """
    changed = claim_changed_days(tx, limit)
    causes: dict[str, dict[str, set[Cause]]] = defaultdict(lambda: defaultdict(set))
    for day in changed:
        for period in touched_periods(day.day_on, profile):
            causes[period][day.person_id].add(day.cause)
    lapsed: list[tuple[str, str]] = []
    adjusted: list[tuple[str, str]] = []
    for period, people in sorted(causes.items()):
        forget_looks(tx, period, people)
        begun = load_standings(tx, period, people)
        standings = claim_standings(tx, period, begun)
        kept = {each for each, standing in standings.items() if standing.state in CONFIRMED | IN_FORCE}
        counts = {each.person_id: each for each in count_people(tx, kept, period, profile)}
        lapsed += _let_lapse(tx, standings, counts)
        adjusted += _adjust(tx, period, standings, counts, people)
    return Recounted(len(changed), tuple(lapsed), tuple(adjusted))


def _let_lapse(tx: Tx, standings: dict[str, MonthStanding], counts: dict[str, CountedPerson]) -> list[tuple[str, str]]:
    done = []
    for person_id, counted in counts.items():
        standing = standings[person_id]
        if standing.state in CONFIRMED and standing.seen_hash != counted.content_hash:
            wish = MonthWish(MonthAct.lapse, "", frozenset({Actor.rule}), counted.content_hash)
            done.append((step_month(standing, wish, counted.content_hash), wish))
    own = {who for after, _ in done for who in (after.person_id,) if _confirmed_himself(tx, after.period, who)}
    keep_steps(tx, done)
    insert_messages(
        tx,
        [
            lapsed_message(after.person_id, after.period, wish.seen_hash)
            for after, wish in done
            if after.person_id in own
        ],
    )
    return [(after.person_id, after.period) for after, _ in done]


def _confirmed_himself(tx: Tx, period: str, person_id: str) -> bool:
    confirmed = [step.done_by for step in list_steps(tx, period, person_id) if step.act is MonthAct.confirm]
    return confirmed[-1:] == [person_id]


def _adjust(
    tx: Tx,
    period: str,
    standings: dict[str, MonthStanding],
    counts: dict[str, CountedPerson],
    causes: dict[str, set[Cause]],
) -> list[tuple[str, str]]:
    closed = [person_id for person_id in counts if standings[person_id].state in IN_FORCE]
    if not closed:
        return []
    latest = {each.person_id: each for each in list_versions(tx, period, closed)}  # by version: the last one stays
    adjustments = defaultdict(list)
    for each in list_adjustments(tx, period, closed):
        adjustments[each.person_id].append(each)
    found = []
    for person_id in closed:
        counted = counts[person_id]
        if counted.month is None:  # an impossible plan counts nothing; the check of the request told whoever made it
            continue
        own = adjustments[person_id]
        if keep_difference(tx, latest[person_id], own, counted, frozenset(causes[person_id])) is not None:
            found.append((person_id, period))
    return found

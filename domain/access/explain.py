"""Why a tap is decided as it is: each rule in its order with what it said, and when the door would open next.

It asks the rules that ``decide`` asks; a property test holds the two together. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.access.decide import PRECEDENCE, Tap, decide, list_grants, list_objections
from domain.access.policy import ALWAYS, Credential, PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Situation
from domain.ids import LevelId, ScheduleId
from domain.verdict import Reason, Verdict

_ORDER = tuple(reason for reason, _ in PRECEDENCE)
_AFTER_RIGHTS = frozenset(_ORDER[_ORDER.index(Reason.out_of_schedule) + 1 :])
"""Rules that are asked once the rights are there; the next window does not look at them."""


class Outcome(StrEnum):
    """What a rule said."""

    passed = "passed"
    failed = "failed"
    not_asked = "not_asked"  # an earlier one had refused already


@dataclass(frozen=True, slots=True)
class Opening:
    """When rights open the point next, and by which level and schedule."""

    at: datetime
    level: LevelId
    schedule: ScheduleId


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with all that led there.

    ``rules`` has a row for each rule, in its order; ``grants`` the levels held that open the point, each with its
    schedule and whether that holds; ``opens`` the next opening by rights after a refusal for want of them, None where
    the policy knows none.
    """

    verdict: Verdict
    rules: tuple[tuple[Reason, Outcome], ...]
    grants: tuple[tuple[LevelId, ScheduleId, bool], ...]
    opens: Opening | None


def explain(policy: PolicySnapshot, tap: Tap, situation: Situation = NOTHING_KNOWN) -> Explanation:
    """Decide a tap and tell why."""
    said = {
        reason: Outcome.failed if objects else Outcome.passed
        for reason, objects in list_objections(policy, tap, situation)
    }
    failed = next((reason for reason, outcome in said.items() if outcome is Outcome.failed), None)
    wanting = failed in {Reason.not_yet_active, Reason.no_access_rights, Reason.out_of_schedule}
    return Explanation(
        decide(policy, tap, situation),
        tuple((reason, said.get(reason, Outcome.not_asked)) for reason in _ORDER),
        tuple((*grant, policy.holds(grant[1], tap.at)) for grant in list_grants(policy, tap, situation)),
        find_opening(policy, tap, situation) if wanting else None,
    )


def find_opening(policy: PolicySnapshot, tap: Tap, situation: Situation = NOTHING_KNOWN) -> Opening | None:
    """Give the next instant after the tap at which rights open the point, as far as the policy's windows reach."""
    credential = policy.credentials.get(tap.credential)
    if credential is None or tap.point not in policy.points:
        return None
    facts = Situation(threat=situation.threat)
    for at in sorted({at for at in _boundaries(policy, credential, tap) if at > tap.at}):
        then = replace(tap, at=at, confirmed_at=at)
        objecting = next((reason for reason, objects in list_objections(policy, then, facts) if objects), None)
        if objecting is None or objecting in _AFTER_RIGHTS:
            grants = list_grants(policy, then, facts)
            level, schedule = next(grant for grant in grants if policy.holds(grant[1], at))
            return Opening(at, level, schedule)
    return None


def _boundaries(policy: PolicySnapshot, credential: Credential, tap: Tap) -> Iterator[datetime]:
    """Yield every instant at which the card's rights at the point can begin, in no order."""
    if credential.valid_from is not None:
        yield credential.valid_from
    for dated in credential.dated:
        if dated.valid_from is not None:
            yield dated.valid_from
    held = {*credential.levels, *(dated.level for dated in credential.dated)}
    for level in held:
        schedule = policy.levels[level].points.get(tap.point, ALWAYS)
        if schedule != ALWAYS:
            yield from policy.schedules[schedule].opens_at
    for level in credential.denied:
        schedule = policy.levels[level].points.get(tap.point, ALWAYS)
        if schedule != ALWAYS:
            yield from policy.schedules[schedule].closes_at

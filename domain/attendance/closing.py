"""A month's end (月次締め): open, confirmed by the person and by the head, closed, and reopened by two persons. Pure.

A confirmation holds for the counted month that was seen, named by its hash. When the month changes, the confirmation
lapses, and nobody else's does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError


class MonthState(StrEnum):
    """How far a person's month is."""

    open = "open"
    self_confirmed = "self_confirmed"  # 本人確認済
    head_confirmed = "head_confirmed"  # 所属長確認済
    closed = "closed"  # 締め済
    reopening = "reopening"  # closed, and somebody proposes to open it again


class MonthAct(StrEnum):
    """What is done with a month."""

    confirm = "confirm"
    confirm_as_head = "confirm_as_head"
    send_back = "send_back"  # 差戻
    lapse = "lapse"  # the month changed after it was confirmed
    close = "close"
    propose_reopening = "propose_reopening"
    agree_reopening = "agree_reopening"
    decline_reopening = "decline_reopening"


class Actor(StrEnum):
    """As what somebody acts."""

    person = "person"
    head = "head"
    hr = "hr"
    rule = "rule"  # nobody: what follows by itself


class SelfConfirm(StrEnum):
    """How a month without anything unsettled is confirmed for the person: the city chooses."""

    automatic = "automatic"
    one_click = "one_click"


@dataclass(frozen=True, slots=True)
class MonthTransition:
    """What an act does: as what one may do it, where it leads, what it needs.

    ``seen``: the act names the month as it is counted now. ``standing``: so does the confirmation before it.
    ``other``: neither the person nor whoever proposed it may do it.
    """

    actors: frozenset[Actor]
    to: MonthState
    reason: bool = False
    seen: bool = False
    standing: bool = False
    other: bool = False


_S, _A = MonthState, MonthAct
_HEAD, _HR, _RULE = frozenset({Actor.head}), frozenset({Actor.hr}), frozenset({Actor.rule})
_SELF = frozenset({Actor.person, Actor.rule})
_LAPSE = MonthTransition(_RULE, _S.open)
_SEND_BACK = MonthTransition(_HEAD | _HR, _S.open, reason=True, other=True)
_PROPOSE = MonthTransition(_HR, _S.reopening, reason=True)
_ABSENT = MonthTransition(_HEAD, _S.head_confirmed, reason=True, seen=True, other=True)  # the person cannot confirm

TRANSITIONS: Mapping[tuple[MonthState, MonthAct], MonthTransition] = MappingProxyType(
    {
        (_S.open, _A.confirm): MonthTransition(_SELF, _S.self_confirmed, seen=True),
        (_S.open, _A.confirm_as_head): _ABSENT,
        (_S.self_confirmed, _A.confirm_as_head): MonthTransition(
            _HEAD, _S.head_confirmed, seen=True, standing=True, other=True
        ),
        (_S.self_confirmed, _A.send_back): _SEND_BACK,
        (_S.self_confirmed, _A.lapse): _LAPSE,
        (_S.head_confirmed, _A.send_back): _SEND_BACK,
        (_S.head_confirmed, _A.lapse): _LAPSE,
        (_S.head_confirmed, _A.close): MonthTransition(_HR, _S.closed, seen=True, standing=True),
        (_S.closed, _A.propose_reopening): _PROPOSE,
        (_S.reopening, _A.agree_reopening): MonthTransition(_HR, _S.open, other=True),
        (_S.reopening, _A.decline_reopening): MonthTransition(_HR, _S.closed, reason=True),
    }
)
"""Every lawful act; what does not stand here is refused."""

CONFIRMED = frozenset({MonthState.self_confirmed, MonthState.head_confirmed})
IN_FORCE = frozenset({MonthState.closed, MonthState.reopening})
"""The states in which the last version is what counts and what comes later is an adjustment."""


@dataclass(frozen=True, slots=True)
class MonthStanding:
    """How far one person's month is; ``version`` is the last closed one, 0 before the first.

    ``seen_hash`` names the counted month that the last confirmation saw; ``proposed_by`` wants it reopened.
    """

    person_id: str
    period: str
    state: MonthState = MonthState.open
    seen_hash: str = ""
    version: int = 0
    proposed_by: str | None = None


@dataclass(frozen=True, slots=True)
class MonthWish:
    """What somebody wants to do, as what, and which counted month was in front of that person."""

    act: MonthAct
    by: str
    actors: frozenset[Actor]
    seen_hash: str = ""
    reason: str = ""


def assess_month_act(standing: MonthStanding, wish: MonthWish, counted_hash: str) -> tuple[MonthFault, ...]:
    """Give everything that is wrong with an act; ``counted_hash`` names the month as it is counted now."""
    transition = TRANSITIONS.get((standing.state, wish.act))
    if transition is None:
        return (MonthFault("act", MonthWhy.not_now, standing.person_id),)
    faults = []
    if not transition.actors & wish.actors:
        faults.append(("by", MonthWhy.not_yours))
    if transition.other and wish.by == standing.person_id:
        faults.append(("by", MonthWhy.own_month))
    if transition.other and wish.by == standing.proposed_by:
        faults.append(("by", MonthWhy.same_person))
    if transition.reason and not wish.reason.strip():
        faults.append(("reason", MonthWhy.no_reason))
    unseen = transition.seen and wish.seen_hash != counted_hash
    if unseen or (transition.standing and standing.seen_hash != counted_hash):
        faults.append(("seen_hash", MonthWhy.changed))
    return tuple(MonthFault(field, why, standing.person_id) for field, why in faults)


def step_month(standing: MonthStanding, wish: MonthWish, counted_hash: str) -> MonthStanding:
    """Give the month after an act.

    Raises:
        RefusedMonthError: the act is not possible now, not this person's, without its reason, or of another count.
    """
    faults = assess_month_act(standing, wish, counted_hash)
    if faults:
        raise RefusedMonthError(faults)
    transition = TRANSITIONS[standing.state, wish.act]
    kept = transition.to in CONFIRMED | IN_FORCE
    return replace(
        standing,
        state=transition.to,
        seen_hash=(counted_hash if transition.seen else standing.seen_hash) if kept else "",
        version=standing.version + (wish.act is MonthAct.close),
        proposed_by=wish.by if transition.to is MonthState.reopening else None,
    )

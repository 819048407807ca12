"""The life of a visit: announced, approved where that is asked for, received, over; and what the clock says of it.

What people did stands (:data:`STEPS`); being late is no deed and is read off the clock (:func:`state_at`), so that no
job has to run for a visit to be overdue. Instants: ``valid_from`` is inside a visit, ``valid_until`` no longer is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.civil import civil_minute, instant

VISIT_MAX = timedelta(days=31)
"""The longest visit, as long as a visitor's code may count (``contract.visit_codes``)."""

AHEAD_MAX = timedelta(days=180)
"""So far ahead a visit may be announced."""

EARLY_MAX = timedelta(minutes=60)
"""So long before its time a visitor is received."""

OVERSTAY_GRACE = timedelta(minutes=15)
"""So long after the end of a visit nobody is alarmed; the doors shut at the end itself."""

KEPT_DAYS = 90
"""For so many days after its end it is known who came, unless the settings say otherwise."""


class VisitState(StrEnum):
    """Where a visit stands."""

    announced = "announced"  # nobody has to approve it
    awaiting = "awaiting"
    approved = "approved"
    arrived = "arrived"
    left = "left"
    overdue = "overdue"  # still here after the end
    no_show = "no_show"  # the end came first
    cancelled = "cancelled"
    refused = "refused"


class VisitAct(StrEnum):
    """What somebody does about a visit."""

    approve = "approve"
    refuse = "refuse"
    cancel = "cancel"
    receive = "receive"
    give_pass = "give_pass"  # noqa: S105 (a word, not a password)
    extend = "extend"
    leave = "leave"


class Approval(StrEnum):
    """Whose word a level asks for before a visitor has it; the later ones count for more."""

    none = "none"
    head = "head"  # the host's 所属長
    facility = "facility"


class VisitFault(StrEnum):
    """Why nothing was done about a visit."""

    no_visit = "no_visit"
    wrong_state = "wrong_state"
    no_name = "no_name"
    too_long = "too_long"
    no_host = "no_host"
    no_level = "no_level"
    bad_time = "bad_time"
    ends_too_early = "ends_too_early"
    lasts_too_long = "lasts_too_long"
    too_far_ahead = "too_far_ahead"
    too_early = "too_early"
    not_yours = "not_yours"
    own_visit = "own_visit"
    no_reason = "no_reason"
    not_identified = "not_identified"
    no_pass = "no_pass"  # noqa: S105 (as above)
    card_taken = "card_taken"


class VisitFaultError(Exception):
    """Nothing was done about a visit."""

    def __init__(self, fault: VisitFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


_S, _A = VisitState, VisitAct

STEPS: Mapping[tuple[VisitState, VisitAct], VisitState | None] = MappingProxyType(
    {
        (_S.announced, _A.receive): _S.arrived,
        (_S.announced, _A.cancel): _S.cancelled,
        (_S.announced, _A.extend): None,
        (_S.awaiting, _A.approve): _S.approved,
        (_S.awaiting, _A.refuse): _S.refused,
        (_S.awaiting, _A.cancel): _S.cancelled,
        (_S.awaiting, _A.extend): None,
        (_S.approved, _A.receive): _S.arrived,
        (_S.approved, _A.refuse): _S.refused,
        (_S.approved, _A.cancel): _S.cancelled,
        (_S.approved, _A.extend): None,
        (_S.arrived, _A.give_pass): None,
        (_S.arrived, _A.extend): None,
        (_S.arrived, _A.leave): _S.left,
        (_S.overdue, _A.extend): None,
        (_S.overdue, _A.leave): _S.left,
        (_S.no_show, _A.extend): None,
    }
)
"""(where it stands now, what is done) → what it is then; None: what it was. What has no row cannot be done."""

_LATE: Mapping[VisitState, VisitState] = MappingProxyType(
    {
        _S.announced: _S.no_show,
        _S.awaiting: _S.no_show,
        _S.approved: _S.no_show,
        _S.arrived: _S.overdue,
    }
)

STANDING = frozenset(_S) - {_S.overdue, _S.no_show}
"""The states that deeds lead to; the other two are the clock's."""

EXPECTED = frozenset((_S.announced, _S.awaiting, _S.approved))
INSIDE = frozenset((_S.arrived, _S.overdue))


@dataclass(frozen=True, slots=True)
class VisitTimes:
    """What of a visit its state depends on. ``standing`` is one of :data:`STANDING`."""

    standing: VisitState
    valid_from: datetime
    valid_until: datetime
    arrived_at: datetime | None = None
    left_at: datetime | None = None


def state_at(standing: VisitState, valid_until: datetime, now: datetime) -> VisitState:
    """Give where a visit stands at an instant."""
    return _LATE.get(standing, standing) if now >= valid_until else standing


def step_visit(visit: VisitTimes, act: VisitAct, now: datetime) -> VisitState:
    """Give the standing state that an act leads to.

    Raises:
        VisitFaultError: the act cannot be done where the visit stands, or the visitor is received too early.
    """
    at = state_at(visit.standing, visit.valid_until, now), act
    if at not in STEPS:
        raise VisitFaultError(VisitFault.wrong_state)
    if act is VisitAct.receive and now < visit.valid_from - EARLY_MAX:
        raise VisitFaultError(VisitFault.too_early)
    return STEPS[at] or visit.standing


def list_acts(visit: VisitTimes, now: datetime) -> frozenset[VisitAct]:
    """Give what can be done about a visit now."""
    state = state_at(visit.standing, visit.valid_until, now)
    early = now < visit.valid_from - EARLY_MAX
    return frozenset(act for at, act in STEPS if at is state and not (early and act is VisitAct.receive))


def judge_times(valid_from: datetime, valid_until: datetime, now: datetime) -> VisitFault | None:
    """Tell what is wrong with the times of a new visit; None when nothing is."""
    if valid_until <= max(valid_from, now):
        return VisitFault.ends_too_early
    if valid_until - valid_from > VISIT_MAX:
        return VisitFault.lasts_too_long
    return VisitFault.too_far_ahead if valid_from > now + AHEAD_MAX else None


def judge_extension(visit: VisitTimes, valid_until: datetime, now: datetime) -> VisitFault | None:
    """Tell what is wrong with a later end: it lies after the former and after now, and today at the latest.

    A visit of another day is another visit, with an approval of its own.
    """
    if valid_until <= max(visit.valid_until, now):
        return VisitFault.ends_too_early
    last_on = max(civil_minute(now)[0], civil_minute(visit.valid_until)[0])
    too_late = valid_until > instant(last_on + timedelta(days=1), 0) or valid_until - visit.valid_from > VISIT_MAX
    return VisitFault.lasts_too_long if too_late else None


def demand_approval(asked: Iterable[Approval]) -> Approval:
    """Give the word that counts for most of those that a visit's levels ask for."""
    order = list(Approval)
    return max(asked, key=order.index, default=Approval.none)


def judge_decider(
    approval: Approval, *, decider: str, involved: Collection[str], is_head: bool, is_facility: bool
) -> VisitFault | None:
    """Tell why somebody may not approve or refuse a visit; None when that one may.

    Args:
        approval: whose word is asked for.
        decider: the login or person that would decide, in the same kind of id as ``involved``.
        involved: the host and whoever announced the visit: nobody approves the own visitor.
        is_head: the decider is the host's 所属長.
        is_facility: the decider looks after the building.
    """
    if decider in involved:
        return VisitFault.own_visit
    may = is_facility or (is_head and approval is Approval.head)
    return None if may else VisitFault.not_yours

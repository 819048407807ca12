"""Moving, taking out and disposing of information: asked for, approved by as many as its class demands, done, recorded.

One table for all three. Nobody approves what they asked for, and nobody approves twice (dual control).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.zones.information import Demand, Handling
from domain.zones.zone_fault import ZoneWhy, refuse_zone


class MovementState(StrEnum):
    """Where a request stands."""

    asked = "asked"
    approved = "approved"
    refused = "refused"
    withdrawn = "withdrawn"
    done = "done"
    lapsed = "lapsed"  # approved, and not done in its time


class MovementAct(StrEnum):
    """What is done about a request."""

    approve = "approve"
    refuse = "refuse"
    withdraw = "withdraw"
    carry_out = "carry_out"
    lapse = "lapse"


NEEDED: Mapping[Demand, int] = MappingProxyType({Demand.free: 0, Demand.approval: 1, Demand.two_approvals: 2})
"""How many persons must approve."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A request: what information (``subject``, never the information itself), of which class, from where to where.

    ``approved_by`` in their order. When it is done, ``done_by``, ``done_at`` and ``means`` (how it was carried, or
    destroyed) are the record that the rules ask for.
    """

    id: str
    handling: Handling
    subject: str
    class_id: str
    demand: Demand
    asked_by: str
    asked_at: datetime
    reason: str
    until_at: datetime
    from_tier: str = ""
    to_tier: str = ""
    place: str = ""
    state: MovementState = MovementState.asked
    approved_by: tuple[str, ...] = ()
    done_by: str = ""
    done_at: datetime | None = None
    means: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does about a request; ``text`` is why it is refused, or by what means it was carried out."""

    kind: MovementAct
    by: str
    text: str = ""


_S, _A = MovementState, MovementAct
_STEPS: Mapping[tuple[MovementState, MovementAct], MovementState] = MappingProxyType(
    {
        (_S.asked, _A.approve): _S.approved,
        (_S.asked, _A.refuse): _S.refused,
        (_S.asked, _A.withdraw): _S.withdrawn,
        (_S.asked, _A.lapse): _S.lapsed,
        (_S.approved, _A.carry_out): _S.done,
        (_S.approved, _A.refuse): _S.refused,
        (_S.approved, _A.withdraw): _S.withdrawn,
        (_S.approved, _A.lapse): _S.lapsed,
    }
)
"""(where it stands, what is done) → where it stands then; an approval that is not the last one leaves it asked."""


def begin_movement(asked: Movement) -> Movement:
    """Give a request as it begins: what its class leaves free is approved by nobody.

    Raises:
        ZoneFaultsError: its class forbids it, it gives no reason, or its time is over before it begins.
    """
    if asked.demand not in NEEDED:
        raise refuse_zone("class_id", ZoneWhy.forbidden)
    if not asked.reason.strip():
        raise refuse_zone("reason", ZoneWhy.no_reason)
    if asked.until_at <= asked.asked_at:
        raise refuse_zone("until_at", ZoneWhy.over)
    is_free = NEEDED[asked.demand] == 0
    return replace(asked, state=MovementState.approved if is_free else MovementState.asked, approved_by=())


def step_movement(of: Movement, act: Act, now: datetime) -> Movement:
    """Give a request after an act.

    Raises:
        ZoneFaultsError: it has moved on, is over, is one's own or was approved by the same person, or says no reason.
    """
    to = _STEPS.get((of.state, act.kind))
    if to is None:
        raise refuse_zone("state", ZoneWhy.moved_on)
    is_over = now >= of.until_at
    if is_over != (act.kind is MovementAct.lapse) and act.kind not in {MovementAct.refuse, MovementAct.withdraw}:
        raise refuse_zone("until_at", ZoneWhy.over if is_over else ZoneWhy.moved_on)
    match act.kind:
        case MovementAct.approve:
            return _approve(of, act.by)
        case MovementAct.withdraw if act.by != of.asked_by:
            raise refuse_zone("by", ZoneWhy.not_yours)
        case MovementAct.refuse | MovementAct.carry_out if not act.text.strip():
            raise refuse_zone("text", ZoneWhy.no_reason)
        case MovementAct.carry_out:
            return replace(of, state=to, done_by=act.by, done_at=now, means=act.text.strip())
    return replace(of, state=to)


def _approve(of: Movement, by: str) -> Movement:
    if by == of.asked_by or by in of.approved_by:
        raise refuse_zone("by", ZoneWhy.same_person)
    approved_by = (*of.approved_by, by)
    is_enough = len(approved_by) >= NEEDED[of.demand]
    return replace(of, approved_by=approved_by, state=MovementState.approved if is_enough else of.state)

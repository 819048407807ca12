"""Where an application stands, and which act leads where: the table behind every 申請, 決裁, 差戻, 却下 and 取下げ."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an application stands."""

    draft = "draft"  # 下書き
    submitted = "submitted"  # 申請中: waits at one of its steps
    returned = "returned"  # 差戻: the applicant may change it and submit again
    approved = "approved"  # 決裁済: in effect
    rejected = "rejected"  # 却下
    withdrawn = "withdrawn"  # 取下げ
    cancelling = "cancelling"  # in effect until somebody agrees that it ends
    cancelled = "cancelled"  # 取消: was in effect


class Act(StrEnum):
    """What somebody does with an application."""

    submit = "submit"
    approve = "approve"
    send_back = "send_back"  # 差戻
    reject = "reject"  # 却下
    withdraw = "withdraw"  # 取下げ
    cancel = "cancel"  # 取消の申出: wants what was approved to end
    revoke = "revoke"  # 取消: ends what was approved, without being asked


class Who(StrEnum):
    """Whose act it is."""

    applicant = "applicant"
    decider = "decider"


@dataclass(frozen=True, slots=True)
class Transition:
    """What an act does: who may, the state it leads to, whether it must say why.

    ``each_step``: the act leads there only at the last step of the route; before it the application stays and moves on
    by one step.
    """

    who: Who
    to: State
    needs_reason: bool = False
    each_step: bool = False


_APPLICANT, _DECIDER = Who.applicant, Who.decider

TRANSITIONS: Mapping[tuple[State, Act], Transition] = MappingProxyType(
    {
        (State.draft, Act.submit): Transition(_APPLICANT, State.submitted),
        (State.draft, Act.withdraw): Transition(_APPLICANT, State.withdrawn),
        (State.submitted, Act.approve): Transition(_DECIDER, State.approved, each_step=True),
        (State.submitted, Act.send_back): Transition(_DECIDER, State.returned, needs_reason=True),
        (State.submitted, Act.reject): Transition(_DECIDER, State.rejected, needs_reason=True),
        (State.submitted, Act.withdraw): Transition(_APPLICANT, State.withdrawn),
        (State.returned, Act.submit): Transition(_APPLICANT, State.submitted),
        (State.returned, Act.withdraw): Transition(_APPLICANT, State.withdrawn),
        (State.approved, Act.cancel): Transition(_APPLICANT, State.cancelling, needs_reason=True),
        (State.approved, Act.revoke): Transition(_DECIDER, State.cancelled, needs_reason=True),
        (State.cancelling, Act.approve): Transition(_DECIDER, State.cancelled),
        (State.cancelling, Act.reject): Transition(_DECIDER, State.approved, needs_reason=True),
        (State.cancelling, Act.withdraw): Transition(_APPLICANT, State.approved),
    }
)
"""Every lawful act; what does not stand here is refused."""

IN_EFFECT = frozenset({State.approved, State.cancelling})
WAITING = frozenset({State.submitted, State.cancelling})
OVER = frozenset({State.rejected, State.withdrawn, State.cancelled})
"""States that nothing leads out of."""

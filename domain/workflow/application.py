"""One application and what an act makes of it. Pure: the content is told by its hash, the organisation is given.

An approval holds for the content that was seen and for nothing else: its hash stands in the act and in the history. Two
browsers that decide at once name the same number of acts seen; the second finds one more and is refused.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.workflow.route import Decider, Organisation, StepRole, list_deciders
from domain.workflow.states import TRANSITIONS, WAITING, Act, State, Transition, Who


class Refusal(StrEnum):
    """Why an act is refused."""

    not_now = "not_now"  # nothing in the table leads on from here by this act
    moved_on = "moved_on"  # somebody acted since it was looked at
    content_changed = "content_changed"  # the act speaks of other contents than those that were submitted
    not_the_applicant = "not_the_applicant"
    own_matter = "own_matter"  # proposer and approver must be two
    not_a_decider = "not_a_decider"
    no_reason = "no_reason"


class RefusedActError(Exception):
    """The application stays as it was."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Deed:
    """An act that was done: ``step`` is the place in the route at which it was done, ``state`` what it led to."""

    act: Act
    by: str
    at: datetime
    content_hash: str
    step: int
    state: State
    acting_for: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do: ``seen`` is the number of deeds on the page in front of that person."""

    act: Act
    by: str
    content_hash: str
    seen: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """An application: about whom, by whom, for which department, by which route, and what was done so far.

    ``content_hash`` is the SHA-256 of the content's canonical bytes, in hex. ``step`` counts from 0.
    """

    id: str
    kind: str
    person_id: str
    applicant_id: str
    department_id: str
    route: tuple[StepRole, ...]
    content_hash: str
    state: State = State.draft
    step: int = 0
    deeds: tuple[Deed, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """Give those whose own matter it is: they decide nothing about it."""
        return frozenset({self.person_id, self.applicant_id})


def list_waited_for(application: Application, organisation: Organisation) -> tuple[Decider, ...]:
    """Give who may decide now; nobody where nothing waits."""
    if application.state not in WAITING:
        return ()
    return _deciders(application, organisation)


def step_application(application: Application, wish: Wish, organisation: Organisation, now: datetime) -> Application:
    """Give the application after an act.

    Submitting takes the content as it is now; every other act must name the content that was submitted. After an
    approval the following steps that the same person would take in his own name are passed: nobody signs twice.

    Raises:
        RefusedActError: the act is not possible, not this person's, or of another content; it says which.
    """
    transition = TRANSITIONS.get((application.state, wish.act))
    if wish.seen != len(application.deeds):
        raise RefusedActError(Refusal.moved_on)
    if transition is None:
        raise RefusedActError(Refusal.not_now)
    if wish.act is not Act.submit and wish.content_hash != application.content_hash:
        raise RefusedActError(Refusal.content_changed)
    decider = _check_who(application, wish, transition, organisation)
    if transition.needs_reason and not wish.reason.strip():
        raise RefusedActError(Refusal.no_reason)
    state, step = transition.to, application.step
    if transition.each_step:
        step = _step_after(application, decider, organisation)
        state = transition.to if step == len(application.route) else application.state
    if wish.act is Act.submit:
        step = 0
    deed = Deed(
        wish.act,
        wish.by,
        now,
        wish.content_hash,
        application.step,
        state,
        acting_for=decider.acting_for if decider else None,
        reason=wish.reason.strip(),
    )
    return replace(
        application,
        state=state,
        step=step,
        content_hash=wish.content_hash,
        deeds=(*application.deeds, deed),
    )


def _check_who(
    application: Application, wish: Wish, transition: Transition, organisation: Organisation
) -> Decider | None:
    if transition.who is Who.applicant:
        if wish.by not in application.own:
            raise RefusedActError(Refusal.not_the_applicant)
        return None
    if wish.by in application.own:
        raise RefusedActError(Refusal.own_matter)
    for decider in _deciders(application, organisation):
        if decider.person_id == wish.by:
            return decider
    raise RefusedActError(Refusal.not_a_decider)


def _deciders(application: Application, organisation: Organisation) -> tuple[Decider, ...]:
    # What was approved is ended by those who took its last step.
    role = application.route[min(application.step, len(application.route) - 1)]
    return list_deciders(role, application.department_id, organisation, application.own)


def _step_after(application: Application, decider: Decider | None, organisation: Organisation) -> int:
    step = application.step + 1
    while step < len(application.route) and decider is not None and decider.acting_for is None:
        following = list_deciders(application.route[step], application.department_id, organisation, application.own)
        if decider not in following:
            break
        step += 1
    return step

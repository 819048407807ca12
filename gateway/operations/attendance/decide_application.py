"""Act on an application: approve, send back, reject, withdraw, cancel, revoke; at the last step with its effect."""

from domain.attendance.adjustment import Cause
from domain.attendance.effects import TakenMinutes, due_minutes, list_effects
from domain.attendance.leave_takings import taken_minutes
from domain.attendance.request_facts import list_days
from domain.attendance.requests import DivergenceAnswer, Request
from domain.civil import civil_minute
from domain.workflow.application import Application, Refusal, RefusedActError, Wish, step_application
from domain.workflow.states import IN_EFFECT, Act, State
from gateway.requests.assessment import Assessed, assess_now
from gateway.requests.content import read_request
from gateway.requests.refusals import RequestFaultsError, UnknownApplicationError
from gateway.requests.rules import Rules
from gateway.requests.telling import tell_application
from store.applications import Filed, load_application, save_step
from store.changed_days import mark_changed_days
from store.deciders import load_organisation
from store.effects import end_effects, insert_effects
from store.people import load_person
from store.tx import Tx


def decide_application(tx: Tx, application_id: str, wish: Wish, rules: Rules) -> Application:
    """Do an act and keep what follows from it in the same commit; gives the application after it.

    The last approval puts what was asked for into force, the agreement to its end ends it. Submitting anew is
    ``apply_request``'s.

    Raises:
        UnknownApplicationError: there is none of this id.
        RefusedActError: the act is not possible now, not this person's, without its reason or of other contents.
        RequestFaultsError: what was asked for cannot take effect any more; it may be sent back.
        BrokenContentError: the stored content is not what was submitted.
    """
    filed = load_application(tx, application_id)
    if filed is None:
        raise UnknownApplicationError(application_id)
    before = filed.application
    if wish.act is Act.submit:
        raise RefusedActError(Refusal.not_now)
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    after = step_application(before, wish, organisation, tx.now)
    if not save_step(tx, before, after, filed.matter):
        raise RefusedActError(Refusal.moved_on)
    if after.state in IN_EFFECT and before.state not in IN_EFFECT:
        _take_effect(tx, filed, wish, rules)
    elif after.state is State.cancelled:
        _end_effect(tx, filed)
    tell_application(tx, after, filed.matter.from_on, organisation)
    return after


def _take_effect(tx: Tx, filed: Filed, wish: Wish, rules: Rules) -> None:
    one, request = filed.application, read_request(filed)
    person = load_person(tx, one.person_id)
    if person is None:
        raise UnknownApplicationError(one.id)
    asked_at = max(deed.at for deed in one.deeds if deed.act is Act.submit)
    assessed = assess_now(tx, request, person, rules, asked_at=asked_at, besides=one.id)
    if assessed.faults or assessed.facts is None:
        raise RequestFaultsError(assessed.faults)
    effects = list_effects(request, assessed.facts.plan, _taken(assessed))
    insert_effects(tx, one.id, one.person_id, effects, by=wish.by, reason=request.reason.strip())
    _mark(tx, one, request, Cause.approved)


def _taken(assessed: Assessed) -> TakenMinutes:
    leave = assessed.leave
    return due_minutes if leave is None else lambda asked, day: taken_minutes(asked, day, leave)


def _end_effect(tx: Tx, filed: Filed) -> None:
    end_effects(tx, filed.application.id)
    _mark(tx, filed.application, read_request(filed), Cause.cancelled)


def _mark(tx: Tx, one: Application, request: Request, cause: Cause) -> None:
    if not isinstance(request, DivergenceAnswer):
        mark_changed_days(tx, one.person_id, list_days(request), cause.value)

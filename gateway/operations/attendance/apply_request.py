"""Apply for something: every fault is named, or the application, its first deed and its notice stand in one commit."""

from dataclasses import dataclass, replace

from contract.request_content import hash_content, write_content
from domain.access.rights import PersonKind
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import Request, days_of, kind_of, subject_of
from domain.attendance.routes import route_of
from domain.civil import civil_minute
from domain.workflow.application import Application, Refusal, RefusedActError, Wish, step_application
from domain.workflow.route import Organisation, StepRole, list_deciders
from domain.workflow.states import Act, State
from gateway.requests.assessment import assess_now
from gateway.requests.refusals import ApplicationConflictError, RequestFaultsError
from gateway.requests.rules import Rules
from gateway.requests.telling import tell_application
from store.applications import Filed, Matter, insert_application, load_application, save_step
from store.deciders import load_organisation
from store.people import Person, load_person
from store.tx import Tx

ID_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: ``id`` is made by the form, ``seen`` the number of deeds on the page before him.

    ``applicant_id`` differs from ``person_id`` where a head or HR asks for somebody; who asks decides nothing of it.
    """

    id: str
    person_id: str
    applicant_id: str
    request: Request
    seen: int = 0


def apply_request(tx: Tx, asked: Asked, rules: Rules) -> Application:
    """Submit a request, new or returned; the same one sent twice is one.

    Raises:
        RequestFaultsError: the request cannot be taken as it is; it names every fault.
        RefusedActError: the application went on since it was looked at, or is not this person's to make.
        ApplicationConflictError: the id stands for another person's application.
    """
    if not 0 < len(asked.id) <= ID_LENGTH_MAX or "/" in asked.id:
        raise RequestFaultsError((RequestFault("id", Why.too_long, {"most_characters": ID_LENGTH_MAX}),))
    person = load_person(tx, asked.person_id)
    if person is None or person.kind != PersonKind.staff:
        raise RequestFaultsError((RequestFault("person_id", Why.not_employed, {}),))
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    content = write_content(asked.request)
    standing = load_application(tx, asked.id)
    if standing is not None and _is_repeat(standing, asked, hash_content(content)):
        return standing.application
    if not may_apply(asked.applicant_id, person, organisation):
        raise RefusedActError(Refusal.not_the_applicant)
    if faults := assess_now(tx, asked.request, person, rules, asked_at=tx.now, besides=asked.id).faults:
        raise RequestFaultsError(faults)
    draft = _draft(asked, person, hash_content(content), rules, standing)
    matter = Matter(content, subject_of(asked.request), *days_of(asked.request))
    wish = Wish(Act.submit, asked.applicant_id, draft.content_hash, asked.seen)
    after = step_application(draft, wish, organisation, tx.now)
    if standing is None and not insert_application(tx, draft, matter):
        raise RefusedActError(Refusal.moved_on)
    if not save_step(tx, draft, after, matter):
        raise RefusedActError(Refusal.moved_on)
    tell_application(tx, after, matter.from_on, organisation)
    return after


def _is_repeat(standing: Filed, asked: Asked, content_hash: str) -> bool:
    one = standing.application
    if one.person_id != asked.person_id:
        raise ApplicationConflictError(asked.id)
    same = one.content_hash == content_hash and one.applicant_id == asked.applicant_id
    return same and one.state not in {State.draft, State.returned} and asked.seen < len(one.deeds)


def may_apply(applicant_id: str, person: Person, organisation: Organisation) -> bool:
    """Tell whether somebody may apply for a person: oneself, HR, and whoever decides for the department today."""
    if applicant_id == person.id or applicant_id in organisation.hr:
        return True
    heads = list_deciders(StepRole.head, person.department_id, organisation, frozenset({person.id}))
    return applicant_id in {head.person_id for head in heads}


def _draft(asked: Asked, person: Person, content_hash: str, rules: Rules, standing: Filed | None) -> Application:
    kind = kind_of(asked.request).value
    route = tuple(StepRole(word) for word in route_of(asked.request, rules.leave_routes))
    if standing is not None:
        return replace(standing.application, kind=kind, route=route, content_hash=content_hash)
    return Application(asked.id, kind, person.id, asked.applicant_id, person.department_id, route, content_hash)

"""The word on what waits: one application, or all of a page of which nothing diverges."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.workflow.application import Application, Refusal, RefusedActError, Wish
from domain.workflow.route import StepRole
from domain.workflow.states import Act
from gateway.operations.attendance.decide_application import decide_application
from gateway.operations.attendance.decide_applications import Decided, decide_applications
from gateway.pages.approval.inbox import Answered, demand_person, show_inbox, tell_faults
from gateway.pages.approval.matter import show_matter
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.requests.inbox import PAGE_LENGTH, list_inbox
from gateway.requests.refusals import BrokenContentError, RequestFaultsError, UnknownApplicationError
from store.applications import list_filed
from store.people import Person, load_persons

router = APIRouter()

REASON_LENGTH_MAX = 200
HASH_PATTERN = r"^[0-9a-f]{64}$"
Chosen = Annotated[str, Form(pattern=r"^[0-9]{1,6} [0-9a-f]{64} .{1,64}$")]
"""What the page showed of one application: the number of its deeds, the hash of its content, its id."""


@router.post("/attendance/inbox")
def post_inbox(
    visit: Visitor,
    chosen: Annotated[list[Chosen], Form(max_length=PAGE_LENGTH, default_factory=list)],
    role: StepRole | None = None,
) -> Response:
    """Approve what was chosen, each by itself; when some cannot be, tell each one's answer."""
    context, person_id = visit.pages.context, demand_person(visit)
    wishes = [_read_wish(each, person_id) for each in chosen]
    decided = decide_applications(context.store, context.now, wishes, context.rules)
    context.committed.set()
    if all(each.state is not None for each in decided):
        way = f"&role={role}" if role else ""
        return see_other(f"/attendance/inbox?approved={len(decided)}{way}")
    return show_inbox(visit, role=role, answers=_tell_answers(visit, decided))


@router.post("/attendance/inbox/{application_id}")
def post_decision(
    visit: Visitor,
    *,
    application_id: str,
    act: Annotated[Literal["approve", "send_back", "reject", "revoke"], Form()],
    seen: Annotated[int, Form(ge=0, le=1_000_000)],
    content: Annotated[str, Form(pattern=HASH_PATTERN)],
    reason: Annotated[str, Form(max_length=2000)] = "",
    then: Annotated[Literal["list", "next"], Form()] = "list",
    role: Annotated[StepRole | Literal[""], Form()] = "",
) -> Response:
    """Decide one; a word that is refused shows the application as it is now, and why."""
    context, person_id = visit.pages.context, demand_person(visit)
    if len(reason.strip()) > REASON_LENGTH_MAX:
        return show_matter(visit, application_id, fault="too_long", reason=reason)
    following = _find_following(visit, person_id, application_id) if then == "next" else ""
    try:
        with context.store.transaction(context.now()) as tx:
            wish = Wish(Act(act), person_id, content, seen, reason)
            decide_application(tx, application_id, wish, context.rules)
    except UnknownApplicationError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except RefusedActError as error:
        if error.refusal is Refusal.no_reason:
            return show_matter(visit, application_id, fault="no_reason")
        return show_matter(visit, application_id, refusal=error.refusal, reason=reason)
    except BrokenContentError:
        return show_matter(visit, application_id, refusal=Refusal.content_changed, reason=reason)
    except RequestFaultsError as error:
        return show_matter(visit, application_id, told=tell_faults(visit, error.faults), reason=reason)
    context.committed.set()
    if following:
        return see_other(f"/attendance/inbox/{following}?done={application_id}")
    way = f"&role={role}" if role else ""
    return see_other(f"/attendance/inbox?done={application_id}{way}")


def _read_wish(chosen: str, person_id: str) -> tuple[str, Wish]:
    seen, content, application_id = chosen.split(" ", 2)
    return application_id, Wish(Act.approve, person_id, content, int(seen))


def _find_following(visit: Visit, person_id: str, application_id: str) -> str:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        order = [each.filed.application.id for each in list_inbox(tx, person_id).entries]
    if application_id not in order:
        return ""
    at = order.index(application_id)
    rest = [*order[at + 1 :], *order[:at]]
    return rest[0] if rest else ""


def _tell_answers(visit: Visit, decided: tuple[Decided, ...]) -> tuple[Answered, ...]:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        filed = {each.application.id: each for each in list_filed(tx, [one.application_id for one in decided])}
        named = {each.application.person_id for each in filed.values()}
        people = load_persons(tx, named | {each.application.deeds[-1].by for each in filed.values()})
    answers = []
    for one in decided:
        known = filed.get(one.application_id)
        person = people.get(known.application.person_id) if known else None
        why = () if one.state is not None else _tell_why(visit, one, known.application if known else None, people)
        answers.append(Answered(one.application_id, person.name if person else "—", why))
    return tuple(answers)


def _tell_why(visit: Visit, one: Decided, stands: Application | None, people: Mapping[str, Person]) -> tuple[str, ...]:
    phrases = visit.phrases
    if one.refusal is Refusal.moved_on and stands is not None and stands.deeds[-1].by in people:
        last = stands.deeds[-1]
        at, act = phrases.moment(last.at, visit.pages.context.now()), phrases.say(f"application.act.{last.act}")
        return (phrases.say("inbox.moved_on_by", at=at, name=people[last.by].name, act=act),)
    if one.is_unknown:
        return (phrases.say("inbox.unknown"),)
    if one.refusal is not None:
        return (phrases.say(f"refused_act.{one.refusal}.title"),)
    return tell_faults(visit, one.faults)

"""決裁: what waits for the visitor's word, as cards, the longest waiting first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.attendance.request_fault import RequestFault
from domain.attendance.request_words import FIELDS, describe_fault
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from domain.workflow.route import StepRole
from domain.workflow.states import Act
from gateway.pages.approval.inbox_view import Card, Naming, view_card
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language
from gateway.requests.inbox import PAGE_LENGTH, Inbox, InboxEntry, list_inbox
from gateway.requests.look_ahead import load_outlooks
from gateway.requests.outlook import Outlook
from store.applications import load_application
from store.people import list_departments, load_persons
from store.tx import Tx

router = APIRouter()

PAGES_MAX = 10_000
ID_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one application of many: the words why it stays as it was, none where it was approved."""

    application_id: str
    name: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What the visitor did last: to be said once on the next page."""

    application_id: str
    name: str
    act: Act


@router.get("/attendance/inbox")
def get_inbox(
    visit: Visitor,
    role: StepRole | None = None,
    page: Annotated[int, Query(ge=1, le=PAGES_MAX)] = 1,
    done: Annotated[str, Query(max_length=ID_LENGTH_MAX)] = "",
    approved: Annotated[int, Query(ge=0, le=PAGE_LENGTH)] = 0,
) -> Response:
    """Show what waits, a page of it; ``done`` is what was decided just now, ``approved`` how many were."""
    return show_inbox(visit, role=role, page=page, done=done, approved=approved)


def show_inbox(
    visit: Visit,
    *,
    role: StepRole | None = None,
    page: int = 1,
    done: str = "",
    approved: int = 0,
    answers: tuple[Answered, ...] = (),
) -> Response:
    """Show a page of the inbox; with ``answers`` of which some are refusals, as a fault."""
    context, person_id = visit.pages.context, demand_person(visit)
    with context.store.reading(context.now()) as tx:
        inbox = list_inbox(tx, person_id, role=role, offset=(page - 1) * PAGE_LENGTH)
        outlooks = load_outlooks(tx, [entry.filed for entry in inbox.entries], context.rules)
        cards = view_cards(tx, visit, inbox.entries, outlooks)
        last = load_done(tx, person_id, done) if done else None
    many = _count(inbox, role)
    return visit.render(
        "approval/inbox.html",
        cards=cards,
        counts=inbox.counts,
        total=inbox.total,
        role=role,
        page=page,
        pages=max(1, -(-many // PAGE_LENGTH)),
        first=(page - 1) * PAGE_LENGTH,
        many=many,
        clear=[card for card in cards if card.outlook.is_clear],
        done=last,
        approved=approved,
        answers=answers,
        fault="some" if any(each.why for each in answers) else None,
        now=context.now(),
        **words_of_cards(visit),
    )


def words_of_cards(visit: Visit) -> dict[str, Any]:
    """Give what the templates of cards ask for beside a card: today, and faults in words."""
    return {
        "today": civil_minute(visit.pages.context.now())[0],
        "told_of": lambda faults: tell_faults(visit, faults),
    }


def tell_faults(visit: Visit, faults: Iterable[RequestFault]) -> tuple[str, ...]:
    """Say why something cannot take effect, each with its field, in the page's language."""
    if visit.language is Language.ja:
        return tuple(f"{FIELDS.get(fault.field, fault.field)}: {describe_fault(fault)[0]}" for fault in faults)
    return tuple(f"{fault.field.replace('_', ' ')}: {describe_fault(fault)[1]}" for fault in faults)


def demand_person(visit: Visit) -> str:
    """Give whose inbox it is.

    Raises:
        HTTPException: 404, the account belongs to no person.
    """
    if not visit.signed_in.person_id:
        raise HTTPException(404)
    return visit.signed_in.person_id


def view_cards(
    tx: Tx, visit: Visit, entries: Iterable[InboxEntry], outlooks: Mapping[str, Outlook]
) -> tuple[Card, ...]:
    """Give the cards of entries whose outlooks are known."""
    entries = tuple(entries)
    naming = load_naming(
        tx,
        visit,
        {
            person_id
            for entry in entries
            for person_id in (entry.filed.application.person_id, entry.filed.application.applicant_id, entry.acting_for)
            if person_id is not None
        },
    )
    now = axis_minute(*civil_minute(tx.now))
    return tuple(view_card(entry, outlooks[entry.filed.application.id], naming, now) for entry in entries)


def load_naming(tx: Tx, visit: Visit, person_ids: Iterable[str]) -> Naming:
    """Give the names that cards of these people take."""
    return Naming(
        load_persons(tx, set(person_ids)),
        {each.id: each.name for each in list_departments(tx)},
        visit.pages.context.rules.leave_kinds,
        visit.phrases,
    )


def _count(inbox: Inbox, role: StepRole | None) -> int:
    return inbox.total if role is None else inbox.counts.get(role, 0)


def load_done(tx: Tx, person_id: str, application_id: str) -> Done | None:
    """Give what a person did to an application, when nobody has acted since."""
    filed = load_application(tx, application_id)
    if filed is None or not filed.application.deeds or filed.application.deeds[-1].by != person_id:
        return None
    one = filed.application
    person = load_persons(tx, [one.person_id]).get(one.person_id)
    return Done(one.id, person.name if person else one.person_id, one.deeds[-1].act)

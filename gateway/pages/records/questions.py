"""Why was this refused, and could this person enter there now: the rules in their order, each with what it says."""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import Response

from contract.errors import MalformedMessageError
from contract.records import TapObserved, decode_record
from domain.access.door import DoorMode
from domain.access.policy import PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Situation
from domain.civil import JST
from domain.ids import AccessPointId
from gateway.operations.access.publish_policy import HORIZON_DAYS
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.event_question import find_people
from gateway.pages.records.looks import note_look
from gateway.pages.records.question_view import (
    MINUTE,
    Answer,
    Names,
    QuestionForm,
    answer_for_card,
    answer_for_record,
    reach_of,
    read_form,
    read_moment,
)
from gateway.policy.policy_shelf import EditionUnreadableError
from store.cards import DeskCard, list_desk_cards
from store.directory import DirectoryLine
from store.door_states import load_door_facts
from store.editions import load_latest_edition
from store.event_log import EventKey, load_event
from store.tx import Tx

log = logging.getLogger(__name__)
router = APIRouter()

Form = Annotated[QuestionForm, Depends(read_form)]
_HELD = frozenset((DoorMode.locked_down, DoorMode.blocked))


@router.get("/questions")
def get_question(visit: Visitor, form: Form) -> Response:
    """Answer what the address asks; without a question, give the form alone."""
    return _show_tap(visit, form) if form.is_about_tap else _show_person(visit, form)


def _show_tap(visit: Visit, form: QuestionForm) -> Response:
    """Tell again what a door decided. Where people were is for those who see everybody's taps."""
    context = visit.pages.context
    if not visit.may(Right.all_taps):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    with context.store.reading(context.now()) as tx:
        found = load_event(tx, EventKey(form.device, form.epoch or 0, form.seq or 0))
        body = _read_tap(found.body) if found else None
        if found is None or body is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        policy = _load_policy(tx, visit, body.policy_version)
    named = visit.may(Right.names_at_doors)
    if named:
        note_look(visit, "question", found.line.person_id or None, f"{form.device}/{form.epoch}/{form.seq}")
    return _render(
        visit,
        QuestionForm(
            who=found.line.person_id if named else "",
            point=body.access_point,
            at=body.at.astimezone(JST).strftime(MINUTE),
        ),
        record=found.line,
        person_name=(found.line.name or found.line.person_id) if named else "",
        version=body.policy_version,
        answer=answer_for_record(policy, found.credential, body) if policy else None,
    )


def _show_person(visit: Visit, form: QuestionForm) -> Response:
    context = visit.pages.context
    now = context.now()
    at, faults = read_moment(form.at, now), _check(visit, form)
    with context.store.reading(now) as tx:
        people = find_people(tx, form.who) if form.who else ()
        if form.who and not people:
            faults["who"] = "nobody"
        cards = list_desk_cards(tx, people[0].person_id) if len(people) == 1 else []
        card = next((each for each in cards if each.token == form.card), cards[0] if cards else None)
        edition = load_latest_edition(tx)
        asked = edition is not None and card is not None and not faults
        policy = _load_policy(tx, visit, edition.version) if edition and asked else None
        situation = _stands_now(tx, visit, form) if form.point and not form.at and not faults else NOTHING_KNOWN
    if policy is not None and at is not None:
        faults |= _check_reach(policy, form, at)
    answer = None
    if policy and card and at and not faults and form.point:
        answer = _ask(policy, card, form.point, at, situation)
        note_look(visit, "question", people[0].person_id, f"{form.point} {at.astimezone(JST):{MINUTE}}")
    told = {"cards": cards, "card": card, "answer": answer, "edition": edition, "unread": asked and policy is None}
    return _render(visit, form, faults=faults, people=people, **told)


def _load_policy(tx: Tx, visit: Visit, version: int) -> PolicySnapshot | None:
    """Give an edition's policy; None where it is not kept or cannot be read, which a person must look at."""
    try:
        return visit.pages.context.shelf.load(tx, version)
    except EditionUnreadableError as error:
        log.error("a question about the rules cannot be answered: %s", error)  # noqa: TRY400 (the cause is in the text)
        return None


def _ask(policy: PolicySnapshot, card: DeskCard, point: str, at: datetime, situation: Situation) -> Answer:
    return answer_for_card(policy, card.token, point, at, assurance=card.assurance, situation=situation)


def _render(visit: Visit, form: QuestionForm, **told: Any) -> Response:
    """Draw the page; ``told`` holds what differs from ``_NOTHING``."""
    known = {**_NOTHING, **told}
    people: tuple[DirectoryLine, ...] = known["people"]
    return visit.render(
        "records/questions.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if known["faults"] else HTTPStatus.OK,
        form=form,
        person=people[0] if len(people) == 1 else None,
        several=people if len(people) > 1 else (),
        points=visit.pages.context.site.access_points,
        names=Names(visit.pages.context.site, visit.phrases),
        now=visit.pages.context.now(),
        **known,
    )


_NOTHING: dict[str, Any] = {
    "faults": {},
    "people": (),
    "cards": [],
    "card": None,
    "answer": None,
    "edition": None,
    "unread": False,
    "record": None,
    "person_name": "",
    "version": None,
}


def _check(visit: Visit, form: QuestionForm) -> dict[str, str]:
    """Say by field what is wrong with a question that was sent."""
    asked = bool(form.who or form.point)
    faults = {}
    if asked and not form.who:
        faults["who"] = "missing"
    if asked and form.point not in {point.id for point in visit.pages.context.site.access_points}:
        faults["point"] = "missing"
    if read_moment(form.at, visit.pages.context.now()) is None:
        faults["at"] = "no_time"
    return faults


def _check_reach(policy: PolicySnapshot, form: QuestionForm, at: datetime) -> dict[str, str]:
    since, until = reach_of(policy, HORIZON_DAYS)
    faults = {} if since <= at < until else {"at": "out_of_reach"}
    return faults if AccessPointId(form.point) in policy.points else faults | {"point": "not_yet"}


def _stands_now(tx: Tx, visit: Visit, form: QuestionForm) -> Situation:
    """Give what the door told of itself; places of people are the controllers' knowledge."""
    door = visit.pages.context.site.access_point(form.point).door
    facts = load_door_facts(tx, device_ids=(), door_ids=(door,)).get(door)
    held = facts is not None and facts.mode in _HELD
    return Situation(mode=DoorMode(facts.mode)) if facts is not None and held else NOTHING_KNOWN


def _read_tap(body: bytes) -> TapObserved | None:
    try:
        told = decode_record(body)
    except MalformedMessageError:
        return None
    return told if isinstance(told, TapObserved) else None

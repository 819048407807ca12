"""乖離: HR's queue of days that still diverge, the heaviest first, with what tells about the day that is open."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.attendance.month import month_bounds
from domain.attendance.month_fault import RefusedMonthError
from domain.attendance.request_words import describe_fault
from domain.civil import civil_minute
from domain.workflow.application import Wish
from domain.workflow.states import Act
from gateway.operations.attendance.ask_about_divergence import (
    NOTE_LENGTH_MAX,
    DivergenceQuestion,
    ask_about_divergence,
)
from gateway.operations.attendance.decide_applications import Decided, decide_applications
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.drawing.months import MONTH_PATTERN
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.divergence_list import PAGE_LENGTH, Place, load_shown
from gateway.pages.words import Language
from store.deciders import load_organisation
from store.divergence_queue import Stage

router = APIRouter()

REASON_LENGTH_MAX = 400
SEEN_PATTERN = r"^[^/]{1,64}:[0-9]{1,4}:[0-9a-f]{64}$"
"""``AboutDay.seen``."""


class PlaceForm(BaseModel):
    """Where in the queue somebody is, as an address and a form say it; see :class:`Place`."""

    period: str = Field("", pattern=MONTH_PATTERN)
    turn: str = Field("", pattern=r"^(hr|tap|head|returned|unexplained|all)?$")
    offset: int = Field(0, ge=0, le=1_000_000)
    person: str = Field("", max_length=64)
    on: str = Field("", pattern=DATE_PATTERN)

    @property
    def place(self) -> Place:
        """Give the place."""
        return Place(self.period, self.turn, self.offset, self.person, read_date(self.on))


class VerdictForm(PlaceForm):
    """A word on the explanations of a day; ``answers`` say which, and how they were seen."""

    act: Literal["approve", "send_back"]
    answers: list[Annotated[str, Field(pattern=SEEN_PATTERN)]] = Field(min_length=1, max_length=20)
    reason: str = Field("", max_length=1000)


class QuestionForm(PlaceForm):
    """A question to the person of a day."""

    question: str = Field(pattern=r"^[0-9a-f]{16}$")
    note: str = Field("", max_length=1000)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent that could not be done, and what was typed.

    ``fault`` keys the words under ``divergences.fault``, ``refusal`` those of an act that was refused; ``details`` say
    what is wrong with a request itself.
    """

    fault: str = ""
    refusal: str = ""
    details: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""

    @property
    def is_wrong(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.fault or self.refusal)


@router.get("/attendance/divergences")
def get_divergences(visit: Visitor, asked: Annotated[PlaceForm, Query()]) -> Response:
    """Show the queue of a month, and of one day everything that tells about it."""
    return _show(visit, asked.place)


@router.post("/attendance/divergences/verdict")
def post_verdict(visit: Visitor, form: Annotated[VerdictForm, Form()]) -> Response:
    """Accept the explanations of a day, or send them back; then the next day opens."""
    context = visit.pages.context
    act, reason = Act(form.act), form.reason.strip()
    if act is Act.send_back and not 0 < len(reason) <= REASON_LENGTH_MAX:
        told = Said("reason", reason=form.reason)
        return _show(visit, form.place, told)
    shown = load_shown(visit, form.place)
    wishes = [_wish(visit, each, act, reason) for each in form.answers]
    decided = decide_applications(context.store, context.now, wishes, context.rules)
    if trouble := next((each for each in decided if each.state is None), None):
        return _show(visit, form.place, _tell_trouble(visit, trouble, form.reason))
    return see_other(shown.place.path(shown.after))


@router.post("/attendance/divergences/question")
def post_question(visit: Visitor, form: Annotated[QuestionForm, Form()]) -> Response:
    """Ask the person for an explanation; then the next day opens."""
    context = visit.pages.context
    place = form.place
    shown = load_shown(visit, place)
    if place.on is None or shown.opened is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    asked = DivergenceQuestion(form.question, form.person, place.on, form.note)
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            ask_about_divergence(tx, asked, by=visit.signed_in.person_id or "", organisation=organisation)
    except RefusedMonthError as error:
        key = "note" if "note" in {fault.field for fault in error.faults} else "not_yours"
        told = Said(key, note=form.note)
        return _show(visit, place, told)
    return see_other(shown.place.path(shown.after))


def _show(visit: Visit, place: Place, said: Said | None = None) -> Response:
    shown = load_shown(visit, place)
    now = visit.pages.context.now()
    return visit.render(
        "hr/divergences.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if said else None,
        shown=shown,
        place=shown.place,
        period_first_on=month_bounds(shown.place.period)[0],
        listed=shown.listed,
        said=said or Said(),
        stages=tuple(Stage),
        acts=visit.may(Right.keep_attendance) or visit.may(Right.lead_department),
        judges=visit.may(Right.keep_attendance),
        note_length_max=NOTE_LENGTH_MAX,
        reason_length_max=REASON_LENGTH_MAX,
        page_length=PAGE_LENGTH,
        now=now,
    )


def _wish(visit: Visit, seen: str, act: Act, reason: str) -> tuple[str, Wish]:
    application_id, deeds, content_hash = seen.rsplit(":", 2)
    by = visit.signed_in.person_id or ""
    return application_id, Wish(act, by, content_hash, int(deeds), reason if act is Act.send_back else "")


def _tell_trouble(visit: Visit, trouble: Decided, reason: str) -> Said:
    if trouble.refusal is not None:
        return Said(refusal=trouble.refusal, reason=reason)
    details = tuple(describe_fault(fault)[visit.language is Language.en] for fault in trouble.faults)
    return Said("cannot" if details else "gone", details=details, reason=reason)

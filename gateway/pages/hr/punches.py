"""時計の確かでない打刻: taps of clocks that nobody had set, each beside what was recorded around it, to be judged."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.attendance.month_fault import RefusedMonthError
from domain.civil import civil_minute
from domain.ids import ID_PATTERN
from gateway.operations.attendance.judge_punch import judge_punch
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription
from store.deciders import load_organisation
from store.doubtful_taps import (
    DoubtfulTap,
    JournalLine,
    OwnPunch,
    count_doubtful,
    list_doubtful,
    list_journal_around,
    list_judged,
    list_punches_around,
)
from store.punch_judgements import RecordKey

router = APIRouter()

PAGE_LENGTH = 20
JUDGED_SHOWN = 10
REASON_LENGTH_MAX = 400

DeviceName = Annotated[str, Path(pattern=ID_PATTERN)]
Number = Annotated[int, Path(ge=0, lt=2**63)]


class JudgementForm(BaseModel):
    """A judgement, and on which page of the list it was given."""

    counts: Literal["yes", "no"]
    reason: str = Field("", max_length=REASON_LENGTH_MAX)
    offset: int = Field(0, ge=0, le=1_000_000)


@dataclass(frozen=True, slots=True)
class TapToJudge:
    """A tap with its neighbours in the journal and the person's own; ``mine``: it is the visitor's own tap."""

    tap: DoubtfulTap
    point: AccessPointDescription | None
    journal: tuple[tuple[JournalLine, AccessPointDescription | None], ...]
    own: tuple[tuple[OwnPunch, AccessPointDescription | None], ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a judgement was not taken (``domain.attendance.month_fault.MonthWhy``), of which tap, and what was typed."""

    whys: tuple[str, ...] = ()
    key: RecordKey | None = None
    reason: str = ""


@router.get("/attendance/punches")
def get_punches(visit: Visitor, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Response:
    """Show the taps that wait, the oldest first, and what was judged lately."""
    return _show(visit, offset=offset)


@router.post("/attendance/punches/{device_id}/{epoch}/{seq}")
def post_judgement(
    visit: Visitor, device_id: DeviceName, epoch: Number, seq: Number, form: Annotated[JudgementForm, Form()]
) -> Response:
    """Say whether a tap counts at the time that its clock told."""
    context, session = visit.pages.context, visit.signed_in
    key = (device_id, epoch, seq)
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            judge_punch(
                tx,
                key,
                counts=form.counts == "yes",
                reason=form.reason,
                by=session.person_id or "",
                login=session.login,
                organisation=organisation,
            )
    except RefusedMonthError as error:
        whys = tuple(dict.fromkeys(fault.why.value for fault in error.faults))
        return _show(visit, offset=form.offset, refused=Refused(whys, key, form.reason))
    return see_other(f"/attendance/punches?offset={form.offset}" if form.offset else "/attendance/punches")


def _show(visit: Visit, *, offset: int, refused: Refused | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        waiting = count_doubtful(tx)
        taps = list_doubtful(tx, limit=PAGE_LENGTH, offset=offset)
        journals = list_journal_around(tx, [tap.key for tap in taps])
        shown = [
            _view(visit, tap, journals[tap.key], list_punches_around(tx, tap.person_id, tap.tapped_at)) for tap in taps
        ]
        judged = list_judged(tx, limit=JUDGED_SHOWN)
    return visit.render(
        "hr/punches.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else None,
        taps=shown,
        judged=judged,
        waiting=waiting,
        offset=offset,
        page_length=PAGE_LENGTH,
        refused=refused or Refused(),
        judges=visit.may(Right.keep_attendance),
        now=context.now(),
        reason_length_max=REASON_LENGTH_MAX,
    )


def _view(visit: Visit, tap: DoubtfulTap, journal: list[JournalLine], own: list[OwnPunch]) -> TapToJudge:
    site = visit.pages.context.site
    return TapToJudge(
        tap,
        _point(site, tap.access_point_id),
        tuple((line, _point(site, line.access_point_id)) for line in journal),
        tuple((each, _point(site, each.access_point_id)) for each in own),
        mine=tap.person_id == visit.signed_in.person_id,
    )


def _point(site: Site, access_point_id: str) -> AccessPointDescription | None:
    return next((each for each in site.access_points if each.id == access_point_id), None)

"""The form that announces a visitor."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.access.visits import Approval, VisitFault, VisitFaultError
from domain.civil import JST
from domain.ids import ID_PATTERN
from gateway.operations.access.announce_visit import (
    NAME_LENGTH_MAX,
    PHONE_LENGTH_MAX,
    PURPOSE_LENGTH_MAX,
    NewVisit,
    announce_visit,
)
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.directory import find_person
from store.tx import Tx
from store.visits import load_last_phone

router = APIRouter()

VISIT_LENGTH = timedelta(hours=1)
"""What the form proposes."""

TIME_FORM = "%Y-%m-%dT%H:%M"

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
Text = Annotated[str, Form(max_length=1000)]
LevelIds = Annotated[list[Annotated[str, Form(pattern=ID_PATTERN)]], Form(default_factory=list)]


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody entered into the form that announces a visit; shown again when something is wrong with it."""

    name: str = ""
    organisation: str = ""
    purpose: str = ""
    host: str = ""
    phone: str = ""
    valid_from: str = ""
    valid_until: str = ""
    levels: tuple[str, ...] = ()
    escorted: bool = False


@router.get("/visits/new")
def get_new_visit(visit: Visitor) -> Response:
    """Give the form, filled in as far as is known."""
    session, context = visit.signed_in, visit.pages.context
    with context.store.reading(context.now()) as tx:
        phone = load_last_phone(tx, session.person_id) if session.person_id else ""
    begins_at = context.now().astimezone(JST).replace(second=0, microsecond=0)
    begins_at += timedelta(minutes=-begins_at.minute % 15)
    return show_form(
        visit,
        Entered(
            host=session.name if session.person_id else "",
            phone=phone,
            valid_from=begins_at.strftime(TIME_FORM),
            valid_until=(begins_at + VISIT_LENGTH).strftime(TIME_FORM),
        ),
    )


@router.post("/visits")
def post_visit(
    visit: Visitor,
    *,
    request: FormId,
    name: Text = "",
    organisation: Text = "",
    purpose: Text = "",
    host: Text = "",
    phone: Text = "",
    valid_from: Text = "",
    valid_until: Text = "",
    levels: LevelIds,
    escorted: Annotated[bool, Form()] = False,
) -> Response:
    """Announce a visitor."""
    context = visit.pages.context
    entered = Entered(name, organisation, purpose, host, phone, valid_from, valid_until, tuple(levels), escorted)
    try:
        begins_at, ends_at = read_time(valid_from), read_time(valid_until)
        with context.store.transaction(context.now()) as tx:
            host_id = _find_host(tx, visit, host)
            asked = NewVisit(
                request, name, organisation, purpose, host_id, phone, begins_at, ends_at, tuple(levels), escorted
            )
            announce_visit(tx, context.site, asked, by=visit.signed_in.login, draw=secrets.choice)
    except VisitFaultError as error:
        return show_form(visit, entered, error.fault)
    context.committed.set()
    return see_other(f"/visits/{request}")


def show_form(visit: Visit, entered: Entered, fault: str = "") -> Response:
    """Show the form that announces a visit; with a ``fault`` what is wrong with what was entered."""
    return visit.render(
        "visitors/visit_new.html",
        entered=entered,
        fault=fault,
        levels=[level for level in visit.pages.context.site.levels if level.visitors],
        no_approval=Approval.none,
        name_max=NAME_LENGTH_MAX,
        purpose_max=PURPOSE_LENGTH_MAX,
        phone_max=PHONE_LENGTH_MAX,
    )


def read_time(text: str) -> datetime:
    """Read the minute of a form's field, civil time of Japan."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise VisitFaultError(VisitFault.bad_time) from None
    if at.tzinfo is not None or at.second or at.microsecond or not 1990 <= at.year <= 2200:
        raise VisitFaultError(VisitFault.bad_time)
    return at.replace(tzinfo=JST)


def _find_host(tx: Tx, visit: Visit, words: str) -> str:
    """Give the one member of staff whom the words name; the own name is oneself."""
    session = visit.signed_in
    wanted = "".join(words.split())
    if session.person_id and wanted in {"".join(session.name.split()), session.person_id}:
        return session.person_id
    found = find_person(tx, words, kind=PersonKind.staff)
    if found is None:
        raise VisitFaultError(VisitFault.no_host)
    return found

"""取扱いの認定: who is cleared for which tier and until when, what waits for a second person, and what ended lately."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.operations.zones.end_clearance import end_clearance_early
from gateway.operations.zones.give_clearance import WishedClearance, propose_clearance
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.clearance_view import view_clearances
from gateway.pages.tier_people.named_people import TEXT_MAX as TEXT_LENGTH_MAX
from gateway.pages.tier_people.named_people import read_people
from gateway.pages.tier_people.tiers_now import list_tiers, name_departments, today_of
from store.tier_proposals import ProposalKind, load_proposal
from store.tx import Tx

router = APIRouter()

PEOPLE_MAX = 100
Chosen = Annotated[str, Query(max_length=100)]
Id = Annotated[str, Field(max_length=63)]


class ClearanceForm(BaseModel):
    """A proposal as it was filled in; ``people`` has a name or number in each line."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] = "0" * 16
    people: Annotated[str, Field(max_length=TEXT_LENGTH_MAX)] = ""
    tier: Id = ""
    valid_from: Annotated[str, Field(pattern=DATE_PATTERN)] = ""
    valid_until: Annotated[str, Field(pattern=DATE_PATTERN)] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class WordForm(BaseModel):
    """A word about proposals: which, what, and why."""

    ids: list[Id] = Field(default_factory=list, max_length=500)
    verdict: Verdict = Verdict.approve
    why: Annotated[str, Field(max_length=1000)] = ""


@router.get("/clearances")
def get_clearances(visit: Visitor, department: Chosen = "", tier: Chosen = "") -> Response:
    """Show clearances, of a department and a tier or of all."""
    return _show(visit, department=department, tier=tier)


@router.post("/clearances")
def post_clearances(visit: Visitor, form: Annotated[ClearanceForm, Form()]) -> Response:
    """Ask for people's clearance: of all of them or of none."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _propose(tx, visit, form)
    except ZoneFaultsError as error:
        return _show(visit, refused=error, about="propose", kept=form)
    return see_other("/clearances#waiting")


@router.post("/clearances/decide")
def post_word(visit: Visitor, form: Annotated[WordForm, Form()]) -> Response:
    """Approve, refuse or withdraw proposals: all of them or none."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            if not form.ids:
                raise refuse_zone("decided_by", ZoneWhy.no_rows)
            for each in dict.fromkeys(form.ids):
                _demand_clearance(tx, each)
                decide_proposal(tx, each, form.verdict, by=visit.signed_in.login, why=form.why)
    except LookupError:
        raise HTTPException(404) from None
    except ZoneFaultsError as error:
        return _show(visit, refused=error, about="word" if len(form.ids) != 1 else f"word-{form.ids[0]}")
    context.committed.set()
    return see_other("/clearances")


@router.post("/clearances/end")
def post_end(
    visit: Visitor,
    clearance: Annotated[str, Form(max_length=63)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """End a clearance now."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            end_clearance_early(tx, clearance, by=visit.signed_in.login, reason=reason)
    except LookupError:
        raise HTTPException(404) from None
    except ZoneFaultsError as error:
        return _show(visit, refused=error, about=f"end-{clearance}")
    context.committed.set()
    return see_other("/clearances")


def _propose(tx: Tx, visit: Visit, form: ClearanceForm) -> None:
    people = read_people(tx, form.people, most=PEOPLE_MAX)
    today = today_of(tx)
    tiers = {each.id for each in list_tiers(visit, today)}
    for person_id in people:
        wish = WishedClearance(
            sha256(f"{form.id}/{person_id}".encode()).hexdigest()[:16],
            person_id,
            form.tier,
            read_date(form.valid_from) or today,
            read_date(form.valid_until),
            form.reason,
        )
        propose_clearance(tx, wish, tiers=tiers, by=visit.signed_in.login)


def _demand_clearance(tx: Tx, proposal_id: str) -> None:
    proposal = load_proposal(tx, proposal_id)
    if proposal is None or proposal.kind is not ProposalKind.clearance:
        raise LookupError(proposal_id)


def _show(
    visit: Visit,
    *,
    department: str = "",
    tier: str = "",
    refused: ZoneFaultsError | None = None,
    about: str = "",
    kept: ClearanceForm | None = None,
) -> Response:
    context = visit.pages.context
    faults: FieldFaults = tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {}
    with context.store.reading(context.now()) as tx:
        today = today_of(tx)
        departments = name_departments(tx)
        tiers = {each.id: each for each in list_tiers(visit, today)}
        seen = view_clearances(tx, department if department in departments else "", tier if tier in tiers else "")
    return visit.render(
        "tier_people/clearances.html",
        seen=seen,
        departments=departments,
        tiers=tiers,
        department=department,
        tier=tier,
        keeps=visit.may(Right.keep_tiers),
        login=visit.signed_in.login,
        reason_max=TEXT_MAX,
        faults=faults,
        about=about,
        kept=kept or ClearanceForm(),
        fault=about or None,
        today=today,
        now=tx.now,
    )

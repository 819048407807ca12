"""情報の持出し・移動: ask for it, say a word about others' requests, and write down how it was carried out."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.civil import JST
from domain.zones.information import Demand, Handling, InformationClass
from domain.zones.movement import NEEDED, MovementAct, MovementState
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.ask_movement import TEXT_MAX, AskedMovement, Asker, ask_movement
from gateway.operations.zones.carry_out_movement import carry_out_movement
from gateway.operations.zones.decide_movement import decide_movement
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import read_file_address
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from gateway.pages.tiers.naming import name_logins, name_tiers
from store.information_classes import load_register
from store.movements import KeptMovement, list_movements, list_steps, load_movement
from store.people import load_persons
from store.tx import Tx

router = APIRouter()

OPEN = (MovementState.asked, MovementState.approved)
LISTED_MAX = 100
Text = Annotated[str, Field(max_length=TEXT_MAX * 5)]


class MovementForm(BaseModel):
    """A request as it was filled in."""

    request: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    handling: Handling = Handling.move
    subject: Text = ""
    class_id: Annotated[str, Field(max_length=63)] = ""
    from_tier: Annotated[str, Field(max_length=63)] = ""
    to_tier: Annotated[str, Field(max_length=63)] = ""
    place: Text = ""
    reason: Text = ""
    until: Annotated[str, Field(max_length=20)] = ""


@router.get("/movements")
def get_movements(visit: Visitor) -> Response:
    """Show what waits for the visitor's word, the own requests, and what else the visitor may see."""
    return _show(visit)


@router.post("/movements")
def post_movement(visit: Visitor, form: Annotated[MovementForm, Form()]) -> Response:
    """Ask; the page of the request says what it needs, or why it is refused at once."""
    context = visit.pages.context
    asked = AskedMovement(
        form.request,
        form.handling,
        form.subject,
        form.class_id,
        form.reason,
        _read_instant(form.until),
        form.from_tier,
        form.to_tier,
        form.place,
    )
    try:
        with context.store.transaction(context.now()) as tx:
            tiers = {str(each.id) for each in list_tiers(visit, today_of(tx))}
            made = ask_movement(tx, asked, by=_asker(tx, visit), tiers=tiers)
    except ZoneFaultsError as error:
        return _show(visit, refused=error, kept=form)
    if made.asked_by != visit.signed_in.login:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other(f"/movements/{made.id}")


@router.get("/movements/{movement_id}")
def get_movement(visit: Visitor, movement_id: str) -> Response:
    """Show a request, what it needs, and everything that was done about it."""
    return _show_one(visit, movement_id)


@router.post("/movements/{movement_id}/decide")
def post_word(
    visit: Visitor,
    movement_id: str,
    verdict: Annotated[Literal["approve", "refuse", "withdraw"], Form()] = "approve",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Approve or refuse somebody's request, or withdraw the own one."""
    context = visit.pages.context
    act = MovementAct(verdict)
    try:
        with context.store.transaction(context.now()) as tx:
            found = _demand(tx, visit, movement_id)
            if act is not MovementAct.withdraw and not _may_decide(tx, visit, found):
                raise HTTPException(HTTPStatus.FORBIDDEN)
            decide_movement(tx, movement_id, act, by=visit.signed_in.login, text=reason)
    except ZoneFaultsError as error:
        return _show_one(visit, movement_id, error)
    context.committed.set()
    return see_other(f"/movements/{movement_id}")


@router.post("/movements/{movement_id}/carry-out")
def post_done(visit: Visitor, movement_id: str, means: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Write down that the own request was carried out, and by what means."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            if _demand(tx, visit, movement_id).kept.asked_by != visit.signed_in.login:
                raise HTTPException(HTTPStatus.FORBIDDEN)
            carry_out_movement(tx, movement_id, by=visit.signed_in.login, means=means)
    except ZoneFaultsError as error:
        return _show_one(visit, movement_id, error)
    return see_other(f"/movements/{movement_id}")


def _show(visit: Visit, *, refused: ZoneFaultsError | None = None, kept: MovementForm | None = None) -> Response:
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.reading(context.now()) as tx:
        today, scope = today_of(tx), _scope(tx, visit)
        register = load_register(tx)
        own = list_movements(tx, asked_by=login, limit=LISTED_MAX)
        others = [] if scope == "" else list_movements(tx, department_id=scope, limit=LISTED_MAX)
        waiting = [
            each
            for each in others
            if each.kept.state is MovementState.asked
            and login not in each.kept.approved_by
            and _may_decide(tx, visit, each)
        ]
    return visit.render(
        "information/movements.html",
        waiting=waiting,
        own=own,
        others=[each for each in others if each.kept.asked_by != login and each not in waiting],
        handlings=list(Handling),
        classes=[each for each in register.classes if register.find(each.id, today)],
        tiers=list_tiers(visit, today),
        names=name_tiers(context.tiers.plan.tiers),
        class_names={each.id: each for each in register.classes},
        asks=visit.may(Right.ask_movements),
        text_max=TEXT_MAX,
        now=tx.now,
        faults=_tell(visit, refused),
        kept=kept.model_dump() if kept else {},
        fault="faults" if refused else None,
    )


def _show_one(visit: Visit, movement_id: str, refused: ZoneFaultsError | None = None) -> Response:
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.reading(context.now()) as tx:
        found = _demand(tx, visit, movement_id)
        steps = list_steps(tx, movement_id)
        logins = name_logins(tx, {step.by for step in steps})
        decides = _may_decide(tx, visit, found)
        classes: dict[str, InformationClass] = {each.id: each for each in load_register(tx).classes}
    kept = found.kept
    is_open = kept.state in OPEN
    file_at = read_file_address(kept)
    return visit.render(
        "information/movement.html",
        each=found,
        steps=steps,
        logins=logins,
        information_class=classes.get(kept.class_id),
        names=name_tiers(context.tiers.plan.tiers),
        needed=NEEDED.get(kept.demand, 0),
        is_forbidden=kept.demand is Demand.forbidden,
        approves=decides and kept.state is MovementState.asked and login not in kept.approved_by,
        refuses=decides and is_open,
        withdraws=is_open and kept.asked_by == login,
        carries_out=kept.state is MovementState.approved and kept.asked_by == login and not file_at,
        file_at=file_at,
        fetches=bool(file_at) and kept.state is MovementState.approved and kept.asked_by == login,
        text_max=TEXT_MAX,
        now=tx.now,
        faults=_tell(visit, refused),
        fault="faults" if refused else None,
    )


def _tell(visit: Visit, refused: ZoneFaultsError | None) -> FieldFaults:
    return tell_by_field(refused.faults if refused else (), describe_zone_fault, visit.language)


def _asker(tx: Tx, visit: Visit) -> Asker:
    session = visit.signed_in
    return Asker(session.login, session.person_id or None, _department(tx, visit))


def _department(tx: Tx, visit: Visit) -> str:
    person_id = visit.signed_in.person_id or ""
    found = load_persons(tx, {person_id}) if person_id else {}
    return found[person_id].department_id if person_id in found else ""


def _scope(tx: Tx, visit: Visit) -> str | None:
    """Give whose requests the visitor sees beside the own: of a department, of all (None), of nobody (empty)."""
    if visit.may(Right.read_tiers):
        return None
    return _department(tx, visit) if visit.may(Right.decide_movements) else ""


def _may_decide(tx: Tx, visit: Visit, found: KeptMovement) -> bool:
    if not visit.may(Right.decide_movements) or found.kept.asked_by == visit.signed_in.login:
        return False
    scope = _scope(tx, visit)
    return scope is None or scope == found.department_id


def _demand(tx: Tx, visit: Visit, movement_id: str) -> KeptMovement:
    found = load_movement(tx, movement_id)
    scope = _scope(tx, visit)
    is_own = found is not None and found.kept.asked_by == visit.signed_in.login
    if found is None or not (is_own or scope is None or (scope and scope == found.department_id)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _read_instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=JST) if text else None
    except ValueError:
        return None

"""標的型メール訓練: who fell for a drill, by hand or from a file, and who made it good since."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.enter_drill import enter_drill_failures, make_good
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import DATE_PATTERN, FORM_DATE, read_date
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.named_people import TEXT_MAX, read_people
from gateway.pages.tier_people.tiers_now import today_of
from store.directory import list_people_by_department
from store.trainings import list_drills

router = APIRouter()

PEOPLE_MAX = 200
MADE_GOOD_SHOWN = 50


class DrillForm(BaseModel):
    """Who fell for the drill of a day, as it was filled in; ``people`` has a name or number in each line."""

    people: Annotated[str, Field(max_length=TEXT_MAX)] = ""
    failed_on: Annotated[str, Field(pattern=DATE_PATTERN)] = ""


@router.get("/trainings/drills")
def get_drills(visit: Visitor) -> Response:
    """Show who fell for drills, those first who did not make it good yet."""
    return _show(visit)


@router.post("/trainings/drills")
def post_drill(visit: Visitor, form: Annotated[DrillForm, Form()]) -> Response:
    """Enter who fell for the drill of a day."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            people = read_people(tx, form.people, most=PEOPLE_MAX)
            enter_drill_failures(tx, people, read_date(form.failed_on), by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, error, about="fell", kept=form)
    context.committed.set()
    return see_other("/trainings/drills")


@router.post("/trainings/drills/made-good")
def post_made_good(
    visit: Visitor, person: Annotated[str, Form(max_length=63)] = "", made_good_on: FORM_DATE = ""
) -> Response:
    """Let everything that somebody fell for be made good."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            make_good(tx, person, read_date(made_good_on))
    except ZoneFaultsError as error:
        return _show(visit, error, about=f"good-{person}")
    context.committed.set()
    return see_other("/trainings/drills")


def _show(
    visit: Visit, refused: ZoneFaultsError | None = None, *, about: str = "", kept: DrillForm | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        people = {each.person_id: each for each in list_people_by_department(tx)}
        drills = list_drills(tx, people)
        today = today_of(tx)
    return visit.render(
        "tier_people/drills.html",
        people=people,
        waiting=[each for each in drills if each.made_good_on is None],
        made_good=[each for each in drills if each.made_good_on is not None][:MADE_GOOD_SHOWN],
        keeps=visit.may(Right.keep_trainings),
        about=about,
        kept=kept or DrillForm(),
        faults=tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {},
        fault=about or None,
        today=today,
    )

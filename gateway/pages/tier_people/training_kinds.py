"""研修の種類: which trainings there are, for how long each counts, and which tiers ask for it."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.zones.training import Training
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.keep_training import MONTHS_MAX, NAME_LENGTH_MAX, keep_training
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from store.trainings import list_trainings

router = APIRouter()

Text = Annotated[str, Field(max_length=1000)]


class TrainingForm(BaseModel):
    """A training as it was typed."""

    id: Annotated[str, Field(max_length=63)] = ""
    name: Text = ""
    name_en: Text = ""
    months: Annotated[str, Field(max_length=8)] = "12"


@router.get("/trainings/kinds")
def get_kinds(visit: Visitor) -> Response:
    """Show the trainings."""
    return _show(visit)


@router.post("/trainings/kinds")
def post_kind(visit: Visitor, form: Annotated[TrainingForm, Form()]) -> Response:
    """Keep a training."""
    context = visit.pages.context
    number = form.months.strip()
    months = int(number) if number.isascii() and number.isdecimal() else 0
    name = form.name.strip()
    try:
        with context.store.transaction(context.now()) as tx:
            keep_training(tx, Training(form.id.strip().lower(), name, form.name_en.strip() or name or "-", months))
    except ZoneFaultsError as error:
        return _show(visit, form, error)
    context.committed.set()
    return see_other("/trainings/kinds")


def _show(visit: Visit, kept: TrainingForm | None = None, refused: ZoneFaultsError | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        trainings = list_trainings(tx)
        tiers = list_tiers(visit, today_of(tx))
    known = {each.id for each in trainings}
    return visit.render(
        "tier_people/kinds.html",
        trainings=trainings,
        asking={each.id: [one for one in tiers if each.id in one.trainings] for each in trainings},
        unknown=sorted({id_ for each in tiers for id_ in each.trainings} - known),
        keeps=visit.may(Right.keep_trainings),
        kept=kept,
        about=("" if kept is None else kept.id if kept.id in known else "new"),
        name_max=NAME_LENGTH_MAX,
        months_max=MONTHS_MAX,
        faults=tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {},
        fault="some" if refused else None,
    )

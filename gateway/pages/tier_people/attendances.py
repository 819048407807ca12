"""受講の記録: a training of a day entered for people of a department, who are ticked already where they lack it."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.zones.training_matrix import CellState
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.take_trainings import enter_attendances
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.tiers_now import today_of
from gateway.pages.tier_people.training_view import derive_matrix
from store.trainings import list_trainings

router = APIRouter()

PEOPLE_MAX = 2000
Chosen = Annotated[str, Query(max_length=100)]
Id = Annotated[str, Field(max_length=63)]


class AttendanceForm(BaseModel):
    """Who attended what and when, as it was filled in."""

    training: Id = ""
    department: Annotated[str, Field(max_length=100)] = ""
    people: list[Id] = Field(default_factory=list, max_length=PEOPLE_MAX)
    attended_on: Annotated[str, Field(pattern=DATE_PATTERN)] = ""
    passed: Annotated[str, Field(pattern="^(yes|no)$")] = "yes"


@router.get("/trainings/attendances")
def get_attendance_form(
    visit: Visitor, *, training: Chosen = "", department: Chosen = "", everybody: bool = False
) -> Response:
    """Give the form; ``everybody`` ticks those, too, for whom the training counts already."""
    return _show(visit, AttendanceForm(training=training, department=department), everybody=everybody)


@router.post("/trainings/attendances")
def post_attendances(visit: Visitor, form: Annotated[AttendanceForm, Form()]) -> Response:
    """Enter the training for everybody who was ticked."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            by, passed = visit.signed_in.login, form.passed == "yes"
            many = enter_attendances(tx, form.training, form.people, read_date(form.attended_on), by=by, passed=passed)
    except ZoneFaultsError as error:
        return _show(visit, form, refused=error)
    context.committed.set()
    return see_other(f"/trainings?department={form.department}&entered={many}")


def _show(
    visit: Visit, form: AttendanceForm, *, everybody: bool = False, refused: ZoneFaultsError | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = today_of(tx)
        training = next((each for each in list_trainings(tx) if each.id == form.training), None)
        if training is None:
            raise HTTPException(404)
        matrix = derive_matrix(tx, department_id=form.department, asked=frozenset({training.id}))
    lacking = {row.person.person_id for row in matrix.rows if everybody or row.cells[0].state is not CellState.done}
    return visit.render(
        "tier_people/attendances.html",
        training=training,
        rows=matrix.rows,
        department=matrix.departments[0] if form.department and matrix.departments else None,
        ticked=set(form.people) if refused else lacking,
        everybody=everybody,
        form=form,
        faults=tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {},
        fault="some" if refused else None,
        today=today,
    )

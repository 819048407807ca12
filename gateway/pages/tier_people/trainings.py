"""研修: the matrix of people and trainings, by department and tier, as a page and as a CSV."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.zones.export import Export
from domain.zones.training_matrix import CellState
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from gateway.pages.tier_people.training_view import Matrix, derive_matrix
from store.trainings import list_trainings
from store.tx import Tx

router = APIRouter()

Chosen = Annotated[str, Query(max_length=100)]
Count = Annotated[int, Query(ge=-1)]


@router.get("/trainings")
def get_trainings(visit: Visitor, department: Chosen = "", tier: Chosen = "", entered: Count = -1) -> Response:
    """Show the matrix; for ``entered`` people something was just entered."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = today_of(tx)
        tiers = {each.id: each for each in list_tiers(visit, today)}
        matrix = _read(tx, visit, "", tier)
        kept = {each.id for each in list_trainings(tx)}
    departments = {each.id: each for each in matrix.departments}
    return visit.render(
        "tier_people/trainings.html",
        matrix=matrix,
        rows=[each for each in matrix.rows if each.person.department_id == department],
        whole=departments.get(department, matrix.whole),
        states=tuple(CellState),
        tiers=tiers,
        asking={each.id: [one for one in tiers.values() if each.id in one.trainings] for each in matrix.trainings},
        unknown=sorted({id_ for each in tiers.values() for id_ in each.trainings} - kept),
        departments=departments,
        department=department if department in departments else "",
        tier=tier if tier in tiers else "",
        keeps=visit.may(Right.keep_trainings),
        entered=entered,
        today=today,
    )


@router.get("/trainings/matrix.csv")
def get_matrix_file(
    visit: Visitor, department: Chosen = "", tier: Chosen = "", encoding: Encoding = "utf8"
) -> Response:
    """Give the matrix as a file, a line a person."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        matrix, today = _read(tx, visit, department, tier), today_of(tx)
    p = visit.phrases
    header = [p.say(f"tier_people.{each}") for each in ("department", "staff_number", "person")]
    for each in matrix.trainings:
        header += [p.name_of(each), f"{p.name_of(each)} {p.say('tier_people.until')}"]
    leaving = let_out(visit, Export.trainings)
    return send_csv(
        leaving, "trainings", today, [*header, p.say("tier_people.drill")], _write_rows(matrix, p), encoding=encoding
    )


def _read(tx: Tx, visit: Visit, department: str, tier: str) -> Matrix:
    asked = next((each.trainings for each in list_tiers(visit, today_of(tx)) if each.id == tier), None)
    return derive_matrix(tx, department_id=department, asked=asked)


def _write_rows(matrix: Matrix, p: Phrases) -> Iterator[Sequence[str]]:
    for row in matrix.rows:
        cells = [row.person.department, row.person.person_id, row.person.name]
        for each in row.cells:
            cells += [p.say(f"training_cell.{each.state}"), each.until_on.isoformat() if each.until_on else ""]
        yield [*cells, p.say("tier_people.drill_open") if row.drill_open else ""]

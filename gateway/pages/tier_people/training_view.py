"""The training matrix: departments with how much is done, or one department's people with where each stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.zones.training import Attendance, Training
from domain.zones.training_matrix import Cell, Share, look_at_cell, sum_up
from store.directory import DirectoryLine, list_people_by_department
from store.trainings import list_attendances, list_open_drills, list_trainings
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A person, that one's cells in the order of the trainings, and whether a drill is still to be made good."""

    person: DirectoryLine
    cells: tuple[Cell, ...]
    drill_open: bool


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department: its people, how many have each training, and how many fell for a drill and did not make it good."""

    id: str
    name: str
    people: int
    shares: tuple[Share, ...]
    drills_open: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is shown: the trainings asked for, everybody in question, and their departments."""

    trainings: Sequence[Training]
    rows: Sequence[MatrixRow]
    departments: Sequence[DepartmentRow]
    whole: DepartmentRow


def derive_matrix(tx: Tx, *, department_id: str = "", asked: frozenset[str] | None = None) -> Matrix:
    """Give the matrix of a department's staff, or of everybody's.

    Args:
        tx: the transaction.
        department_id: whose people; empty for all.
        asked: the trainings in question by id; None for all that there are.
    """
    trainings = [each for each in list_trainings(tx) if asked is None or each.id in asked]
    people = list_people_by_department(tx, [department_id] if department_id else None)
    ids = [each.person_id for each in people]
    attended, fallen = list_attendances(tx, ids), list_open_drills(tx, ids)
    rows = [_make_row(each, trainings, attended.get(each.person_id, ()), fallen, tx.now) for each in people]
    names: Mapping[str, str] = {each.department_id: each.department for each in people}
    departments = [
        _sum_up(id_, name, [row for row in rows if row.person.department_id == id_]) for id_, name in names.items()
    ]
    return Matrix(trainings, rows, departments, _sum_up("", "", rows))


def _make_row(
    person: DirectoryLine,
    trainings: Sequence[Training],
    attended: Sequence[Attendance],
    fallen: frozenset[str],
    now: datetime,
) -> MatrixRow:
    cells = tuple(look_at_cell(each, attended, now) for each in trainings)
    return MatrixRow(person, cells, person.person_id in fallen)


def _sum_up(id_: str, name: str, rows: Sequence[MatrixRow]) -> DepartmentRow:
    return DepartmentRow(id_, name, len(rows), sum_up(row.cells for row in rows), sum(row.drill_open for row in rows))

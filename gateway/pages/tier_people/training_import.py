"""Files of a learning or drill system: who attended, and who fell for a drill; looked through, then taken whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, UploadFile
from starlette.responses import Response

from contract.csv_rows import ROWS_MAX, FaultyLine
from contract.training_file import (
    ATTENDANCE_COLUMNS,
    ATTENDANCE_NEEDED,
    DRILL_COLUMNS,
    DRILL_NEEDED,
    read_attendance_file,
    read_drill_file,
)
from domain.zones.zone_fault import ZoneFaultsError
from gateway.operations.zones.enter_drill import bring_drill, preview_drill
from gateway.operations.zones.take_trainings import bring_attendances, preview_attendances
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.tier_people.import_page import ImportKind, Looked, show_import
from gateway.pages.tier_people.kept_file import Kept, read_upload
from gateway.zones.refused_lines import RefusedLinesError
from store.tx import Tx

router = APIRouter()

Brought = Annotated[int | None, Query(ge=0, le=ROWS_MAX)]
Act = Annotated[Literal["look", "bring"], Form()]


@dataclass(frozen=True, slots=True)
class _File:
    """A kind of file, and how it is read, looked through and taken."""

    kind: ImportKind
    read: Callable[[bytes], tuple[Sequence[Any], list[FaultyLine]]]
    look: Callable[[Tx, Sequence[Any], list[FaultyLine]], Looked]
    bring: Callable[[Tx, Sequence[Any], str], int]


def _look_at_attendances(tx: Tx, rows: Sequence[Any], unread: list[FaultyLine]) -> Looked:
    seen = preview_attendances(tx, rows)
    figures = (("import_new", len(seen.new)), ("import_standing", seen.standing))
    return Looked(figures, len(seen.new), (*unread, *seen.faulty))


def _look_at_drill(tx: Tx, rows: Sequence[Any], unread: list[FaultyLine]) -> Looked:
    seen = preview_drill(tx, rows)
    figures = (("import_fell", len(seen.fell)), ("import_made_good", len(seen.made_good)))
    many = {(each.person_id, each.failed_on) for each in (*seen.fell, *seen.made_good)}
    return Looked((*figures, ("import_standing", seen.standing)), len(many), (*unread, *seen.faulty))


_ATTENDANCES = _File(
    ImportKind("/trainings/import", "import_attendances", "/trainings", ATTENDANCE_COLUMNS, ATTENDANCE_NEEDED),
    read_attendance_file,
    _look_at_attendances,
    lambda tx, rows, by: bring_attendances(tx, rows, by=by),
)
_DRILL = _File(
    ImportKind("/trainings/drills/import", "import_drill", "/trainings/drills", DRILL_COLUMNS, DRILL_NEEDED),
    read_drill_file,
    _look_at_drill,
    lambda tx, rows, by: bring_drill(tx, rows, by=by),
)


@router.get("/trainings/import")
def get_import(visit: Visitor, brought: Brought = None) -> Response:
    """Show the form for attendances; so many were just taken."""
    return show_import(visit, _ATTENDANCES.kind, brought=brought)


@router.post("/trainings/import")
def post_import(visit: Visitor, act: Act, kept: Kept = "", file: UploadFile | None = None) -> Response:
    """Look a file of attendances through, or take the one that was looked through."""
    return _take(visit, _ATTENDANCES, file, kept if act == "bring" else "")


@router.get("/trainings/drills/import")
def get_drill_import(visit: Visitor, brought: Brought = None) -> Response:
    """Show the form for a drill's results; so many were just taken."""
    return show_import(visit, _DRILL.kind, brought=brought)


@router.post("/trainings/drills/import")
def post_drill_import(visit: Visitor, act: Act, kept: Kept = "", file: UploadFile | None = None) -> Response:
    """Look a file of a drill's results through, or take the one that was looked through."""
    return _take(visit, _DRILL, file, kept if act == "bring" else "")


def _take(visit: Visitor, of: _File, file: UploadFile | None, kept: str) -> Response:
    context = visit.pages.context
    try:
        data = read_upload(file, kept)
        rows, unread = of.read(data)
    except ZoneFaultsError as error:
        return show_import(visit, of.kind, refused=error)
    if kept and not unread:
        try:
            with context.store.transaction(context.now()) as tx:
                many = of.bring(tx, rows, visit.signed_in.login)
        except RefusedLinesError:
            pass  # somebody changed the books since it was looked through: what is wrong now is shown below
        else:
            context.committed.set()
            return see_other(f"{of.kind.path}?brought={many}")
    with context.store.reading(context.now()) as tx:
        looked = of.look(tx, rows, unread)
    return show_import(visit, of.kind, looked=looked, data=data)

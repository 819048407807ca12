"""取込み: files from HR on their way: handed in, their columns told, what each would change, agreed to or refused."""

import secrets
from http import HTTPStatus
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, UploadFile
from fastapi import Path as InPath
from starlette.responses import Response

from contract.hr_file import BYTES_MAX, HrFileKind
from domain.civil import civil_minute
from gateway.operations.attendance.hand_in_hr_file import (
    REASON_LENGTH_MAX,
    HandedIn,
    HrFileFault,
    agree,
    hand_in,
    refuse,
    say_columns,
)
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.file_view import list_columns, list_ids, view_changes
from gateway.site.keys import ensure_site_key
from store.directory import list_names
from store.hr_files import HrFileState, list_hr_files, load_hr_file
from store.hr_sources import list_source_states

router = APIRouter()

NAME_LENGTH_MAX = 200
COLUMN_PREFIX = "column-"
"""Before a heading's number in the form that says what the columns mean."""

FileId = Annotated[int, InPath(ge=1, lt=2**53)]


@router.get("/attendance/files")
def get_files(visit: Visitor) -> Response:
    """Show the latest files, what the doors brought, and the form that hands one in."""
    return _list(visit)


@router.post("/attendance/files")
def post_file(
    visit: Visitor,
    kind: Annotated[str, Form(max_length=20)] = "",
    effective_on: FORM_DATE = "",
    file: UploadFile | None = None,
) -> Response:
    """Hand a file in; the connector reads it within a minute."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    name = PurePath((file.filename if file else None) or "").name[:NAME_LENGTH_MAX]
    handed = HandedIn(
        kind, name, file.file.read() if file else b"", read_date(effective_on) or today, secrets.token_bytes(12)
    )
    site_key = ensure_site_key(context.settings.site_key_file)
    with context.store.transaction(context.now()) as tx:
        file_id, faults = hand_in(tx, site_key, handed, today=today, by=visit.signed_in.login)
    if faults:
        return _list(visit, faults=faults, kind=kind, effective_on=effective_on)
    return see_other(f"/attendance/files/{file_id}")


@router.get("/attendance/files/{file_id}")
def get_file(visit: Visitor, file_id: FileId) -> Response:
    """Show one file: what it waits for, and what it would change."""
    return _show(visit, file_id)


@router.get("/attendance/files/{file_id}/part")
def get_file_part(visit: Visitor, file_id: FileId) -> Response:
    """Give the part of it that changes by itself."""
    return _show(visit, file_id, template="hr/parts/file_now.html")


@router.post("/attendance/files/{file_id}/columns")
async def post_columns(visit: Visitor, file_id: FileId, request: Request) -> Response:
    """Say what the columns mean, for this file and for the later ones of its source."""
    form = await request.form()
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        file = load_hr_file(tx, file_id)
        headings = file.summary.headings if file else ()
        said = {heading: str(form.get(f"{COLUMN_PREFIX}{number}", "")) for number, heading in enumerate(headings)}
        faults = say_columns(tx, file_id, said, by=visit.signed_in.login)
    if faults:
        return _show(visit, file_id, faults=faults, said=said)
    return see_other(f"/attendance/files/{file_id}")


@router.post("/attendance/files/{file_id}/agree")
def post_agreement(visit: Visitor, file_id: FileId) -> Response:
    """Agree to a mass change as the second person."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = agree(tx, file_id, by=visit.signed_in.login)
    return _show(visit, file_id, faults=[fault]) if fault else see_other(f"/attendance/files/{file_id}")


@router.post("/attendance/files/{file_id}/refuse")
def post_refusal(
    visit: Visitor, file_id: FileId, reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX * 2)] = ""
) -> Response:
    """Refuse a file that is not in force yet, with a sentence."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = refuse(tx, file_id, by=visit.signed_in.login, reason=reason)
    return _show(visit, file_id, faults=[fault]) if fault else see_other(f"/attendance/files/{file_id}")


def _list(visit: Visit, *, faults: list[HrFileFault] | None = None, kind: str = "", effective_on: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        files = list_hr_files(tx)
        doors = list_source_states(tx)
    return visit.render(
        "hr/files.html",
        files=files,
        doors=doors,
        kinds=list(HrFileKind),
        keeps=visit.may(Right.keep_hr_files),
        kind=kind,
        effective_on=effective_on,
        today=civil_minute(context.now())[0],
        megabytes=BYTES_MAX // 2**20,
        faults=faults or [],
        fault=faults[0].value if faults else None,
        now=tx.now,
    )


def _show(
    visit: Visit,
    file_id: int,
    *,
    faults: list[HrFileFault] | None = None,
    said: dict[str, str] | None = None,
    template: str = "hr/file.html",
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        file = load_hr_file(tx, file_id)
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        changes = view_changes(file.summary, list_names(tx, list_ids(file.summary)))
    login = visit.signed_in.login
    return visit.render(
        template,
        file=file,
        changes=changes,
        columns=list_columns(file.summary, said),
        column_prefix=COLUMN_PREFIX,
        is_reading=file.state is HrFileState.brought,
        is_open=file.state not in (HrFileState.applied, HrFileState.refused),
        keeps=visit.may(Right.keep_hr_files),
        is_own=file.brought_by == login,
        reason_max=REASON_LENGTH_MAX,
        faults=faults or [],
        fault=faults[0].value if faults else None,
        now=tx.now,
    )

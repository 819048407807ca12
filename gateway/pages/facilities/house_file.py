"""A whole facility as text: given out, checked with its lines, looked through, and then taken in."""

import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, UploadFile
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.facility_words import THINGS
from domain.zones.export import Export
from domain.zones.my_number import refuse_my_numbers
from gateway.bookings.facility_file import FacilityFile, read_facility_source
from gateway.bookings.facility_rules import load_facility_rules
from gateway.bookings.file_places import locate_faults
from gateway.bookings.file_rules import LaidDown, check_laid_down, lay_down
from gateway.bookings.rule_book import RefusedRulesError, UsesStandError
from gateway.bookings.write_facility_file import write_facility_file
from gateway.operations.facilities.import_facility import Imported, import_facility
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.words import Language
from gateway.site.source import SiteError, Source, parse_source
from store.facilities import list_user_classes, load_facility
from store.facility_use import StandingUse
from store.tx import Tx

router = APIRouter()

BYTES_MAX = 128 * 1024
NAME = Path("facility.yaml")


class _LookedThrough(Exception):  # noqa: N818 (not an error: it ends a transaction that must change nothing)
    def __init__(self, imported: Imported) -> None:
        self.imported = imported


@router.get("/facility-file")
def get_file(visit: Visitor, facility: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show a facility's file to be edited; without one, an empty form."""
    return _show(visit, _write(visit, facility) if facility else "")


@router.get("/facilities/{facility_id}/file")
def get_download(visit: Visitor, facility_id: str) -> Response:
    """Give a facility's file."""
    text = _write(visit, facility_id)
    refuse_my_numbers([("file", text)], is_ours=True)
    leaving = let_out(visit, Export.facilities)
    return send_file(leaving, text.encode(), f"{facility_id}.yaml", "application/yaml; charset=utf-8")


@router.post("/facility-file")
def post_file(
    visit: Visitor,
    *,
    text: Annotated[str, Form(max_length=BYTES_MAX)] = "",
    file: UploadFile | None = None,
    seen: Annotated[str, Form(max_length=64)] = "",
    even_so: Annotated[bool, Form()] = False,
) -> Response:
    """Show what a file would change; take it in once just that text has been looked through."""
    if file is not None and file.filename:
        try:
            text = file.file.read(BYTES_MAX + 1).decode()
        except UnicodeDecodeError:
            return _show(visit, "", [visit.phrases.say("facilities.fault.utf8")])
    text = text.replace("\r\n", "\n")
    try:
        told, source, laid = _read(text, visit)
    except SiteError as error:
        return _show(visit, text, _tell(visit, error))
    house = laid.rules.facility.id
    try:
        _import(visit, laid, even_so=even_so, for_good=seen == _hash(text))
    except _LookedThrough as looked:
        return _show(visit, text, imported=looked.imported, seen=_hash(text), even_so=even_so)
    except RefusedRulesError as error:
        return _show(visit, text, _tell(visit, SiteError(NAME, locate_faults(error.faults, told, source))))
    except UsesStandError as error:
        return _show(visit, text, uses=error.uses)
    return see_other(f"/facilities/{house}")


def _import(visit: Visit, laid: LaidDown, *, even_so: bool, for_good: bool) -> None:
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _demand_own(tx, visit, laid.rules.facility.id)
        imported = import_facility(tx, laid, by=visit.signed_in.login, even_so=even_so)
        if not for_good:
            raise _LookedThrough(imported)


def _demand_own(tx: Tx, visit: Visit, facility_id: str) -> None:
    if load_facility(tx, facility_id) is not None:
        read_scope(tx, visit).demand_read(facility_id)


def _read(text: str, visit: Visit) -> tuple[FacilityFile, Source, LaidDown]:
    told, source = read_facility_source(parse_source(text, NAME, is_strange=True), NAME)
    laid = lay_down(told)
    today = civil_minute(visit.pages.context.now())[0]
    if faults := check_laid_down(laid, today):
        raise SiteError(NAME, locate_faults(faults, told, source))
    return told, source, laid


def _write(visit: Visit, facility_id: str) -> str:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_scope(tx, visit).demand_read(facility_id)
        rules = load_facility_rules(tx, [facility_id]).get(facility_id)
        classes = [each.user_class for each in list_user_classes(tx) if each.retired_on is None]
    if rules is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return write_facility_file(rules, classes, civil_minute(context.now())[0])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tell(visit: Visit, error: SiteError) -> list[str]:
    which = 0 if visit.language is Language.ja else -1
    say = visit.phrases.say
    return [
        say("facilities.file_line", n=each.line, field=each.field, expected=each.expected.split(" / ")[which])
        for each in error.problems
    ]


def _show(
    visit: Visit,
    text: str,
    faults: list[str] | None = None,
    *,
    imported: Imported | None = None,
    seen: str = "",
    even_so: bool = False,
    uses: tuple[StandingUse, ...] = (),
) -> Response:
    return visit.render(
        "facilities/house_file.html",
        fault="refused" if faults or uses else "",
        faults=faults or [],
        text=text,
        imported=imported,
        seen=seen,
        uses=uses,
        even_so=even_so,
        things={thing: words[0 if visit.language is Language.ja else 1] for thing, words in THINGS.items()},
        bytes_max=BYTES_MAX,
    )

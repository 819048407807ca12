"""The form of one terminal, new or changed, and the register as a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query, UploadFile
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from contract.csv_rows import ROWS_MAX
from contract.terminal_file import (
    NAME_LENGTH_MAX,
    TERMINAL_COLUMNS,
    TERMINAL_NEEDED,
    TerminalRow,
    explain_terminal,
    read_terminal_file,
)
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.keep_terminal import Premises, bring_terminals, keep_terminal, preview_terminals
from gateway.pages.drawing.dates import DATE_PATTERN
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.import_page import ImportKind, Looked, show_import
from gateway.pages.tier_people.kept_file import Kept, read_upload
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from gateway.zones.refused_lines import RefusedLinesError
from store.directory import find_person
from store.terminals import KeptTerminal, list_terminals, load_terminal
from store.tx import Tx

router = APIRouter()

FILE = ImportKind("/terminals/import", "import_terminals", "/terminals", TERMINAL_COLUMNS, TERMINAL_NEEDED)
Text = Annotated[str, Field(max_length=1000)]


class TerminalForm(BaseModel):
    """A terminal as it was typed; ``kept_by`` is a name or a number."""

    id: Text = ""
    name: Text = ""
    tier_id: Text = ""
    terminal_class: Text = ""
    mac: Text = ""
    kept_by: Text = ""
    seat_point_id: Text = ""
    issued_on: Annotated[str, Field(pattern=DATE_PATTERN)] = ""


@router.get("/terminals/form")
def get_terminal_form(visit: Visitor, terminal: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Give the form, empty or with what is kept about a terminal."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kept = load_terminal(tx, terminal) if terminal else None
    if terminal and (kept is None or kept.ended_for is not None):
        raise HTTPException(404)
    return _show(visit, TerminalForm(terminal_class="pc") if kept is None else _fill(kept))


@router.post("/terminals/form")
def post_terminal(visit: Visitor, form: Annotated[TerminalForm, Form()]) -> Response:
    """Keep the terminal."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            keep_terminal(tx, _read(tx, form), read_premises(tx, visit))
    except ZoneFaultsError as error:
        return _show(visit, form, error)
    context.committed.set()
    return see_other("/terminals")


@router.get("/terminals/import")
def get_terminal_import(visit: Visitor, brought: Annotated[int | None, Query(ge=0, le=ROWS_MAX)] = None) -> Response:
    """Show the form for a file; so many terminals were just taken."""
    return show_import(visit, FILE, brought=brought)


@router.post("/terminals/import")
def post_terminal_import(
    visit: Visitor, act: Annotated[Literal["look", "bring"], Form()], kept: Kept = "", file: UploadFile | None = None
) -> Response:
    """Look a file of terminals through, or take the one that was looked through."""
    context = visit.pages.context
    try:
        data = read_upload(file, kept if act == "bring" else "")
        rows, unread = read_terminal_file(data)
    except ZoneFaultsError as error:
        return show_import(visit, FILE, refused=error)
    if act == "bring" and not unread:
        try:
            with context.store.transaction(context.now()) as tx:
                many = bring_terminals(tx, rows, read_premises(tx, visit))
        except RefusedLinesError:
            pass  # somebody changed the register since it was looked through: what is wrong now is shown below
        else:
            context.committed.set()
            return see_other(f"/terminals/import?brought={many}")
    with context.store.reading(context.now()) as tx:
        seen = preview_terminals(tx, rows, read_premises(tx, visit))
    figures = (
        ("import_new", len(seen.new)),
        ("import_changed", len(seen.changed)),
        ("import_standing", seen.standing),
    )
    looked = Looked(figures, len(seen.new) + len(seen.changed), (*unread, *seen.faulty))
    return show_import(visit, FILE, looked=looked, data=data)


def read_premises(tx: Tx, visit: Visit) -> Premises:
    """Give what terminals are held against of the site."""
    tiers = list_tiers(visit, today_of(tx))
    points = frozenset(each.id for each in visit.pages.context.site.access_points)
    return Premises({each.id: frozenset({each.name, each.name_en}) for each in tiers}, points)


def _read(tx: Tx, form: TerminalForm) -> TerminalRow:
    told = form.model_dump()
    who = form.kept_by.strip()
    keeper = find_person(tx, who) if who else None
    if who and keeper is None:
        raise refuse_zone("kept_by", ZoneWhy.unknown_person, found=who[:80])
    empty = {name: told[name].strip() or None for name in ("mac", "seat_point_id", "issued_on")}
    try:
        return TerminalRow.model_validate(told | empty | {"kept_by": keeper})
    except ValidationError as error:
        raise explain_terminal(error) from None


def _fill(kept: KeptTerminal) -> TerminalForm:
    return TerminalForm(
        id=kept.id,
        name=kept.name,
        tier_id=kept.tier_id,
        terminal_class=kept.terminal_class,
        mac=":".join(kept.mac[at : at + 2] for at in range(0, 12, 2)) if kept.mac else "",
        kept_by=kept.kept_by,
        seat_point_id=kept.seat_point_id or "",
    )


def _show(visit: Visit, form: TerminalForm, refused: ZoneFaultsError | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        terminals = list_terminals(tx)
        tiers = list_tiers(visit, today_of(tx))
    return visit.render(
        "tier_people/terminal_form.html",
        form=form,
        known=form.id in {each.id for each in terminals},
        classes=sorted({"pc", "shared", "printer", "server"} | {each.terminal_class for each in terminals}),
        tiers=tiers,
        points=context.site.access_points,
        name_max=NAME_LENGTH_MAX,
        faults=tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {},
        fault="some" if refused else None,
    )

"""端末: the register of what may join a tier, the certificates of each, and what came back, was disposed of or lost."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, UploadFile
from starlette.responses import Response

from contract.terminal_file import PEM_BYTES_MAX, read_certificates
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.end_terminal import end_terminal_now
from gateway.operations.zones.keep_terminal import take_certificates
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.terminal_view import Shown, view_terminals
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from store.terminals import EndedFor

router = APIRouter()

Chosen = Annotated[str, Query(max_length=100)]


@router.get("/terminals")
def get_terminals(
    visit: Visitor,
    tier: Chosen = "",
    shown: Shown = Shown.in_use,
    certified: Annotated[int, Query(ge=-1)] = -1,
) -> Response:
    """Show the register; ``certified`` terminals were just given certificates."""
    return _show(visit, tier=tier, shown=shown, certified=certified)


@router.post("/terminals/certificates")
def post_certificates(visit: Visitor, file: UploadFile | None = None) -> Response:
    """Let terminals have the certificates of a PEM file."""
    context = visit.pages.context
    try:
        found = read_certificates(file.file.read(PEM_BYTES_MAX + 1) if file is not None else b"")
        with context.store.transaction(context.now()) as tx:
            many = take_certificates(tx, found)
    except ZoneFaultsError as error:
        return _show(visit, refused=error, about="certificates")
    context.committed.set()
    return see_other(f"/terminals?certified={many}")


@router.post("/terminals/end")
def post_end(
    visit: Visitor,
    terminal: Annotated[str, Form(max_length=63)] = "",
    ended_for: Annotated[EndedFor, Form()] = EndedFor.returned,
) -> Response:
    """End a terminal now."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            end_terminal_now(tx, terminal, ended_for, by=visit.signed_in.login)
    except LookupError:
        raise HTTPException(404) from None
    except ZoneFaultsError as error:
        return _show(visit, refused=error, about="end")
    context.committed.set()
    return see_other("/terminals")


def _show(
    visit: Visit,
    *,
    tier: str = "",
    shown: Shown = Shown.in_use,
    refused: ZoneFaultsError | None = None,
    about: str = "",
    certified: int = -1,
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = today_of(tx)
        tiers = {each.id: each for each in list_tiers(visit, today)}
        lines, counts = view_terminals(tx, tier if tier in tiers else "", shown)
    points = {each.id: each for each in context.site.access_points}
    return visit.render(
        "tier_people/terminals.html",
        lines=lines,
        counts=counts,
        tiers=tiers,
        tier=tier if tier in tiers else "",
        shown=shown,
        every_shown=tuple(Shown),
        reasons=tuple(EndedFor),
        points=points,
        keeps=visit.may(Right.keep_tiers),
        certified=certified,
        faults=tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {},
        about=about,
        fault=about or None,
        today=today,
        now=tx.now,
    )

"""One key: what it opens, its copies, who may take it and why, who answers for it, its photographs, its trail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.civil import JST
from domain.keys.custody import CustodyState
from domain.keys.key import CustodianRole, Ring
from domain.keys.key_fault import KeyFaultError
from gateway.operations.keys.register_key import NAME_LENGTH_MAX, STAMP_LENGTH_MAX
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.emergency_view import view_emergencies
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.key_view import HISTORY_MAX, CopyView, KeyView, load_key_view
from gateway.pages.keys.wall_view import Look
from store.keys import list_copies_of, list_photos, load_photo
from store.people import list_departments
from store.tx import Tx

router = APIRouter()

TIME_FORM = "%Y-%m-%dT%H:%M"
ENTITLED_ROLES = ("head", "facility_admin", "operator", "facility_desk")
"""Roles of which a key may be: those that somebody has by an office."""


@router.get("/keys/{key_id}")
def get_key(visit: Visitor, key_id: str) -> Response:
    """Show a key."""
    return show_key(visit, key_id)


@router.get("/keys/{key_id}/photos/{photo_id}")
def get_photo(visit: Visitor, key_id: str, photo_id: str) -> Response:
    """Give a photograph of a key."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_seen(key_id)
        content = load_photo(tx, photo_id) if any(each.id == photo_id for each in list_photos(tx, key_id)) else None
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(content, media_type="image/png")


def show_key(
    visit: Visit,
    key_id: str,
    *,
    faults: FieldFaults | None = None,
    about: str = "",
    kept: Mapping[str, str] | None = None,
) -> Response:
    """Show the page; with ``faults`` of the form ``about``, and in ``kept`` what was typed into it."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_key_scope(tx, visit)
        scope.demand_seen(key_id)
        view = load_key_view(tx, context.site, key_id)
        if view is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        emergencies = view_emergencies(tx, frozenset((key_id,)))
        departments = list_departments(tx)
    return visit.render(
        "keys/key.html",
        view=view,
        cabinets=view.cabinets,
        readers=dict(list_readers(visit)),
        desks=list_readers(visit, at_desks=True),
        keeps=visit.may(Right.keep_keys) and scope.keeps(key_id),
        registers=visit.may(Right.keep_key_register) and scope.whole,
        reviews=scope.answers(key_id) or (visit.may(Right.keep_key_register) and scope.whole),
        emergencies=emergencies,
        whole=scope.whole,
        lendable=_list_lendable(view),
        departments=departments,
        roles=ENTITLED_ROLES,
        custodian_roles=tuple(CustodianRole),
        login=visit.signed_in.login,
        later=_propose_later(view, tx.now),
        next_duplicate=_next_duplicate(view),
        name_max=NAME_LENGTH_MAX,
        stamp_max=STAMP_LENGTH_MAX,
        history_max=HISTORY_MAX,
        faults=faults or {},
        fault=about or None,
        about=about,
        kept=kept or {},
        today=tx.now.astimezone(JST).date(),
        now=tx.now,
    )


def do_about_key(
    visit: Visit,
    key_id: str,
    about: str,
    act: Callable[[Tx], str | None],
    *,
    registers: bool = False,
    kept: Mapping[str, str] | None = None,
) -> Response:
    """Do something about a key in one transaction and show what it led to, or the page with what is wrong.

    ``act`` gives the path to see next, or None for the key's own page. With ``registers`` it is a matter of the
    register, for those alone who see every key.
    """
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            scope = read_key_scope(tx, visit)
            scope.demand_seen(key_id)
            if registers:
                scope.demand_whole()
            else:
                scope.demand_kept(key_id)
            path = act(tx)
    except KeyFaultError as error:
        return show_key(visit, key_id, faults=tell_refusal(error, visit.language), about=about, kept=kept)
    context.committed.set()
    return see_other(path or f"/keys/{key_id}")


def demand_copies(tx: Tx, key_id: str, copy_ids: Sequence[str]) -> None:
    """Let a form speak only of copies of its own key.

    Raises:
        HTTPException: 404.
    """
    if set(copy_ids) - list_copies_of(tx, [key_id]).keys():
        raise HTTPException(HTTPStatus.NOT_FOUND)


def list_at_hand(view: KeyView) -> list[tuple[str, CopyView]]:
    """Give what hangs here as a form names it, each with a copy of it: the loose copies, and the rings."""
    here = [each for each in view.copies if each.look in {Look.here, Look.misplaced}]
    loose = [(each.hanging.copy.id, each) for each in here if each.hanging.ring_id is None]
    rings = {f"ring:{each.hanging.ring_id}": each for each in here if each.hanging.ring_id is not None}
    return [*loose, *sorted(rings.items())]


def _list_lendable(view: KeyView) -> list[tuple[str, Ring | None]]:
    """Give what could be lent now as the desk's address names it: the key, and the rings that its copies hang on."""
    here = [each.hanging for each in view.copies if each.look in {Look.here, Look.misplaced}]
    loose = [(f"key:{view.key.id}", None)] if any(each.ring_id is None for each in here) else []
    rings = sorted({each.ring_id for each in here if each.ring_id is not None})
    return [*loose, *((f"ring:{id_}", view.rings[id_]) for id_ in rings)]


def _propose_later(view: KeyView, now: datetime) -> Mapping[str, str]:
    """An hour more than it was, or than it is, by loan."""
    due = {
        each.hanging.custody.loan_id or "": each.hanging.custody.due_at or now
        for each in view.copies
        if each.hanging.custody.state is CustodyState.out
    }
    hour = timedelta(hours=1)
    return {
        loan: (max(at, now) + hour).astimezone(JST).replace(second=0, microsecond=0).strftime(TIME_FORM)
        for loan, at in due.items()
    }


def _next_duplicate(view: KeyView) -> int:
    return max((each.hanging.copy.duplicate for each in view.copies), default=-1) + 1

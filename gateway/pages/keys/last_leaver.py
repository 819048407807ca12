"""The last leaver of a building (最終退庁): who is still inside, who left last, and which keys are out with whom."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from domain.keys.custody import CustodyState, HolderKind
from gateway.custody.standing import Hanging, list_hangings
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.records.looks import note_look
from gateway.people.roll_call import read_inside
from store.musters import Inside, list_places
from store.tx import Tx

router = APIRouter()


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A key that is out; ``holder_inside`` None: nobody knows, for doors do not know that one."""

    hanging: Hanging
    holder_inside: bool | None


@router.get("/keys/last-leaver")
def get_last_leaver(visit: Visitor) -> Response:
    """Show who is still inside, and which keys are out."""
    page = _show(visit, "keys/last_leaver.html")
    if visit.may(Right.read_inside):
        note_look(visit, "inside", None, "")
    return page


@router.get("/keys/last-leaver/part")
def get_last_leaver_part(visit: Visitor) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "keys/parts/last_leaver.html")


def _show(visit: Visit, template: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        inside = read_inside(tx, context.site)
        left = _find_last_left(visit, tx)
        out = [each for each in list_hangings(tx) if each.custody.state is CustodyState.out]
    here = {each.person_id for each in inside}
    held = [HeldOut(each, _is_inside(each, here)) for each in out]
    held.sort(key=lambda each: (each.holder_inside is not False, each.hanging.custody.due_at or tx.now))
    return visit.render(
        template,
        inside=sorted(inside, key=lambda each: each.since_at or tx.now),
        named=visit.may(Right.read_inside),
        left=left,
        held=held,
        gone=sum(each.holder_inside is False for each in held),
        areas={each.id: each for each in context.site.areas},
        whole=True,
        now=tx.now,
    )


def _find_last_left(visit: Visit, tx: Tx) -> Inside | None:
    away = {area.id for area in visit.pages.context.site.areas if area.outside or area.muster_point}
    left = (each for each in list_places(tx) if each.area_id in away)
    return max(left, key=lambda each: each.since_at, default=None)


def _is_inside(hanging: Hanging, here: set[str]) -> bool | None:
    holder = hanging.custody.holder
    if holder is None or holder.kind is not HolderKind.person:
        return None
    return holder.id in here

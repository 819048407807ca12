"""Key boxes at shelters (避難所キーボックス): where they hang, what their keys open, whether a shelter is open."""

from fastapi import APIRouter
from starlette.responses import Response

from domain.access.threat import ThreatLevel
from domain.keys.key import CabinetKind
from gateway.custody.standing import list_hangings
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.openings import list_opened, name_openings
from gateway.pages.keys.wall_view import Choice, derive_wall
from store.key_counts import count_differences, list_counts_of, list_open_counts
from store.keys import list_cabinets, list_keys, list_lock_groups
from store.threats import list_open_shelters, load_latest_threat

router = APIRouter()


@router.get("/keys/shelter-boxes")
def get_boxes(visit: Visitor) -> Response:
    """Show every box with its keys."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        automatic = {each.id for each in context.site.cabinets if each.shelter}
        boxes = {
            id_: each
            for id_, each in list_cabinets(tx).items()
            if each.kind is CabinetKind.shelter_box or id_ in automatic
        }
        hangings = [each for each in list_hangings(tx) if each.copy.home.cabinet_id in boxes]
        wall = derive_wall(hangings, boxes.values(), list_open_counts(tx), Choice(), {}, empty_hooks=False)
        keys, groups = list_keys(tx), list_lock_groups(tx)
        opened = {each.key.id: list_opened(each.key, keys, groups) for each in hangings}
        named = name_openings(tx, context.site, {each for every in opened.values() for each in every})
        last = list_counts_of(tx, boxes)
        differences = count_differences(tx, {each.id for each in last.values()})
        latest, shelters = load_latest_threat(tx), list_open_shelters(tx)
        level = ThreatLevel.normal if latest is None else latest.declaration.level_at(tx.now)
    return visit.render(
        "keys/shelter_boxes.html",
        boxes=boxes,
        automatic=automatic,
        boards={each.cabinet.id: each for each in wall.boards},
        opened={id_: [named[each] for each in every] for id_, every in opened.items()},
        last=last,
        differences=differences,
        is_open=level is ThreatLevel.shelter or bool(shelters),
        keeps=visit.may(Right.keep_keys),
        registers=visit.may(Right.keep_key_register),
        whole=True,
        now=tx.now,
    )

"""The register of keys (鍵台帳): lock groups with their keys, cabinets, rings; each added or changed in place."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.keys.key import OFFICE_ID, Cabinet, CabinetKind, LockGroup
from domain.keys.key_fault import KeyFault, KeyFaultError, Why
from gateway.custody.standing import list_hangings
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.register_key import NAME_LENGTH_MAX, POSITIONS_MAX, keep_cabinet, keep_lock_group
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_form import choose_english
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.wall_view import Look, look_at
from store.key_rings import list_rings
from store.keys import list_cabinets, list_keys, list_lock_groups

router = APIRouter()

RefusedWord = Annotated[str, Query(max_length=40)]
Id = Annotated[str, Field(max_length=63)]
Name = Annotated[str, Field(max_length=1000)]


class GroupForm(BaseModel):
    """A lock group as it was typed."""

    id: Id = ""
    name: Name = ""
    name_en: Name = ""
    parent: Id = ""


class CabinetForm(BaseModel):
    """A cabinet as it was typed."""

    id: Id = ""
    name: Name = ""
    name_en: Name = ""
    positions: Annotated[str, Field(max_length=8)] = ""
    site_place: Name = ""
    kind: CabinetKind = CabinetKind.hooks


class RingForm(BaseModel):
    """A ring as it was typed, with the copies that are to be on it."""

    id: Id = ""
    name: Name = ""
    name_en: Name = ""
    copies: list[Id] = Field(default_factory=list, max_length=200)


@router.get("/keys/register")
def get_register(visit: Visitor, refused: RefusedWord = "") -> Response:
    """Show the register; ``refused`` is why no tag could be waited for."""
    if refused in set(Why):
        faults = tell_refusal(KeyFaultError(KeyFault("reader", Why(refused))), visit.language)
        return show_register(visit, faults=faults, about="tags")
    return show_register(visit)


@router.post("/keys/register/groups")
def post_group(visit: Visitor, form: Annotated[GroupForm, Form()]) -> Response:
    """Keep a lock group."""
    group = LockGroup(form.id, form.name.strip(), choose_english(form.name_en, form.name), form.parent or None)
    try:
        with visit.pages.context.store.transaction(visit.pages.context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            keep_lock_group(tx, group)
    except KeyFaultError as error:
        return _refuse(visit, error, "groups", form)
    return see_other("/keys/register#groups")


@router.post("/keys/register/cabinets")
def post_cabinet(visit: Visitor, form: Annotated[CabinetForm, Form()]) -> Response:
    """Keep a cabinet."""
    number = form.positions.strip() or "0"
    positions = int(number) if number.isascii() and number.isdecimal() else -1
    english = choose_english(form.name_en, form.name)
    cabinet = Cabinet(form.id, form.name.strip(), english, positions, form.site_place.strip(), form.kind)
    try:
        with visit.pages.context.store.transaction(visit.pages.context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            keep_cabinet(tx, cabinet)
    except KeyFaultError as error:
        return _refuse(visit, error, "cabinets", form)
    return see_other("/keys/register#cabinets")


@router.post("/keys/register/rings")
def post_ring(visit: Visitor, form: Annotated[RingForm, Form()]) -> Response:
    """Let a ring hold exactly these copies from now on."""
    try:
        with visit.pages.context.store.transaction(visit.pages.context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            standing = list_rings(tx, [form.id]).get(form.id)
            english = choose_english(form.name_en, form.name)
            tag = standing.tag if standing else None
            keep_ring(tx, RingWish(form.id, form.name.strip(), english, frozenset(form.copies), tag))
    except KeyFaultError as error:
        return _refuse(visit, error, "rings", form)
    return see_other("/keys/register#rings")


def show_register(
    visit: Visit, *, faults: FieldFaults | None = None, about: str = "", kept: BaseModel | None = None
) -> Response:
    """Show the register; with ``faults`` of the form ``about``, and in ``kept`` what was typed into it."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        groups, keys, cabinets, rings = list_lock_groups(tx), list_keys(tx), list_cabinets(tx), list_rings(tx)
        hangings = list_hangings(tx)
        on_rings = {id_: frozenset(each.list_copies(tx.now)) for id_, each in rings.items()}
    free = [each for each in hangings if look_at(each) in {Look.here, Look.misplaced}]
    return visit.render(
        "keys/register.html",
        groups=groups,
        tree=_order_groups(groups),
        keys_of={id_: [each for each in keys.values() if each.lock_group_id == id_] for id_ in groups},
        copies_of={
            id_: sum(each.key.id == id_ and look_at(each) is not Look.retired for each in hangings) for id_ in keys
        },
        cabinets=cabinets,
        cabinet_kinds=tuple(CabinetKind),
        office=OFFICE_ID,
        rings=rings,
        on_rings=on_rings,
        every={each.copy.id: each for each in hangings},
        free=free,
        desks=list_readers(visit, at_desks=True),
        registers=visit.may(Right.keep_key_register),
        name_max=NAME_LENGTH_MAX,
        positions_max=POSITIONS_MAX,
        whole=True,
        faults=faults or {},
        fault=about or None,
        about=about,
        kept=kept,
        now=tx.now,
    )


def _refuse(visit: Visit, error: KeyFaultError, form: str, kept: BaseModel) -> Response:
    """Show the register with what is wrong; ``form`` names it, with the id of what was to be changed."""
    return show_register(visit, faults=tell_refusal(error, visit.language), about=form, kept=kept)


def _order_groups(groups: dict[str, LockGroup]) -> list[tuple[LockGroup, int]]:
    """Give the groups as a tree is read, each with how deep it lies."""
    found: list[tuple[LockGroup, int]] = []

    def walk(parent_id: str | None, depth: int) -> None:
        for each in sorted((one for one in groups.values() if one.parent_id == parent_id), key=lambda one: one.name):
            found.append((each, depth))
            walk(each.id, depth + 1)

    walk(None, 0)
    return found

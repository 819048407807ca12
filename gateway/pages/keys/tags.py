"""A copy's or a ring's tag: asked for here, given by whatever is held next to a reader at a desk."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from domain.keys.key_words import WORDS
from gateway.operations.keys.await_card import WaitWish, await_tag, cancel_wait
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_acts import FormId
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_page import show_key
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.words import Language
from store.key_rings import list_rings
from store.key_waits import KeyWait, WaitKind, load_wait
from store.keys import list_copies, list_keys
from store.tx import Tx

router = APIRouter()

Id = Annotated[str, Form(max_length=63)]


@router.post("/keys/new/tag")
def post_tag(
    visit: Visitor, *, request: FormId, reader: Id = "", key: Id = "", piece: Id = "", ring: Id = ""
) -> Response:
    """Wait for the tag of a copy, or with ``ring`` of a ring."""
    context = visit.pages.context
    desks = {each.id for each in context.site.readers if each.desk}
    target = Target(TargetKind.ring, ring) if ring else Target(TargetKind.key, key)
    wish = WaitWish(request, reader, target, visit.signed_in.login, copy_id=None if ring else piece)
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            await_tag(tx, wish, readers=desks)
    except KeyFaultError as error:
        if ring:
            return see_other(f"/keys/register?refused={error.why.value}#rings")
        return show_key(visit, key, faults=tell_refusal(error, visit.language), about=f"tag-{piece}")
    context.committed.set()
    return see_other(f"/keys/tags/{request}")


@router.get("/keys/tags/{wait_id}")
def get_tag(visit: Visitor, wait_id: str) -> Response:
    """Show what is waited for and what became of it."""
    return _show(visit, wait_id, "keys/tag.html")


@router.get("/keys/tags/{wait_id}/part")
def get_tag_part(visit: Visitor, wait_id: str) -> Response:
    """Give the part of it that changes."""
    return _show(visit, wait_id, "keys/parts/tag.html")


@router.post("/keys/tags/{wait_id}/cancel")
def post_tag_cancel(visit: Visitor, wait_id: str) -> Response:
    """Wait no longer."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _load(visit, tx, wait_id)
        cancel_wait(tx, wait_id)
    context.committed.set()
    return see_other(f"/keys/tags/{wait_id}")


def _load(visit: Visit, tx: Tx, wait_id: str) -> KeyWait:
    read_key_scope(tx, visit).demand_whole()
    asked = load_wait(tx, wait_id)
    if asked is None or asked.kind is not WaitKind.tag:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return asked


def _show(visit: Visit, wait_id: str, template: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = _load(visit, tx, wait_id)
        copy = list_copies(tx, [asked.copy_id])[asked.copy_id] if asked.copy_id else None
        thing = list_rings(tx, [asked.target.id])[asked.target.id] if copy is None else list_keys(tx)[copy.key_id]
    outcome = asked.outcome_at(tx.now)
    why = WORDS[Why(asked.fault)] if asked.fault else ("", "")
    return visit.render(
        template,
        asked=asked,
        copy=copy,
        thing=thing,
        back=f"/keys/{copy.key_id}" if copy else "/keys/register",
        outcome=outcome.value if outcome else "waiting",
        why=why[0 if visit.language is Language.ja else 1],
        seconds=max(0, int((asked.expires_at - tx.now).total_seconds())),
        reader=dict(list_readers(visit)).get(asked.reader_id, asked.reader_id),
        now=tx.now,
    )

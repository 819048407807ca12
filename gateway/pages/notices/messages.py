"""One's own messages, the newest first; opening one marks it as read and leads to what it is about."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi import Path as InPath
from starlette.responses import Response

from contract.message_words import load_message_words
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.messages import StandingMessage, list_messages, load_message, save_read

router = APIRouter()

PAGE_LENGTH = 30

MessageId = Annotated[int, InPath(ge=1, lt=2**53)]
ReadIds = Annotated[list[Annotated[int, Form(ge=1, lt=2**53)]], Form(default_factory=list, max_length=PAGE_LENGTH)]


class MessageView(NamedTuple):
    """A message in words."""

    id: int
    title: str
    body: str
    at: datetime
    is_read: bool


@router.get("/messages")
def get_messages(
    visit: Visitor, before: Annotated[int | None, Query(ge=1, lt=2**53)] = None, show: Literal["all", "unread"] = "all"
) -> Response:
    """Show a page of them; ``before`` is the last one of the page before."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = list_messages(tx, person_of(visit), unread=show == "unread", before_id=before, limit=PAGE_LENGTH + 1)
    shown = [_view(visit, each) for each in found[:PAGE_LENGTH]]
    return visit.render(
        "notices/messages.html",
        shown=shown,
        show=show,
        last=shown[-1].id if len(found) > PAGE_LENGTH else None,
        new=[each.id for each in shown if not each.is_read],
        now=tx.now,
    )


@router.get("/messages/{message_id}")
def get_message(visit: Visitor, message_id: MessageId) -> Response:
    """Mark one as read and lead to what it is about."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        found = load_message(tx, person_of(visit), message_id)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        save_read(tx, person_of(visit), [message_id])
    return see_other(found.message.link)


@router.post("/messages")
def post_read(visit: Visitor, ids: ReadIds) -> Response:
    """Mark those as read that were on the page."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        save_read(tx, person_of(visit), ids)
    return see_other("/messages")


def person_of(visit: Visit) -> str:
    """Give the visitor's person; an account of no person has no messages, so there is no such page."""
    if not visit.signed_in.person_id:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.signed_in.person_id


def _view(visit: Visit, each: StandingMessage) -> MessageView:
    words = load_message_words(visit.language.value).say(each.message)
    return MessageView(each.id, words.title, words.body, each.created_at, each.read_at is not None)

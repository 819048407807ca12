"""A change of the policy on its way to the doors: a lost card that stops can be watched, controller by controller."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from starlette.responses import Response

from gateway.pages.access.rights import Right
from gateway.pages.devices.revocation_view import ChangedCard, Progress, derive_cards, derive_progress
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.policy.changed_cards import ChangedCards, find_changed_cards, list_changed_cards
from store.cards import list_card_changes
from store.devices import list_device_statuses
from store.publications import (
    Publication,
    list_card_acts,
    list_card_holders,
    list_publications,
    load_publication,
)
from store.tx import Tx

router = APIRouter()

LISTED_MAX = 40
SEARCHED_MAX = 200
"""So many publications back a person's last one is looked for."""

CARDS_MAX = 200
CARDS_SHOWN_IN_LIST = 3
ACTED_BEFORE = timedelta(minutes=10)
"""What was done to a card longer before its publication than this was told by an earlier one."""

Version = Annotated[int, Path(ge=1, le=2**53)]


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A publication in the list; ``cards`` None: it is stored whole, ``count`` then is 0."""

    progress: Progress
    cards: tuple[ChangedCard, ...] | None
    count: int


@router.get("/revocations")
def get_revocations(visit: Visitor) -> Response:
    """List the newest changes of the policy, each with how far it has come."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        statuses = list_device_statuses(tx)
        listed = []
        for publication in list_publications(tx, limit=LISTED_MAX):
            changed = list_changed_cards(tx, publication)
            shown = None if changed is None else _first(changed, CARDS_SHOWN_IN_LIST)
            cards = None if shown is None else _complete(visit, tx, publication, shown)
            progress = derive_progress(context.site, statuses, publication)
            listed.append(ListedChange(progress, cards, len(changed or ())))
    return visit.render("devices/revocations.html", changes=listed, now=tx.now, named=visit.may(Right.read_cards))


@router.get("/revocations/{version}")
def get_revocation(visit: Visitor, version: Version) -> Response:
    """Show one change: which cards, who has confirmed, and until when the others trust what they hold."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        publication = _find(tx, version)
        changed = find_changed_cards(tx, publication)
        cards = None if changed is None else _complete(visit, tx, publication, _first(changed, CARDS_MAX))
        progress = derive_progress(context.site, list_device_statuses(tx), publication)
    return visit.render(
        "devices/revocation.html",
        progress=progress,
        cards=cards,
        count=len(changed or ()),
        now=tx.now,
        named=visit.may(Right.read_cards),
    )


@router.get("/revocations/{version}/part")
def get_revocation_part(visit: Visitor, version: Version) -> Response:
    """Give the part of it that changes."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        progress = derive_progress(context.site, list_device_statuses(tx), _find(tx, version))
    return visit.render("devices/parts/revocation.html", progress=progress, now=tx.now)


@router.get("/cards/{person_id}/revocation")
def get_persons_revocation(visit: Visitor, person_id: str) -> Response:
    """Lead to the newest change that is about a person's cards; while there is none yet, to the list."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        acted = list_card_changes(tx, person_id, limit=1)
        for publication in list_publications(tx, limit=SEARCHED_MAX):
            if acted and acted[0].changed_at > publication.issued_at:
                break  # what was done last is not published yet
            holders = list_card_holders(tx, list_changed_cards(tx, publication) or {})
            if any(holder.person_id == person_id for holder in holders.values()):
                return see_other(f"/revocations/{publication.version}")
    return see_other("/revocations")


def _find(tx: Tx, version: int) -> Publication:
    publication = load_publication(tx, version)
    if publication is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return publication


def _first(changed: ChangedCards, limit: int) -> ChangedCards:
    """Give the first cards, those that stop before the others."""
    return {card.token: changed[card.token] for card in derive_cards(changed, {}, ())[:limit]}


def _complete(visit: Visit, tx: Tx, publication: Publication, changed: ChangedCards) -> tuple[ChangedCard, ...]:
    """Add names, and who asked for it, for those who may know them."""
    if not visit.may(Right.read_cards):
        return derive_cards(changed, {}, ())
    holders = list_card_holders(tx, changed)
    persons: Collection[str] = {holder.person_id for holder in holders.values()}
    since = publication.issued_at - ACTED_BEFORE
    return derive_cards(changed, holders, list_card_acts(tx, persons, since=since, until=publication.issued_at))

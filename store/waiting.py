"""Who waits for a place to be free, and the offers that were made of one."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from domain.facilities.booking import Wish
from domain.facilities.waiting import Offer, Waiting, WaitingState
from store.conflicts import insert_new
from store.facility_tables import room
from store.round_tables import place_offer, waiting_entry
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeptWaiting:
    """Somebody on the list as it is kept: ``asked_by`` is a login, or ``self`` for a citizen's own."""

    waiting: Waiting
    facility_id: str
    asked_by: str


_WISH = tuple(field.name for field in fields(Wish) if field.name != "units")
_OFFER = tuple(field.name for field in fields(Offer))


def insert_waiting(tx: Tx, new: Waiting, *, asked_by: str) -> bool:
    """Keep somebody on the list; False when that id stands already, and nothing is changed."""
    values = {name: getattr(new.wish, name) for name in _WISH}
    own = {"id": new.id, "asked_at": new.asked_at, "state": new.state.value, "asked_by": asked_by}
    return insert_new(tx, waiting_entry, values | own)


def load_waiting(tx: Tx, waiting_id: str, *, lock: bool = False) -> KeptWaiting | None:
    """Give one of the list; None when there is none of that id. With ``lock`` it stays so until the commit."""
    found = _list(tx, waiting_entry.c.id == waiting_id, lock=lock)
    return found[0] if found else None


def list_still_waiting(tx: Tx, *, limit: int = 1000) -> list[KeptWaiting]:
    """Give all who still wait, in the order in which they asked."""
    return _list(tx, waiting_entry.c.state == WaitingState.waiting.value, limit=limit)


def list_waiting_of(tx: Tx, reservee_id: str) -> list[KeptWaiting]:
    """Give everything for which a reservee waits or waited, in the order of asking."""
    return _list(tx, waiting_entry.c.reservee_id == reservee_id)


def move_waiting(tx: Tx, waiting_id: str, before: WaitingState, after: WaitingState) -> bool:
    """Let one of the list stand elsewhere; False when it does not stand where it was seen, and nothing is changed."""
    standing = (waiting_entry.c.id == waiting_id) & (waiting_entry.c.state == before.value)
    return tx.connection.execute(update(waiting_entry).where(standing).values(state=after.value)).rowcount == 1


def end_past_waiting(tx: Tx) -> int:
    """End the waiting for what has begun; gives for how many."""
    past = (waiting_entry.c.state == WaitingState.waiting.value) & (waiting_entry.c.from_at <= tx.now)
    return tx.connection.execute(update(waiting_entry).where(past).values(state=WaitingState.over.value)).rowcount


def insert_offer(tx: Tx, new: Offer) -> None:
    """Keep an offer."""
    values = {name: getattr(new, name) for name in _OFFER} | {"outcome": new.outcome.value}
    tx.connection.execute(place_offer.insert().values(values))


def load_offer(tx: Tx, offer_id: str) -> Offer | None:
    """Give an offer; None when there is none of that id."""
    return next(iter(_list_offers(tx, place_offer.c.id == offer_id)), None)


def list_open_offers(tx: Tx, *, limit: int = 1000) -> list[Offer]:
    """Give the offers that stand, those that lapse first first."""
    return _list_offers(tx, place_offer.c.outcome == WaitingState.offered.value, limit=limit)


def list_offers_of(tx: Tx, waiting_ids: Collection[str]) -> list[Offer]:
    """Give every offer that was made to some of the list, those that lapse first first."""
    return _list_offers(tx, place_offer.c.waiting_id.in_(sorted(waiting_ids)))


def end_offer(tx: Tx, offer: Offer, outcome: WaitingState) -> bool:
    """End an offer and the waiting behind it; False when it ended meanwhile, and nothing is changed."""
    standing = (place_offer.c.id == offer.id) & (place_offer.c.outcome == WaitingState.offered.value)
    ended = update(place_offer).where(standing).values(outcome=outcome.value, ended_at=tx.now)
    if tx.connection.execute(ended).rowcount != 1:
        return False
    return move_waiting(tx, offer.waiting_id, WaitingState.offered, outcome)


def _list(tx: Tx, wanted: ColumnElement[bool], *, limit: int | None = None, lock: bool = False) -> list[KeptWaiting]:
    query = select(waiting_entry, room.c.facility_id).join_from(waiting_entry, room).where(wanted)
    query = query.order_by(waiting_entry.c.asked_at, waiting_entry.c.id).limit(limit)
    rows = tx.connection.execute(query.with_for_update(of=waiting_entry) if lock else query)
    return [_kept(row) for row in rows]


def _list_offers(tx: Tx, wanted: ColumnElement[bool], *, limit: int | None = None) -> list[Offer]:
    columns = (place_offer.c[name] for name in _OFFER)
    query = select(*columns).where(wanted).order_by(place_offer.c.expires_at, place_offer.c.id).limit(limit)
    return [_offer(row) for row in tx.connection.execute(query)]


def _kept(row: Any) -> KeptWaiting:
    wish = Wish(**{name: getattr(row, name) for name in _WISH})
    asked_at: datetime = row.asked_at
    return KeptWaiting(Waiting(row.id, wish, asked_at, WaitingState(row.state)), row.facility_id, row.asked_by)


def _offer(row: Any) -> Offer:
    values = dict(zip(_OFFER, row, strict=True))
    return Offer(**values | {"outcome": WaitingState(values["outcome"])})

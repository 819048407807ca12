"""Deliveries: what is due to leave, taken by one sender at a time, and what became of it.

A sender takes a delivery by moving its ``due_at`` past the time a sender may need. One that dies loses only time: after
the lease the message is due again, under the same id, so that the other side can tell a repetition.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Update, and_, func, select, update

from domain.notices.message import Message
from store.messages import read_message
from store.notice_tables import address, delivery, message
from store.tx import Tx

FAULT_MAX = 200


class DeliveryKey(NamedTuple):
    """A message on a way."""

    message_id: int
    way: str


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A message that may leave now; ``tries`` failed before."""

    key: DeliveryKey
    message: Message
    created_at: datetime
    target: str
    language: str
    tries: int


class DeliveryCounts(NamedTuple):
    """How the deliveries stand."""

    waiting: int
    sent: int
    failed: int


def claim_due(tx: Tx, *, ways: Collection[str], digest: bool, lease: timedelta, limit: int) -> list[DueDelivery]:
    """Take what is due on these ways; nobody else gets it before the lease is over.

    ``digest``: all that belongs to the daily digests of so many persons, or as many others, the longest due first.
    """
    joined = delivery.join(message, message.c.id == delivery.c.message_id).join(
        address, (address.c.person_id == message.c.person_id) & (address.c.way == delivery.c.way)
    )
    of_digest = address.c.digest_minute.is_not(None) if digest else address.c.digest_minute.is_(None)
    columns = (
        delivery.c.message_id,
        delivery.c.way,
        delivery.c.tries,
        message.c.person_id,
        message.c.kind,
        message.c.subject,
        message.c.filling,
        message.c.link,
        message.c.created_at,
        address.c.target,
        address.c.language,
    )
    due = _waiting() & (delivery.c.due_at <= tx.now) & delivery.c.way.in_(ways) & of_digest
    found = select(*columns).select_from(joined).where(due)
    if digest:
        who = select(message.c.person_id).select_from(joined).where(due).distinct().order_by(message.c.person_id)
        found = found.where(message.c.person_id.in_(who.limit(limit))).order_by(delivery.c.message_id, delivery.c.way)
    else:
        found = found.order_by(delivery.c.due_at, delivery.c.message_id, delivery.c.way).limit(limit)
    rows = tx.connection.execute(found.with_for_update(of=delivery, skip_locked=True)).all()
    for way in {row.way for row in rows}:
        ids = [row.message_id for row in rows if row.way == way]
        tx.connection.execute(_these(way, ids).values(due_at=tx.now + lease))
    return [
        DueDelivery(
            DeliveryKey(row.message_id, row.way), read_message(row), row.created_at, row.target, row.language, row.tries
        )
        for row in rows
    ]


def save_sent(tx: Tx, keys: Collection[DeliveryKey]) -> None:
    """Mark deliveries as done at ``tx.now``."""
    for way, ids in _by_way(keys).items():
        tx.connection.execute(_these(way, ids).values(sent_at=tx.now, fault=""))


def save_put_off(tx: Tx, keys: Collection[DeliveryKey], due_at: datetime, fault: str = "") -> None:
    """Let deliveries be due again at another time without counting a try: it was not their fault."""
    for way, ids in _by_way(keys).items():
        tx.connection.execute(_these(way, ids).values(due_at=due_at, fault=fault[:FAULT_MAX]))


def save_retry(tx: Tx, keys: Collection[DeliveryKey], due_at: datetime, fault: str) -> None:
    """Count a failed try and let deliveries be due again."""
    for way, ids in _by_way(keys).items():
        changes = {"due_at": due_at, "fault": fault[:FAULT_MAX], "tries": delivery.c.tries + 1}
        tx.connection.execute(_these(way, ids).values(changes))


def save_given_up(tx: Tx, keys: Collection[DeliveryKey], fault: str) -> None:
    """Give up deliveries; the messages stay in the pages."""
    for way, ids in _by_way(keys).items():
        changes = {"failed_at": tx.now, "fault": fault[:FAULT_MAX], "tries": delivery.c.tries + 1}
        tx.connection.execute(_these(way, ids).values(changes))


def count_deliveries(tx: Tx) -> DeliveryCounts:
    """Count every delivery by how it stands."""
    counted = select(func.count(), func.count(delivery.c.sent_at), func.count(delivery.c.failed_at))
    whole, sent, failed = tx.connection.execute(counted).one()
    return DeliveryCounts(whole - sent - failed, sent, failed)


def _waiting() -> ColumnElement[bool]:
    return and_(delivery.c.sent_at.is_(None), delivery.c.failed_at.is_(None))


def _these(way: str, ids: Collection[int]) -> Update:
    return update(delivery).where(_waiting() & (delivery.c.way == way) & delivery.c.message_id.in_(ids))


def _by_way(keys: Collection[DeliveryKey]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key in keys:
        found.setdefault(key.way, []).append(key.message_id)
    return found

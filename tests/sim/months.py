"""The same records give the same month, in whatever order they are delivered (I8).

The batches that devices signed during a run are delivered again to fresh centres, each time in another order, with
repeats and in other groups, until all is taken in; punches, presence and months must come out the same.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from random import Random

from contract.receipts import Receipt
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from tests.sim import city
from tests.sim.broken import InvariantBrokenError
from tests.sim.memory_store import MemoryStore
from tests.sim.timeline import STARTS_AT

SignedBatch = tuple[DeviceId, bytes]
BY_JOURNAL = " ORDER BY device_id, epoch, seq"
VIEWS = (
    "SELECT device_id, epoch, seq, kind, occurred_at, person_id, granted, reason, central_reason FROM record"
    + BY_JOURNAL,
    "SELECT * FROM punch" + BY_JOURNAL,
    "SELECT device_id, epoch, upto_seq, head, complete_through_at FROM watermark ORDER BY device_id, epoch",
)
"""What derives from the records alone; when they were received, and whether live, is another matter."""

ENDED = "SELECT device_id, epoch, body FROM record WHERE kind = 'access.ended'"
TAPPED_BY = "SELECT person_id FROM record WHERE device_id = ? AND epoch = ? AND seq = ?"


def require_same_months(
    batches: Sequence[SignedBatch],
    policies: Sequence[PolicySnapshot],
    *,
    devices: int,
    staff: int,
    chance: Random,
    lived: MemoryStore | None,
) -> str:
    """Deliver the batches in another order; gives the one hash of all that follows.

    Args:
        batches: every batch that was signed, repeats and all.
        policies: every policy that was published, in order.
        devices: how many boxes the city hall has.
        staff: how many people.
        chance: draws the orders.
        lived: the centre's store after the run, to compare with; None compares two orders with one another.

    Raises:
        InvariantBrokenError: two orders gave two results (I8).
    """
    hashes = set() if lived is None else {digest_views(lived)}
    for _ in range(2 if lived is None else 1):
        store = MemoryStore()
        city.fill_store(store, policies, devices=devices, staff=staff)
        _deliver(store, batches, chance)
        hashes.add(digest_views(store))
        store.close()
    if len(hashes) > 1:
        raise InvariantBrokenError("I8", "two orders of delivery gave two results")
    return hashes.pop()


def _deliver(store: MemoryStore, batches: Sequence[SignedBatch], chance: Random) -> None:
    """Deliver everything, some of it twice, in random order and groups, until nothing new is taken any more."""
    now = STARTS_AT + timedelta(hours=chance.randrange(1, 1000))
    ingest = Ingest(store, city.centre_key(), lambda: now, names=city.NAMES)
    ends = {batch: _end(batch[1]) for batch in dict.fromkeys(batches)}
    held: dict[tuple[str, int], int] = {}
    while waiting := [batch for batch, (journal, seq) in ends.items() if held.get(journal, 0) < seq]:
        before = dict(held)
        waiting += chance.choices(list(ends), k=1 + len(ends) // 10)
        chance.shuffle(waiting)
        while waiting:
            size = chance.choice((3, 10, 40))
            group, waiting = waiting[:size], waiting[size:]
            for answer in ingest.take([Message("again", device, payload) for device, payload in group]):
                if isinstance(answer, Receipt):
                    held[answer.device, answer.epoch] = answer.upto_seq
        if held == before:
            return


def _end(payload: bytes) -> tuple[tuple[str, int], int]:
    header = json.loads(payload.partition(b"\n")[0])
    return (header["device"], header["epoch"]), header["first_seq"] + header["count"] - 1


def digest_views(store: MemoryStore) -> str:
    """Give the hash of everything that derives from the records."""
    digest = sha256()
    for view in VIEWS:
        digest.update(repr(store.raw.execute(view).fetchall()).encode())
    digest.update(repr(_settled_presences(store)).encode())
    with store.reading(STARTS_AT + timedelta(days=40)) as tx:
        digest.update(city.derive_months(tx).encode())
    return digest.hexdigest()


def _settled_presences(store: MemoryStore) -> list[tuple[str, ...]]:
    """Give where people are, but for those who once did not use a grant.

    A grant is counted before it is known to be used, and taking that back forgets where the person was before; whether
    the older word comes first or last then shows. See the limits in docs/decisions/0008-simulation.md.
    """
    unused = [
        (device, epoch, json.loads(body)["cause_seq"])
        for device, epoch, body in store.raw.execute(ENDED).fetchall()
        if b'"taken":false' in body
    ]
    persons = {store.raw.execute(TAPPED_BY, cause).fetchone() for cause in unused}
    rows: list[tuple[str, ...]] = store.raw.execute("SELECT * FROM presence ORDER BY person_id").fetchall()
    return [row for row in rows if (row[0],) not in persons]

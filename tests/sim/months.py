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
from domain.ids import DeviceId
from gateway.ingest import Ingest
from gateway.messages import Message
from tests.sim import city
from tests.sim.invariants import InvariantBrokenError
from tests.sim.memory_store import MemoryStore
from tests.sim.timeline import STARTS_AT

SignedBatch = tuple[DeviceId, bytes]
BY_JOURNAL = " ORDER BY device_id, epoch, seq"
VIEWS = (
    "SELECT device_id, epoch, seq, kind, occurred_at, person_id, granted, reason, central_reason FROM record"
    + BY_JOURNAL,
    "SELECT * FROM punch" + BY_JOURNAL,
    "SELECT * FROM presence ORDER BY person_id",
    "SELECT device_id, epoch, upto_seq, head, complete_through_at FROM watermark ORDER BY device_id, epoch",
)
"""What derives from the records alone; when they were received, and whether live, is another matter."""


def require_same_months(
    batches: Sequence[SignedBatch], *, devices: int, staff: int, chance: Random, lived: MemoryStore | None
) -> str:
    """Deliver the batches in another order; gives the one hash of all that follows.

    Args:
        batches: every batch that was signed, repeats and all.
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
        city.fill_store(store, devices=devices, staff=staff)
        _deliver(store, batches, chance)
        hashes.add(digest_views(store))
        store.close()
    if len(hashes) > 1:
        raise InvariantBrokenError("I8", "two orders of delivery gave two results")
    return hashes.pop()


def _deliver(store: MemoryStore, batches: Sequence[SignedBatch], chance: Random) -> None:
    """Deliver everything, some of it twice, in random order and groups, until nothing new is taken any more."""
    now = STARTS_AT + timedelta(hours=chance.randrange(1, 1000))
    ingest = Ingest(store, city.centre_key(), lambda: now)
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
    with store.reading(STARTS_AT + timedelta(days=40)) as tx:
        digest.update(city.derive_months(tx).encode())
    return digest.hexdigest()

"""What the tests of the ingest share: the centre's key, answers, and what the log holds."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.receipts import Answer, Receipt, Rejection
from contract.signatures import public_key_text
from domain.ids import PersonId
from gateway.meaning.passages import PRESENCE_MOVED
from store.alarms import list_open_alarms
from store.devices import insert_device
from store.outbox import Notice, list_unsent
from store.punches import PunchFact, list_punches
from store.records import Record, list_records
from store.tx import Store, Tx
from tests.gateway.city import NOW, Journal

CENTRE = Ed25519PrivateKey.generate()
FOREVER = timedelta(days=3650)


def receipt(answer: Answer | None) -> Receipt:
    assert isinstance(answer, Receipt), answer
    answer.require_signature(CENTRE.public_key())
    return answer


def rejection(answer: Answer | None) -> Rejection:
    assert isinstance(answer, Rejection), answer
    answer.require_signature(CENTRE.public_key())
    return answer


def records_of(store: Store, journal: Journal) -> list[Record]:
    with store.reading(NOW) as tx:
        return list_records(tx, (journal.device, journal.epoch))


def punches_of(store: Store, person: PersonId) -> list[PunchFact]:
    with store.reading(NOW) as tx:
        return list_punches(tx, person, since=NOW - FOREVER, until=NOW + FOREVER)


def alarms_of(store: Store) -> list[tuple[str, str]]:
    with store.reading(NOW) as tx:
        return [(raised.alarm.kind, raised.alarm.subject) for raised in list_open_alarms(tx)]


def notices_of(store: Store) -> list[Notice]:
    """What rings; whose place may be another is told besides (tests/gateway/zones/test_tier_keeper.py)."""
    with store.reading(NOW) as tx:
        told = [unsent.notice for unsent in list_unsent(tx, limit=10_000)]
    return [notice for notice in told if notice.kind != PRESENCE_MOVED]


def enroll(tx: Tx, *journals: Journal) -> None:
    for journal in journals:
        insert_device(tx, journal.device, public_key_text(journal.key.public_key()))

"""The ledger of deliveries under any order of acts: what is done stays done, nothing is lost, none is shared."""

import tempfile
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.notices.message import Message
from store.addresses import Address, save_address
from store.deliveries import (
    DeliveryKey,
    claim_due,
    count_deliveries,
    save_given_up,
    save_put_off,
    save_retry,
    save_sent,
)
from store.messages import insert_messages, list_messages
from store.migrate import migrate
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store

LEASE = timedelta(minutes=30)
PEOPLE = ("p1", "p2")
WAYS = ("mail", "webhook")


class Deliveries(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/ledger.db"
        migrate(url)
        self.store = Store(url)
        self.now = datetime(2025, 11, 4, tzinfo=UTC)
        self.told: set[tuple[str, str]] = set()
        self.held: dict[DeliveryKey, datetime] = {}
        self.done: dict[DeliveryKey, str] = {}
        with self.store.transaction(self.now) as tx:
            upsert_departments(tx, [Department("general", "総務課")])
            upsert_persons(tx, [Person(each, "萩", "ハギ", "general") for each in PEOPLE])
            for each in PEOPLE:
                for way in WAYS:
                    save_address(tx, Address(each, way, f"{each}@city.example"))

    @rule(person=st.sampled_from(PEOPLE), subject=st.sampled_from(["a/1", "a/2", "b/1"]))
    def tell(self, person: str, subject: str) -> None:
        with self.store.transaction(self.now) as tx:
            new = insert_messages(tx, [Message(person, "application_waiting", subject, "/")] * 2)
        assert new == ((person, subject) not in self.told)
        self.told.add((person, subject))

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        with self.store.transaction(self.now) as tx:
            found = [due.key for due in claim_due(tx, ways=WAYS, digest=False, lease=LEASE, limit=limit)]
        for key in found:
            assert key not in self.done
            assert self.held.get(key, self.now) <= self.now
            self.held[key] = self.now + LEASE

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data(), outcome=st.sampled_from(["sent", "failed", "retry", "put_off"]))
    def end(self, data: st.DataObject, outcome: str) -> None:
        if not self.held:
            return
        key = data.draw(st.sampled_from(sorted(self.held)))
        later = self.now + timedelta(minutes=5)
        with self.store.transaction(self.now) as tx:
            match outcome:
                case "sent":
                    save_sent(tx, [key])
                case "failed":
                    save_given_up(tx, [key], "x")
                case "retry":
                    save_retry(tx, [key], later, "x")
                case _:
                    save_put_off(tx, [key], later)
        del self.held[key]
        if outcome in {"sent", "failed"}:
            self.done.setdefault(key, outcome)
        else:
            self.held[key] = later

    @invariant()
    def everything_is_somewhere_once(self) -> None:
        with self.store.reading(self.now) as tx:
            counts = count_deliveries(tx)
            assert sum(len(list_messages(tx, each)) for each in PEOPLE) == len(self.told)
        assert sum(counts) == len(self.told) * len(WAYS)
        assert counts.sent == sum(1 for outcome in self.done.values() if outcome == "sent")
        assert counts.failed == len(self.done) - counts.sent

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


Deliveries.TestCase.settings = settings(max_examples=12, stateful_step_count=25)
TestDeliveries = Deliveries.TestCase

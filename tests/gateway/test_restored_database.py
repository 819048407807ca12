"""A restored database gives numbers a second time; no device ever takes one edition for another of its number."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.policy import PolicyWanted
from contract.signatures import public_key_text
from contract.status import DeviceBorn
from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.ids import CredentialToken, DeviceId
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.status_desk import StatusDesk
from gateway.meaning.second_decision import POLICY_UNKNOWN, decide_again
from gateway.operations.access.publish_policy import load_pointer
from gateway.policy.heard_editions import LEAP_EVERY, LEAP_MAX, HeardEditions, is_issued
from gateway.policy.names import DeviceNames
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_parts import Parcel, PolicyParts
from gateway.policy.policy_post import PolicyPost
from gateway.policy.policy_shelf import PolicyShelf
from readers.policy_cache import PolicyCache
from readers.policy_files import PolicyRefusedError
from store.alarms import list_open_alarms
from store.devices import insert_device, load_device_status
from store.editions import load_newest_version
from store.people import Card, Department, Person, save_card_status, upsert_cards, upsert_departments, upsert_persons
from store.tx import Store
from tests.editions import REVISIONS
from tests.gateway.city import PEOPLE, make_policy, make_tap, token_of
from tests.sim.memory_store import MemoryStore

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
CENTRE, KEY = (Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in (1, 2))
NAMES, WEST = DeviceNames(b"n" * 32), DeviceId("west-1")
CARDS = [CredentialToken(f"{number:032x}") for number in range(1, 5)]
STATUSES = {"active": CredentialStatus.active, "lost": CredentialStatus.lost, "suspended": CredentialStatus.suspended}


@dataclass
class Centre:
    """A gateway's keeper, desk and post over a database that can be put back, and one controller that listens."""

    folder: Path
    at: datetime = MONDAY
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        with self.store.transaction(self.at) as tx:
            insert_device(tx, WEST, public_key_text(KEY.public_key()))
            upsert_departments(tx, [Department("d", "課")])
            upsert_persons(tx, [Person(f"p{number}", "萩 太郎", "ハギ タロウ", "d") for number in range(4)])
            upsert_cards(tx, [Card(card, f"p{number}", "1") for number, card in enumerate(CARDS)])
        self.start()
        self.cache = PolicyCache(self.folder, WEST, CENTRE.public_key())
        self.keeper.keep()

    def start(self) -> None:
        """Begin a life of the gateway: nothing but the database is left."""
        heard, keys = HeardEditions(), KeyBook(self.store)
        self.keeper = PolicyKeeper(self.store, REVISIONS, lambda: self.at, heard=heard)
        self.desk = StatusDesk(self.store, CENTRE, lambda: self.at, keys=keys, heard=heard)
        self.parts = PolicyParts(PolicyShelf(), REVISIONS, NAMES, CENTRE)
        self.post = PolicyPost(self.store, self.parts, keys, lambda: self.at)

    def mark(self, card: CredentialToken, status: str) -> None:
        """Change a card and publish that."""
        self.pass_time(seconds=1)
        with self.store.transaction(self.at) as tx:
            save_card_status(tx, [card], status)
        self.keeper.keep()

    def pass_time(self, **by: float) -> None:
        self.at += timedelta(**by)

    def be_born(self) -> None:
        """Let the device say what it holds, and the keeper look."""
        held = self.cache.held
        born = DeviceBorn(
            device=WEST,
            session="s",
            epoch=1,
            first_seq=1,
            next_seq=1,
            pending=0,
            policy_version=held.snapshot.version if held else 0,
            software="1",
            at=self.at,
            policy_issued_at=held.snapshot.issued_at if held else None,
        ).signed(KEY)
        self.desk.take([Message("status", WEST, born.encoded())])
        self.keeper.keep()

    def pointer(self) -> bytes:
        with self.store.reading(self.at) as tx:
            pointer = load_pointer(tx, REVISIONS, WEST, CENTRE, self.at)
        assert pointer is not None
        return pointer.encoded()

    def listen(self) -> bool:
        """Let the device hear the pointer and take what it is offered; tells whether the pointer was believed."""
        try:
            self.cache.confirm(self.cache.read_pointer(self.pointer()))
        except PolicyRefusedError:
            return False
        held = self.cache.held
        wanted = PolicyWanted(
            device=WEST,
            have_version=held.snapshot.version if held else 0,
            at=self.at,
            have_issued_at=held.snapshot.issued_at if held else None,
        ).signed(KEY)
        offer = self.post.answer(Message("wanted", WEST, wanted.encoded()))
        if offer is not None:
            parcel = self.parts.find(WEST, offer.digest)  # type: ignore[union-attr]
            assert isinstance(parcel, Parcel)
            self.cache.begin(parcel.offer)
            self.cache.take()
        return True

    def agrees(self) -> bool:
        """Tell whether the device holds the cards as the newest edition has them, and that very edition."""
        with self.store.reading(self.at) as tx:
            newest = PolicyShelf().load(tx, load_newest_version(tx))
        held = self.cache.held
        return held is not None and newest is not None and self._statuses(newest) == self._statuses_held()

    def _statuses_held(self) -> dict[str, CredentialStatus]:
        assert self.cache.held is not None
        cards = self.cache.held.snapshot.credentials
        named = zip(CARDS, NAMES.of(WEST).name(CARDS), strict=True)
        return {card: cards[name].status for card, name in named if name in cards}

    @staticmethod
    def _statuses(policy: PolicySnapshot) -> dict[str, CredentialStatus]:
        return {card: policy.credentials[card].status for card in CARDS if card in policy.credentials}

    @property
    def held(self) -> int:
        return self.cache.held.snapshot.version if self.cache.held else 0


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    assert made.listen()
    return made


def test_the_same_number_with_other_contents_is_not_believed(centre: Centre) -> None:
    backup = centre.store.raw.serialize()
    centre.mark(CARDS[0], "lost")
    assert centre.listen()
    assert centre.held == 2
    held = centre.cache.held
    centre.store.put_back(backup)
    centre.start()
    centre.mark(CARDS[1], "lost")  # 2 again, and the first card is lost no more
    centre.pass_time(minutes=1)
    assert not centre.listen()
    assert centre.cache.held == held, "what the centre stands by is another 2: neither its content nor its freshness"
    centre.be_born()
    assert centre.listen()
    assert centre.held > 2
    assert centre.agrees()
    with centre.store.reading(centre.at) as tx:
        assert [raised.alarm[:2] for raised in list_open_alarms(tx)] == [("edition_unknown", "site")]


def test_a_device_that_is_ahead_is_overtaken(centre: Centre) -> None:
    backup = centre.store.raw.serialize()
    for status in ("lost", "active", "lost"):
        centre.mark(CARDS[0], status)
        centre.listen()
    centre.store.put_back(backup)
    centre.start()
    centre.keeper.keep()
    assert not centre.listen()
    centre.be_born()
    with centre.store.reading(centre.at) as tx:
        status = load_device_status(tx, WEST)
    assert status is not None
    assert status.policy_version == 0, "it holds nothing of this database, and no page may say so"
    assert centre.listen()
    assert centre.agrees()
    centre.be_born()
    with centre.store.reading(centre.at) as tx:
        status = load_device_status(tx, WEST)
    assert status is not None
    assert status.policy_version == centre.held
    assert centre.keeper.keep() is None


def test_no_change_is_laid_over_another_edition_of_the_number(centre: Centre) -> None:
    backup = centre.store.raw.serialize()
    centre.mark(CARDS[0], "lost")
    centre.listen()
    centre.store.put_back(backup)
    centre.start()
    centre.mark(CARDS[1], "lost")
    centre.mark(CARDS[2], "lost")
    with centre.store.reading(centre.at) as tx:
        pushed = centre.parts.make(tx, WEST, 2, whole=False)
        other = centre.cache.held
        assert other is not None
        assert centre.parts.make(tx, WEST, 2, have_issued_at=other.snapshot.issued_at, whole=False) is None
    assert pushed is not None
    assert pushed.offer.from_version == 2
    centre.cache.confirm(centre.cache.read_pointer(centre.pointer()))
    centre.cache.begin(pushed.offer)
    with pytest.raises(PolicyRefusedError, match="from another"):
        centre.cache.take()
    assert centre.listen()
    assert centre.agrees()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("mark"), st.integers(0, 3), st.sampled_from(sorted(STATUSES))),
            st.tuples(st.just("listen")),
            st.tuples(st.just("born")),
            st.tuples(st.just("back up")),
            st.tuples(st.just("restore")),
        ),
        max_size=25,
    )
)
def test_whatever_befalls_the_database_the_device_ends_where_the_centre_stands(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[object, ...]]
) -> None:
    centre = Centre(tmp_path_factory.mktemp("restored"))
    centre.listen()
    backup, known, highest = centre.store.raw.serialize(), centre.held, centre.held
    for what, *more in story:
        centre.pass_time(seconds=1)
        match what:
            case "mark":
                centre.mark(CARDS[more[0]], str(more[1]))  # type: ignore[call-overload]
            case "listen":
                if centre.listen():
                    assert centre.agrees()
            case "born":
                centre.be_born()
            case "back up":
                backup = centre.store.raw.serialize()
            case "restore":
                centre.store.put_back(backup)
                centre.start()
        assert centre.held >= highest, "numbers only grow"
        highest = max(highest, centre.held)
    for _ in range(2):
        centre.pass_time(seconds=61)
        centre.be_born()
        believed = centre.listen()
    assert believed
    assert known <= highest
    assert centre.agrees()


def test_a_liar_drives_numbers_up_a_bounded_step_a_minute() -> None:
    heard = HeardEditions()
    heard.note(2**50)
    assert heard.leap(7, MONDAY) == 7
    heard.note(6)
    assert heard.leap(7, MONDAY) == 7, "below the newest: the device takes that anyway"
    heard.note(7)
    heard.note(7 + LEAP_MAX)
    assert heard.leap(7, MONDAY) == 8 + LEAP_MAX
    heard.note(9 + LEAP_MAX)
    assert heard.leap(9 + LEAP_MAX, MONDAY) == 9 + LEAP_MAX
    assert heard.leap(9 + LEAP_MAX, MONDAY + LEAP_EVERY) == 10 + LEAP_MAX


def test_what_is_issued(store: Store) -> None:
    keeper = PolicyKeeper(store, REVISIONS, lambda: MONDAY)
    assert keeper.keep() == 1
    with store.reading(MONDAY) as tx:
        assert is_issued(tx, 0, None)
        assert is_issued(tx, 1, None)
        assert is_issued(tx, 1, MONDAY)
        assert not is_issued(tx, 1, MONDAY + timedelta(microseconds=1))
        assert not is_issued(tx, 2, None)


def test_the_second_decision_takes_a_later_edition_for_another_one() -> None:
    policy = make_policy()
    token = token_of(PEOPLE[0])
    revoked = replace(policy.credentials[token], status=CredentialStatus.revoked)
    later = replace(
        policy, issued_at=policy.issued_at + timedelta(hours=1), credentials={**policy.credentials, token: revoked}
    )
    tap = make_tap(PEOPLE[0], policy=policy)
    assert decide_again(policy, tap) is None
    assert decide_again(replace(later, issued_at=policy.issued_at), tap) == "revoked"
    assert decide_again(later, tap) == POLICY_UNKNOWN
    assert decide_again(replace(policy, issued_at=later.issued_at), tap) is None, "what agrees needs no excuse"

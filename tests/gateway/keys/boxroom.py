"""The keys' desk with its cabinet on a controller: published, sent to the box, tapped there, told to the centre."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.commands import ThreatTold
from contract.signatures import public_key_text
from contract.tokens import credential_token, derive_device_key
from domain.access.policy import PolicySnapshot
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId
from domain.keys.cabinet import CabinetSpec
from domain.keys.custody import Custody
from domain.keys.key import Target, TargetKind
from gateway.intake.ingest import Ingest
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision, parse_revision
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.source import read_source
from readers.cabinets.settings import contact_of
from readers.drivers.port import HookSeen, InputMoved
from readers.events import CommandCame
from readers.wiring import Wiring
from store.alarm_desk import list_standing_alarms
from store.cards import insert_card
from store.devices import insert_device
from store.keys import save_copy_tag
from store.tx import Store
from tests.gateway.city import Journal
from tests.gateway.keys.keyroom import AOKI, BUNCH_COPIES, ISHII, NINE, UEDA, custody_of, standing
from tests.gateway.test_policy_parts import CENTRE as EDGE_CENTRE
from tests.gateway.test_policy_parts import NAMES, Edge
from tests.readers.cases import NOW, SITE_KEY, number_of
from tests.readers.played import Played

CENTRE = Ed25519PrivateKey.generate()
NAMES_SECRET = bytes(range(32))
WEST = DeviceId("west-1")
CARDS = {"aoki": AOKI, "ishii": ISHII, "ueda": UEDA}
HUNG = {"hall-0": 1, "hall-1": 2, "bunch": 3, "master-0": 5, "vault-0": 6}
CABINET = {
    "id": "box",
    "name": "鍵箱",
    "name_en": "Key box",
    "device": str(WEST),
    "positions": 10,
    "reader": {"id": "box_in", "name": "鍵箱のリーダー", "driver": "simulated", "path": "box_in"},
}
_SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def describe(**cabinet: object) -> str:
    """Give the demo's site with this cabinet alone."""
    return json.dumps(json.loads(read_source(_SITE).as_json()) | {"cabinets": [CABINET | cabinet]})


def tag_of(copy: str) -> str:
    """Give the token of a copy's tag as the cabinet reads it."""
    return credential_token(SITE_KEY, "simulated", number_of(copy))


@dataclass
class BoxRoom:
    """The cabinet ``box`` with every key where it is at home; ``rings`` hang by their first copy."""

    store: Store
    site: str = field(default_factory=describe)
    at: datetime = NINE
    journal: Journal = field(default_factory=lambda: Journal(WEST))
    played: Played = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        self.revisions = OneRevision(parse_revision(self.site))
        self.keeper = PolicyKeeper(self.store, self.revisions, lambda: self.at)
        self.edge = Edge(WEST)
        with self.store.transaction(NINE) as tx:
            insert_device(tx, WEST, public_key_text(self.journal.key.public_key()))
            for name, person in CARDS.items():
                insert_card(tx, credential_token(SITE_KEY, "simulated", number_of(name)), person, name)
            for copy in HUNG.keys() - {"bunch"}:
                save_copy_tag(tx, copy, tag_of(copy))
            keep_ring(tx, RingWish("bunch", "巡回用", "Patrol", frozenset(BUNCH_COPIES), tag_of("bunch")))
        self.published()
        self.begin()

    def published(self) -> PolicySnapshot:
        """Let the centre look, and the box take what it is sent; gives what it holds then."""
        self.keeper.keep()
        with self.store.reading(self.at) as tx:
            parts = PolicyParts(PolicyShelf(), self.revisions, NAMES, EDGE_CENTRE)
            parcel = parts.make(tx, WEST, self.edge.have)
        if parcel is not None:
            self.edge.take(parcel)
        assert self.edge.policy is not None
        if hasattr(self, "played"):
            self.played.policy = self.edge.policy
        return self.edge.policy

    def begin(self, hung: dict[str, int] | None = None) -> None:
        """Start the controller: every hook speaks."""
        names_key = derive_device_key(NAMES_SECRET, WEST)
        spec = CabinetSpec("box", 10, has_hook_locks=True, has_contact=True)
        wiring = Wiring(
            SITE_KEY,
            names_key,
            {"box_in": "box"},  # type: ignore[dict-item]
            {},
            cabinets={"box": spec},
            cabinet_inputs={contact_of("box"): ("box", None)},
        )
        self.played = Played(policy=self.edge.policy, wiring=wiring, seconds=(self.at - NOW).total_seconds())
        self.heard()
        self.played.tell(InputMoved(contact_of("box"), active=False))
        where = {position: copy for copy, position in (HUNG if hung is None else hung).items()}
        for position in range(1, 11):
            self.hang(position, where.get(position))

    def heard(self) -> None:
        """Let the box hear that the centre stands by its policy."""
        now = self.played.moment
        self.played.state = replace(self.played.state, confirmed_at=now.at, confirmed_mono=now.mono)

    def hang(self, position: int, copy: str | None) -> None:
        """Hang something on a hook, by its tag; None takes away what hangs there."""
        tag = None if copy is None else number_of(copy)
        technology = None if copy is None else "simulated"
        self.played.tell(HookSeen("box", position, copy is not None, technology, tag))  # type: ignore[arg-type]

    def door(self, *, is_open: bool) -> None:
        self.played.tell(InputMoved(contact_of("box"), active=is_open))

    def visit(self, who: str, *, take: tuple[int, ...] = (), bring: dict[int, str] | None = None) -> None:
        """Tap, open, take and hang back, close."""
        self.played.tap(who, "box_in")
        self.door(is_open=True)
        for position in take:
            self.hang(position, None)
        for position, copy in (bring or {}).items():
            self.hang(position, copy)
        self.door(is_open=False)
        self.wait(5)

    def shelter(self) -> None:
        """Let the centre open a shelter."""
        at = self.played.moment.at
        told = ThreatTold(
            device=WEST,
            id="t-1",
            level=ThreatLevel.shelter,
            declared_at=at,
            by="chief",
            issued_at=at,
            expires_at=at + timedelta(seconds=30),
        )
        self.played.tell(CommandCame(told))
        self.wait(1)

    def entitle(self, key: str, who: str) -> None:
        """Let somebody take a key."""
        with self.store.transaction(self.at) as tx:
            give_entitlement(tx, standing(f"e-{key}-{who}", who, Target(TargetKind.key, key)), by="desk")

    def wait(self, seconds: float) -> None:
        self.played.wait(seconds)
        self.at += timedelta(seconds=seconds)

    def send(self, at: datetime | None = None) -> None:
        """Let the centre hear what was journalled since, now or later."""
        for line in self.played.lines[self.sent :]:
            self.journal.append(line)
        first, self.sent = self.sent + 1, len(self.played.lines)
        if first <= len(self.journal.lines):
            self.again(first, at)

    def again(self, first: int = 1, at: datetime | None = None) -> None:
        """Send records once more."""
        ingest = Ingest(self.store, CENTRE, lambda: at or self.at, names=NAMES)
        [answer] = ingest.take([self.journal.message(first)])
        assert answer is not None

    def custody(self, copy: str) -> Custody:
        with self.store.reading(self.at) as tx:
            return custody_of(tx, copy)

    def alarms(self) -> list[tuple[str, str]]:
        with self.store.reading(self.at) as tx:
            standing = [each for each in list_standing_alarms(tx) if each.restored_at is None]
        return [(each.alarm.kind, each.alarm.subject) for each in standing]

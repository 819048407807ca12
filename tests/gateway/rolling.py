"""A city of three controllers whose site is described anew: devices that come to hold an edition, and taps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.ids import DeviceId
from gateway.operations.access.propose_revision import propose_revision
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import Revision, RolledRevisions, parse_revision
from gateway.rollouts.rollout_keeper import RolloutKeeper
from gateway.site.layout import FIRMWARE_CONFIGS
from store.devices import DeviceStatus, insert_device, save_device_status
from store.editions import load_latest_edition
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.records import Record, insert_records
from store.rights import Grant, insert_grant
from store.rollouts import StoredRollout, list_rollouts
from store.tx import Store

CONTENT = (FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml").read_text(encoding="utf-8")
FIRST = parse_revision(CONTENT)
LATER = parse_revision(CONTENT.replace('opens: "06:00"', 'opens: "05:00"'))
"""Longer hours: nobody loses a pair."""

FEWER = parse_revision(
    CONTENT.replace("      staff_in: always\n      staff_out: always\n      west_in: office_hours\n", "")
)
"""Staff lose the staff entrance and the west one: two of three pairs and more."""

DEVICES = ("west-1", "east-1", "north-1")
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@dataclass
class RollingCity:
    """The gateway's keepers over one store, driven by hand."""

    store: Store
    at: datetime = MONDAY
    sites: list[object] = field(default_factory=list)
    _seq: int = 0

    def __post_init__(self) -> None:
        self.revisions = RolledRevisions(FIRST)
        self.policy = PolicyKeeper(self.store, self.revisions, lambda: self.at)
        self.rollouts = RolloutKeeper(self.store, FIRST, lambda: self.at, settled=self.sites.append)
        with self.store.transaction(self.at) as tx:
            upsert_departments(tx, [Department("d", "課")])
            upsert_persons(tx, [Person("p1", "萩 太郎", "ハギ タロウ", "d")])
            upsert_cards(tx, [Card("a" * 32, "p1", "1")])
            insert_grant(tx, Grant("g1", "person", "p1", "staff", "desk", "", "desk"))
            for device in DEVICES:
                insert_device(tx, DeviceId(device), "A" * 44)
        self.look()
        self.obey(*DEVICES)

    def look(self) -> None:
        """Let both keepers look."""
        self.rollouts.look()
        self.policy.keep()

    def pass_time(self, **by: float) -> None:
        """Let time go by, a look each half minute."""
        until = self.at + timedelta(**by)
        while self.at < until:
            self.at = min(until, self.at + timedelta(seconds=30))
            self.look()

    def propose(self, coming: Revision, by: str = "planner", former: Revision = FIRST) -> StoredRollout:
        """Propose a description, with its true plan."""
        with self.store.reading(self.at) as tx:
            plan = plan_revision(tx, former, coming, self.at)
        with self.store.transaction(self.at) as tx:
            made = propose_revision(tx, former, coming, plan, by=by, reason="test")
        self.look()
        return made

    def wanted(self, device: str) -> int:
        """Give the version that a device is to hold."""
        with self.store.reading(self.at) as tx:
            edition = load_latest_edition(tx, self.revisions.of(tx, DeviceId(device)))
        assert edition is not None
        return edition.version

    def follows(self, device: str) -> str:
        """Give the id of the description that a device follows."""
        with self.store.reading(self.at) as tx:
            return self.revisions.of(tx, DeviceId(device))

    def obey(self, *devices: str, online: bool = True) -> None:
        """Let devices take what they are to hold, and say so."""
        for device in devices:
            version = self.wanted(device)
            self.say(device, version, online=online)

    def say(self, device: str, version: int, *, online: bool = True) -> None:
        """Let a device say what it holds, or be lost."""
        with self.store.transaction(self.at) as tx:
            save_device_status(tx, DeviceStatus(DeviceId(device), online, "s", 1, 0, version, "1", tx.now))

    def tap(self, device: str, *, granted: int = 0, refused: int = 0) -> None:
        """Let cards be tapped at a device now."""
        with self.store.transaction(self.at) as tx:
            rows = []
            for number in range(granted + refused):
                self._seq += 1
                rows.append(tap_record(device, self._seq, tx.now, granted=number < granted))
            insert_records(tx, rows)

    @property
    def newest(self) -> StoredRollout:
        """The newest roll-out."""
        with self.store.reading(self.at) as tx:
            return list_rollouts(tx, limit=1)[0]


def tap_record(device: str, seq: int, at: datetime, *, granted: bool) -> Record:
    """Give the row of a tap."""
    values = dict.fromkeys(("credential", "person_id", "subject", "policy_version", "central_reason", "fault"))
    return Record(
        device_id=device,
        epoch=1,
        seq=seq,
        kind="tap.observed",
        occurred_at=at,
        received_at=at,
        live=True,
        access_point_id="main_in",
        granted=granted,
        reason="granted" if granted else "no_access_rights",
        hash=b"\0" * 32,
        body=b"{}",
        **values,
    )

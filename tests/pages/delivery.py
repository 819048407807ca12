"""Policies that are published in the city hall, and controllers that come to hold them."""

from dataclasses import replace

from domain.access.policy import CredentialStatus
from domain.ids import DeviceId
from gateway.live import Update
from gateway.operations.access.change_card import change_status
from gateway.operations.access.propose_revision import propose_revision
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import Revision, Revisions, open_revisions
from gateway.rollouts.rollout_keeper import RolloutKeeper
from store.devices import DeviceStatus, load_device_status, save_device_status
from store.editions import load_latest_edition
from store.people import Card, upsert_cards
from store.rights import Grant, insert_grant
from tests.pages.city import City

TOKEN = "c" * 32


class Delivery:
    """The keeper of a running gateway, and the words of its controllers."""

    def __init__(self, city: City, revisions: Revisions | None = None) -> None:
        self.city = city
        self.keeper = PolicyKeeper(city.store, revisions or open_revisions(city.context.settings.site_file), city.clock)

    def publish(self) -> int:
        """Publish what changed; gives the version."""
        version = self.keeper.keep()
        assert version is not None
        return version

    def stop_card(self, token: str = TOKEN, person: str = "s0002") -> int:
        """Report a card lost at the desk, and publish it a moment later."""
        city = self.city
        with city.store.transaction(city.clock()) as tx:
            assert change_status(tx, token, person_id=person, status=CredentialStatus.lost, by="desk")
        city.clock.advance(seconds=1)
        return self.publish()

    def confirm(self, *devices: str, version: int, online: bool = True) -> None:
        """Let controllers say that they hold a version."""
        for device in devices:
            with self.city.store.transaction(self.city.clock()) as tx:
                held = load_device_status(tx, DeviceId(device)) or DeviceStatus(
                    DeviceId(device), online, "s", 1, 0, 0, "0.1.0", tx.now
                )
                save_device_status(tx, replace(held, policy_version=version, online=online, changed_at=tx.now))
            self.city.context.live.publish(Update("device.changed", device, "{}"))

    def lose(self, device: str) -> None:
        """Let a controller fall silent."""
        with self.city.store.transaction(self.city.clock()) as tx:
            held = load_device_status(tx, DeviceId(device))
            assert held is not None
            save_device_status(tx, replace(held, online=False, changed_at=tx.now))
        self.city.context.live.publish(Update("device.changed", device, "{}"))


class Rolling:
    """Descriptions of the site that are proposed in the city hall, and controllers that take them."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.revisions = open_revisions(city.context.settings.site_file)
        self.policy = PolicyKeeper(city.store, self.revisions, city.clock)
        self.rollouts = RolloutKeeper(
            city.store, self.revisions.first, city.clock, committed=city.context.committed.set
        )
        with city.store.transaction(city.clock()) as tx:
            upsert_cards(tx, [Card(TOKEN, "s0002", "No.77")])
            insert_grant(tx, Grant("g1", "person", "s0002", "staff", "desk", "", "desk"))
        self.look()
        for device in ("west-1", "east-1", "north-1"):
            self.take(device)

    def look(self) -> None:
        """Let both keepers look."""
        self.rollouts.look()
        self.policy.keep()

    def propose(self, coming: Revision, *, by: str, reason: str = "夜間の見直し") -> int:
        """Propose a description, with its true plan; gives the roll-out's number."""
        city, former = self.city, self.revisions.first
        with city.store.reading(city.clock()) as tx:
            plan = plan_revision(tx, former, coming, city.clock())
        with city.store.transaction(city.clock()) as tx:
            number = propose_revision(tx, former, coming, plan, by=by, reason=reason).id
        self.look()
        return number

    def take(self, device: str) -> None:
        """Let a controller take what it is to hold, and both keepers look."""
        self.look()
        with self.city.store.transaction(self.city.clock()) as tx:
            edition = load_latest_edition(tx, self.revisions.of(tx, DeviceId(device)))
            assert edition is not None
            save_device_status(
                tx, DeviceStatus(DeviceId(device), True, "s", 1, 0, edition.version, "0.1.0", self.city.clock())
            )
        self.look()
        self.city.context.live.publish(Update("device.changed", device, "{}"))

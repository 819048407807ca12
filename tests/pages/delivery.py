"""Policies that are published in the city hall, and controllers that come to hold them."""

from dataclasses import replace

from domain.access.policy import CredentialStatus
from domain.ids import DeviceId
from gateway.live import Update
from gateway.operations.access.change_card import change_status
from gateway.policy_keeper import PolicyKeeper
from gateway.revisions import Revisions, open_revisions
from store.devices import DeviceStatus, load_device_status, save_device_status
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

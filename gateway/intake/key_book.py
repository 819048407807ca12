"""The devices' public keys, kept at hand so that signatures are checked before a transaction begins."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.signatures import read_public_key
from domain.ids import DeviceId
from store.devices import load_devices
from store.tx import Store


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device's key as it stands in the table, and as the library takes it."""

    text: str
    key: Ed25519PublicKey


class KeyBook:
    """Keys of enrolled devices; callable from any thread. Whether a device may still speak, the table alone says."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: dict[DeviceId, DeviceKey] = {}
        self._lock = threading.Lock()

    def find(self, device: DeviceId) -> DeviceKey | None:
        """Give the key at hand; it may have been replaced meanwhile."""
        with self._lock:
            return self._keys.get(device)

    def refresh(self, devices: Iterable[DeviceId], now: datetime) -> None:
        """Read these devices' keys from the table again."""
        with self._store.reading(now) as tx:
            found = load_devices(tx, devices)
        with self._lock:
            for device in found.values():
                self._keys[device.id] = DeviceKey(device.public_key, read_public_key(device.public_key))

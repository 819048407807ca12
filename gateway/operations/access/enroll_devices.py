"""Enroll devices: their public keys from the rendered site into the database. Doing it twice changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from contract.signatures import read_public_key
from domain.ids import DeviceId, is_id
from store.devices import (
    DeviceState,
    insert_device,
    list_devices,
    load_devices,
    save_device_key,
    save_device_state,
)
from store.tx import Tx


class KeyChangedError(Exception):
    """A device's key is not the enrolled one: a new box, a set-up done anew, or somebody else's key."""

    def __init__(self, devices: list[DeviceId]) -> None:
        names = ", ".join(devices)
        super().__init__(
            f"{names}: 登録済みの鍵と違います。装置を入れ替えた場合に限り --replace を付けてください"
            f" / {names}: not the enrolled key; if the box was replaced on purpose, say --replace"
        )
        self.devices = devices


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an enrollment changed."""

    added: tuple[DeviceId, ...]
    replaced: tuple[DeviceId, ...]
    revoked: tuple[DeviceId, ...]
    """Already enrolled with this key, and revoked: enrolling does not bring them back."""
    others: tuple[DeviceId, ...]
    """Enrolled, not revoked, and not among the keys: boxes that the site no longer has."""


def enroll_devices(tx: Tx, keys: Mapping[DeviceId, str], *, replace: bool = False) -> Enrolled:
    """Enroll each device with its public key (base64 of 32 bytes).

    Args:
        tx: the transaction.
        keys: public key by device.
        replace: take a changed key in place of the enrolled one, and make the device active again.

    Raises:
        KeyChangedError: a key differs from the enrolled one and ``replace`` was not asked for; nothing is changed.
        ValueError: a text is no Ed25519 public key.
    """
    for key in keys.values():
        read_public_key(key)
    known = load_devices(tx, keys)
    changed = sorted(device for device, key in keys.items() if device in known and known[device].public_key != key)
    if changed and not replace:
        raise KeyChangedError(changed)
    added = sorted(keys.keys() - known.keys())
    for device in added:
        insert_device(tx, device, keys[device])
    for device in changed:
        save_device_key(tx, device, keys[device])
    revoked = [id_ for id_, device in known.items() if device.state is DeviceState.revoked and id_ not in changed]
    others = [
        device.id for device in list_devices(tx) if device.id not in keys and device.state is not DeviceState.revoked
    ]
    return Enrolled(tuple(added), tuple(changed), tuple(sorted(revoked)), tuple(others))


def revoke_devices(tx: Tx, devices: Iterable[DeviceId]) -> None:
    """Refuse whatever these devices say from the commit on; what they said before stays."""
    for device in devices:
        save_device_state(tx, device, DeviceState.revoked)


def read_device_keys(folder: Path) -> dict[DeviceId, str]:
    """Read the public keys that rendering wrote: ``<device>.pub``, one line of base64 each.

    Raises:
        ValueError: a file is named after no device, or holds no Ed25519 public key.
    """
    keys = {}
    for path in sorted(folder.glob("*.pub")):
        text = path.read_text(encoding="ascii").strip()
        if not is_id(path.stem):
            raise ValueError(
                f"{path.name}: ファイル名が装置の id ではありません / the file is not named after a device"
            )
        try:
            read_public_key(text)
        except ValueError as error:
            raise ValueError(f"{path.name}: 公開鍵ではありません / no Ed25519 public key: {error}") from None
        keys[DeviceId(path.stem)] = text
    return keys

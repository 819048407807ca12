"""Each device's own names of cards, turned back into the site's tokens before anything is made of what it says."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from contract.records import BODIES
from contract.tokens import DeviceTokens, derive_device_key
from domain.ids import CredentialToken, DeviceId
from gateway.intake.readings import Reading

DEVICES_KEPT = 1024

_NAMES = ("credential", "second", "tag")
_NAMING: Mapping[type, tuple[str, ...]] = {
    body: tuple(name for name in _NAMES if name in body.model_fields) for body in BODIES
}
"""The fields of each kind of record that hold a device's names of cards and tags."""


class DeviceNames:
    """Gives names and turns them back; callable from any thread.

    Args:
        names_key: the centre's secret for names (``gateway.site.keys.ensure_names_key``).
    """

    def __init__(self, names_key: bytes) -> None:
        self._tokens = lru_cache(DEVICES_KEPT)(lambda device: DeviceTokens(derive_device_key(names_key, device)))

    def of(self, device: DeviceId) -> DeviceTokens:
        """Give a device's names."""
        return self._tokens(device)

    def resolve(self, device: DeviceId, readings: Sequence[Reading]) -> list[Reading]:
        """Give a device's records with the site's tokens in place of its names; what it signed stays as it is."""
        named = [
            (index, field, CredentialToken(name))
            for index, reading in enumerate(readings)
            for field in _NAMING.get(type(reading), ())
            if (name := getattr(reading, field)) is not None
        ]
        found: dict[int, dict[str, CredentialToken]] = {}
        if named:
            tokens = self.of(device).resolve([name for _, _, name in named])
            for (index, field, _), token in zip(named, tokens, strict=True):
                found.setdefault(index, {})[field] = token
        return [
            reading.model_copy(update=found[index]) if index in found else reading  # type: ignore[union-attr]
            for index, reading in enumerate(readings)
        ]

"""Each device's own names of cards, turned back into the site's tokens before anything is made of what it says."""

from collections.abc import Sequence
from functools import lru_cache

from contract.records import AccessEnded, TapObserved
from contract.tokens import DeviceTokens, derive_device_key
from domain.ids import CredentialToken, DeviceId
from gateway.intake.readings import Reading

DEVICES_KEPT = 1024


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
        named = {
            index: CredentialToken(reading.credential)
            for index, reading in enumerate(readings)
            if isinstance(reading, TapObserved | AccessEnded)
        }
        tokens = dict(zip(named, self.of(device).resolve(list(named.values())), strict=True)) if named else {}
        return [
            reading.model_copy(update={"credential": tokens[index]}) if index in tokens else reading  # type: ignore[union-attr]
            for index, reading in enumerate(readings)
        ]

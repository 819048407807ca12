"""Where things are: the repository's site files, and what lies where in a rendered site."""

from dataclasses import dataclass
from pathlib import Path

FIRMWARE_CONFIGS = Path(__file__).resolve().parents[2] / "firmware_configs"


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """Where things are after rendering, on this machine."""

    root: Path
    state: Path
    centre_key: str

    @property
    def gateway_settings(self) -> Path:
        """``gateway.toml``."""
        return self.root / "gateway" / "gateway.toml"

    @property
    def sync_settings(self) -> Path:
        """``sync.toml``."""
        return self.root / "sync" / "sync.toml"

    @property
    def broker_settings(self) -> Path:
        """``mosquitto.conf``; exists only where devices send through a broker."""
        return self.root / "broker" / "mosquitto.conf"

    @property
    def device_keys(self) -> Path:
        """The folder of the devices' public keys, for enrolling them."""
        return self.root / "gateway" / "device-keys"

    def edge_settings(self, device: str) -> Path:
        """``edge-<device>.toml``."""
        return self.root / "edge" / device / f"edge-{device}.toml"

"""What ``edge.toml`` says about locks and the kiosk page: one model a kind, the kind chooses."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.fields import Id

Port = Annotated[int, Field(ge=1, le=65535)]
Pin = Annotated[int, Field(ge=0, le=27)]
"""BCM number of a pin on the board's 40-pin header."""

SocketPath = Annotated[str, Field(min_length=1, max_length=107)]
HostPort = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?$")]
"""An IPv4 address, with a port where it is not the protocol's own."""

Serial = Annotated[int, Field(ge=1, le=0xFFFFFFFF)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GpioLock(_Section):
    """A relay on a pin of the board."""

    kind: Literal["gpio"]
    pin: Pin
    active_low: bool = False


class ModbusLock(_Section):
    """A coil of a relay module on Modbus/TCP; ``coil`` counts from 0, as on the wire."""

    kind: Literal["modbus"]
    host: str = Field(min_length=1, max_length=253)
    port: Port = 502
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    coil: Annotated[int, Field(ge=0, le=65535)]


class UhppoteLock(_Section):
    """A door (1–4) of a uhppote controller, by the serial number on its board."""

    kind: Literal["uhppote"]
    controller: Serial
    address: HostPort
    door: Annotated[int, Field(ge=1, le=4)]


class OsdpLock(_Section):
    """An output of an OSDP reader, found as its ``path`` says: ``/dev/ttyUSB0?address=1``."""

    kind: Literal["osdp"]
    path: Annotated[str, Field(min_length=1, max_length=200)]
    output: Annotated[int, Field(ge=0, le=255)] = 0


class SimulatedLock(_Section):
    """A lock that writes its moves to a file or, where the path ends in ``.sock``, to a Unix datagram socket."""

    kind: Literal["simulated"]
    path: SocketPath


class NoLock(_Section):
    """A door whose lock something else moves."""

    kind: Literal["none"] = "none"


LockSettings = Annotated[
    GpioLock | ModbusLock | UhppoteLock | OsdpLock | SimulatedLock | NoLock, Field(discriminator="kind")
]


class KioskPointSettings(_Section):
    """What the page of an access point says about itself.

    ``hold`` is for a reader that needs the card to stay; ``door`` is whose alarms it shows, every door's of this box
    without one.
    """

    name: Annotated[str, Field(min_length=1, max_length=24)]
    name_en: Annotated[str, Field(min_length=1, max_length=40)]
    hold: bool = False
    door: Id | None = None


class KioskSettings(_Section):
    """``[kiosk]``: the pages for small screens beside the readers, on this box's own loopback address."""

    port: Port
    address: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    points: Annotated[dict[Id, KioskPointSettings], Field(min_length=1)]

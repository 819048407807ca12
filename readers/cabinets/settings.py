"""What ``edge.toml`` says about key cabinets: which there are, and how hooks, door and locks are wired.

``[[cabinets]]`` follows from the site's description; ``[cabinet_wiring.<cabinet>]`` is written by whoever wired it.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contract.cabinet_records import POSITIONS_MAX, Position
from contract.fields import Id
from domain.ids import DoorId
from domain.keys.cabinet import CabinetSpec
from readers.inputs.settings import GpioInput, ModbusInput, Normally
from readers.outputs.settings import GpioLock, ModbusLock, NoLock, Pin, Port, SimulatedLock, SocketPath

SECONDS_AT_THE_BOX_MAX = 60
"""A lock comes free for no longer at a time (``readers.outputs.keeping``)."""

CabinetId = Annotated[Id, StringConstraints(max_length=50)]
"""What its hooks are called is an id as well."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CabinetSettings(_Section):
    """``[[cabinets]]``: hooks 1 to ``positions``; a reader whose ``access_point`` is its id serves it."""

    id: CabinetId
    positions: Annotated[int, Field(ge=1, le=POSITIONS_MAX)]


class GpioSensor(_Section):
    """A switch on a pin of the board; ``normally`` is its circuit while the key hangs, or the door is closed."""

    kind: Literal["gpio"]
    pin: Pin
    normally: Normally
    pull: Literal["up", "down"] = "up"

    def as_input(self, name: str, cabinet: str) -> GpioInput:
        """Give it as an input of that name: active while the key is gone, or the door stands open."""
        return GpioInput(id=name, doors=(cabinet,), meaning="contact", **self.model_dump())


class ModbusSensor(_Section):
    """The same on a discrete input of a Modbus/TCP module; ``input`` counts from 0, as on the wire."""

    kind: Literal["modbus"]
    host: str = Field(min_length=1, max_length=253)
    port: Port = 502
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    input: Annotated[int, Field(ge=0, le=65535)]
    normally: Normally

    def as_input(self, name: str, cabinet: str) -> ModbusInput:
        """Give it as an input of that name: active while the key is gone, or the door stands open."""
        return ModbusInput(id=name, doors=(cabinet,), meaning="contact", **self.model_dump())


class TagSensor(_Section):
    """The tag reader of a hook, whose module tells in holding registers what hangs there (Modbus/TCP).

    A number of ``tag_bytes`` stands from ``first_register`` on (as on the wire, from 0), the high byte first;
    all zeros is an empty hook. ``technology`` is as what the same tag is read at the desk that enrols it.
    """

    kind: Literal["modbus"]
    host: str = Field(min_length=1, max_length=253)
    port: Port = 502
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    first_register: Annotated[int, Field(ge=0, le=65535)]
    tag_bytes: Annotated[int, Field(ge=1, le=32)]
    technology: Literal["iso14443_uid", "felica_idm", "line"] = "iso14443_uid"

    @property
    def registers(self) -> range:
        """The registers that it takes."""
        return range(self.first_register, self.first_register + (self.tag_bytes + 1) // 2)


Sensor = Annotated[GpioSensor | ModbusSensor, Field(discriminator="kind")]
CabinetLock = Annotated[GpioLock | ModbusLock | SimulatedLock | NoLock, Field(discriminator="kind")]


class HookWiring(_Section):
    """A hook: the switch that tells whether something hangs there, or the reader of its tag; and what locks it."""

    position: Position
    sensor: Sensor | None = None
    tag: TagSensor | None = None
    lock: CabinetLock = NoLock()

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        if self.sensor is not None and self.tag is not None:
            raise ValueError("tag: sensor とは一緒に使えません / not together with a sensor, which tells less")
        return self


class CabinetWiring(_Section):
    """``[cabinet_wiring.<cabinet>]``: sensors and locks; with ``simulated`` a socket plays all its sensors.

    A simulated lock without ``hooks`` is every hook's, too. Times are in seconds (``domain.keys.cabinet``).
    """

    lock: CabinetLock = NoLock()
    contact: Sensor | None = None
    hooks: Annotated[tuple[HookWiring, ...], Field(max_length=POSITIONS_MAX)] = ()
    simulated: SocketPath | None = None
    release_seconds: Annotated[float, Field(gt=0, le=SECONDS_AT_THE_BOX_MAX)] = 10
    session_seconds: Annotated[float, Field(gt=0, le=SECONDS_AT_THE_BOX_MAX)] = 60
    open_seconds: Annotated[float, Field(gt=0, le=3600)] = 120

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        positions = [hook.position for hook in self.hooks]
        if twice := sorted({str(each) for each in positions if positions.count(each) > 1}):
            raise ValueError(f"hooks: position {', '.join(twice)} が二度あります / is there twice")
        sensed = self.contact is not None or any(hook.sensor or hook.tag for hook in self.hooks)
        if self.simulated is not None and sensed:
            raise ValueError("simulated: センサーの配線と一緒には使えません / not together with wired sensors")
        self._refuse_shared_registers()
        return self

    def _refuse_shared_registers(self) -> None:
        taken: dict[tuple[str, int, int, int], int] = {}
        for position, tag in self.list_tags().items():
            for register in tag.registers:
                other = taken.setdefault((tag.host, tag.port, tag.unit, register), position)
                if other != position:
                    raise ValueError(
                        f"hooks: position {position} の register {register} は position {other} と重なります"
                        f" / position {position} shares register {register} with position {other}"
                    )

    def list_tags(self) -> dict[int, TagSensor]:
        """Give the tag readers by the hook at which each is."""
        return {hook.position: hook.tag for hook in self.hooks if hook.tag is not None}

    def list_locks(self, cabinet: CabinetSettings) -> dict[DoorId, GpioLock | ModbusLock | SimulatedLock]:
        """Give what moves the door and the hooks, by what the controller calls them."""
        locks = {hook.position: hook.lock for hook in self.hooks}
        if isinstance(self.lock, SimulatedLock) and not locks:
            locks = dict.fromkeys(range(1, cabinet.positions + 1), self.lock)
        named = {door_of(cabinet.id): self.lock} | {hook_of(cabinet.id, each): lock for each, lock in locks.items()}
        return {name: lock for name, lock in named.items() if not isinstance(lock, NoLock)}

    def list_inputs(self, cabinet: CabinetSettings) -> list[GpioInput | ModbusInput]:
        """Give the wired sensors as inputs."""
        sensors = [(hook_of(cabinet.id, hook.position), hook.sensor) for hook in self.hooks]
        named: list[tuple[str, Sensor | None]] = [(contact_of(cabinet.id), self.contact), *sensors]
        return [sensor.as_input(name, cabinet.id) for name, sensor in named if sensor is not None]

    def spec(self, cabinet: CabinetSettings) -> CabinetSpec:
        """Give the cabinet as the controller knows it."""
        return CabinetSpec(
            cabinet.id,
            cabinet.positions,
            has_hook_locks=any(name != door_of(cabinet.id) for name in self.list_locks(cabinet)),
            has_contact=self.contact is not None or self.simulated is not None,
            release_seconds=self.release_seconds,
            session_seconds=self.session_seconds,
            open_seconds=self.open_seconds,
        )


def door_of(cabinet: str) -> DoorId:
    """Name the lock of a cabinet's door."""
    return DoorId(cabinet)


def hook_of(cabinet: str, position: int) -> DoorId:
    """Name the lock and the sensor of a hook."""
    return DoorId(f"{cabinet}-hook-{position}")


def contact_of(cabinet: str) -> str:
    """Name the contact of a cabinet's door."""
    return f"{cabinet}-door"

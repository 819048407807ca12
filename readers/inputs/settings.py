"""What ``edge.toml`` says about wired inputs: one model a kind, the kind chooses."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contract.fields import Id
from readers.inputs.port import Meaning
from readers.outputs.settings import HostPort, Pin, Port, Serial, SocketPath

Normally = Literal["open", "closed"]
"""What the circuit is at rest. A contact that is closed at rest also tells a cut wire."""


class _Input(BaseModel):
    """What every kind says: its id, the doors it speaks of (a fire input of many), and what it means while active."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    doors: Annotated[tuple[Id, ...], Field(min_length=1, max_length=64)]
    meaning: Meaning


class GpioInput(_Input):
    """A pin of the board, its circuit to ground (pull up) or to 3.3 V (pull down)."""

    kind: Literal["gpio"]
    pin: Pin
    normally: Normally
    pull: Literal["up", "down"] = "up"


class ModbusInput(_Input):
    """A discrete input of a module on Modbus/TCP; ``input`` counts from 0, as on the wire."""

    kind: Literal["modbus"]
    host: str = Field(min_length=1, max_length=253)
    port: Port = 502
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    input: Annotated[int, Field(ge=0, le=65535)]
    normally: Normally


class UhppoteInput(_Input):
    """What a uhppote controller senses of one of its doors (1–4), or its fire input.

    ``listen`` is this box's address and port as the controller reaches it; each controller has a port of its own.
    """

    kind: Literal["uhppote"]
    controller: Serial
    address: HostPort
    listen: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}:\d{1,5}$")]
    controller_door: Annotated[int, Field(ge=1, le=4)]

    @model_validator(mode="after")
    def _sensed(self) -> Self:
        if self.meaning == "tamper":
            raise ValueError("meaning: expected contact, request_to_exit or fire; a uhppote controller has no tamper")
        return self


class OsdpInput(_Input):
    """An input of an OSDP reader: ``[[osdp_lines.readers.inputs]]`` gives this id to its number there."""

    kind: Literal["osdp"]


class SimulatedInput(_Input):
    """A Unix datagram socket that is told ``{"active": true}``."""

    kind: Literal["simulated"]
    path: SocketPath


InputSettings = Annotated[
    GpioInput | ModbusInput | UhppoteInput | OsdpInput | SimulatedInput, Field(discriminator="kind")
]

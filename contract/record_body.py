"""What every journal record says: its version, and when it happened, by three clocks."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.fields import Id, Instant

Clock = Literal["synced", "free", "unset"]
"""``synced``: disciplined by NTP; ``free``: was once, runs freely; ``unset``: never set since power came."""


class RecordBody(BaseModel):
    """The fields that all records share; each kind adds its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    at: Instant
    mono_ms: Annotated[int, Field(ge=0)]
    boot: Id
    clock: Clock

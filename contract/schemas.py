"""JSON Schemas of every message, made from the models: one a kind and version.

They describe what is sent. The reader refuses fields that the schema does not name, as it does.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from contract.batch import BatchHeader
from contract.commands import DoorCommand, PlacesTold, ThreatTold
from contract.policy import PolicyOffer, PolicyPointer, PolicyWanted
from contract.policy_lines import (
    AreaLine,
    CabinetLine,
    ChangeHeader,
    CredentialLine,
    DoorLine,
    GoneLine,
    LevelLine,
    OutcomeLine,
    PointLine,
    ScheduleLine,
    ShelterLine,
    SnapshotHeader,
)
from contract.receipts import Receipt, Rejection
from contract.records import BODIES
from contract.status import CentreStatus, DeviceBorn, DeviceLost

MESSAGES: tuple[type[BaseModel], ...] = (
    BatchHeader,
    Receipt,
    Rejection,
    DeviceBorn,
    DeviceLost,
    CentreStatus,
    PolicyPointer,
    PolicyOffer,
    PolicyWanted,
    DoorCommand,
    PlacesTold,
    ThreatTold,
    SnapshotHeader,
    ChangeHeader,
)
SNAPSHOT_LINES: tuple[type[BaseModel], ...] = (
    AreaLine,
    PointLine,
    DoorLine,
    ShelterLine,
    CabinetLine,
    ScheduleLine,
    LevelLine,
    CredentialLine,
    OutcomeLine,
    GoneLine,
)
"""Lines of policies and changes; their version is the header's. ``gone`` stands in changes alone."""


def schema_name(model: type[BaseModel]) -> str:
    """Give the name of a message's schema: ``tap.observed.1``; of a snapshot line, ``policy.snapshot.1.area``."""
    kind = model.model_fields["kind"].default
    if model in SNAPSHOT_LINES:
        return f"{schema_name(SnapshotHeader)}.{kind}"
    return f"{kind}.{model.model_fields['version'].default}"


def message_schemas() -> Mapping[str, dict[str, Any]]:
    """Give the schema of each message, record body and snapshot line by its name."""
    return {schema_name(model): _schema(model) for model in (*MESSAGES, *BODIES, *SNAPSHOT_LINES)}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    if model not in SNAPSHOT_LINES:  # those leave defaults out, to stay small; everything else sends every field
        schema["required"] = list(schema["properties"])
    if "signature" in schema["properties"]:
        schema["properties"]["signature"] = schema["properties"]["signature"]["anyOf"][0]
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": schema_name(model)}

"""The AsyncAPI 3 document of the wire, made from the same models and topics that the code runs on."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from contract import topics
from contract.batch import BYTES_MAX, RECORDS_MAX, BatchHeader
from contract.commands import DoorCommand, PlacesTold, ThreatTold
from contract.policy import PART_BYTES, PolicyOffer, PolicyPointer, PolicyWanted
from contract.receipts import Receipt, Rejection
from contract.records import BODIES
from contract.schemas import schema_name
from contract.status import CentreStatus, DeviceBorn, DeviceLost
from domain.ids import ID_PATTERN

_DEVICE = {"device": {"$ref": "#/components/parameters/device"}}


def asyncapi_document() -> dict[str, Any]:
    """Give the document: the centre's view, so it receives journals and sends receipts.

    Schemas are referred to as files beside it (``schemas/<name>.schema.json``).
    """
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sekisho: edge and centre",
            "version": "1.0.0",
            "description": (
                "MQTT 5 over mutual TLS. A client's certificate name is its user, its client id and its topic segment. "
                "A PUBACK says nothing: only a journal.receipt, signed after the centre's commit, ends a device's duty "
                "to keep a record. The same batch may go by POST /v1/ingest, whose answer is the receipt."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{host}",
                "protocol": "secure-mqtt",
                "protocolVersion": "5",
                "variables": {"host": {"description": "The broker of the site."}},
                "security": [{"$ref": "#/components/securitySchemes/certificate"}],
            }
        },
        "channels": _channels(),
        "operations": {
            "receiveJournal": _operation("receive", "journal", "At least once; a repeat is a normal result."),
            "receiveStatus": _operation("receive", "status", "Hints about presence on the network.", retain=True),
            "sendReceipt": _operation("send", "receipt", "After the commit, never before."),
            "sendPolicy": _operation("send", "policy", "On each new version and as a heartbeat.", retain=True),
            "offerPolicy": _operation("send", "policyOffer", "To whoever holds another version, or asked."),
            "sendPolicyPart": _operation("send", "policyPart", "A few at a time, as they are asked for."),
            "receivePolicyWanted": _operation("receive", "policyWanted", "What a device holds and what it lacks."),
            "sendCommand": _operation("send", "command", "For now: signed, short-lived, obeyed once, never retained."),
            "sendCentre": _operation("send", "centre", "Whether receipts can be expected.", retain=True),
        },
        "components": {
            "messages": {
                "journalBatch": _batch(),
                **{_key(model): _message(model) for model in (Receipt, Rejection, DeviceBorn, DeviceLost)},
                **{_key(model): _message(model) for model in (PolicyPointer, PolicyOffer, PolicyWanted)},
                "policyPart": _part(),
                **{_key(model): _message(model) for model in (DoorCommand, PlacesTold, ThreatTold, CentreStatus)},
            },
            "parameters": {
                "device": {"description": f"The device's id: {ID_PATTERN}"},
                "shard": {"description": f"crc32(device) mod {topics.SHARDS}", "enum": _shards()},
            },
            "securitySchemes": {"certificate": {"type": "X509"}},
        },
    }


def _channels() -> dict[str, Any]:
    return {
        "journal": {
            "address": "sekisho/1/journal/{shard}/{device}",
            "parameters": {"shard": {"$ref": "#/components/parameters/shard"}, **_DEVICE},
            "messages": {"journalBatch": {"$ref": "#/components/messages/journalBatch"}},
        },
        "receipt": _channel("sekisho/1/receipt/{device}", (Receipt, Rejection)),
        "status": _channel("sekisho/1/status/{device}", (DeviceBorn, DeviceLost)),
        "policy": _channel("sekisho/1/policy/{device}", (PolicyPointer,)),
        "policyOffer": _channel("sekisho/1/policy-offer/{device}", (PolicyOffer,)),
        "policyPart": {
            "address": "sekisho/1/policy-part/{device}",
            "parameters": _DEVICE,
            "messages": {"policyPart": {"$ref": "#/components/messages/policyPart"}},
        },
        "policyWanted": _channel("sekisho/1/policy-wanted/{device}", (PolicyWanted,)),
        "command": _channel("sekisho/1/command/{device}", (DoorCommand, PlacesTold, ThreatTold)),
        "centre": {
            "address": topics.CENTRE,
            "messages": {_key(CentreStatus): {"$ref": f"#/components/messages/{_key(CentreStatus)}"}},
        },
    }


def _channel(address: str, models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    messages = {_key(model): {"$ref": f"#/components/messages/{_key(model)}"} for model in models}
    return {"address": address, "parameters": _DEVICE, "messages": messages}


def _operation(action: str, channel: str, summary: str, *, retain: bool = False) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "bindings": {"mqtt": {"qos": 1, "retain": retain, "bindingVersion": "0.2.0"}},
    }


def _batch() -> dict[str, Any]:
    return {
        "name": schema_name(BatchHeader),
        "title": "Consecutive journal records of one device, signed",
        "contentType": "application/x-ndjson",
        "description": (
            f"Newline-delimited JSON, at most {BYTES_MAX} bytes: the first line is the header (x-header), each of the "
            f"{RECORDS_MAX} further lines at most is one record (x-record), byte for byte as the journal holds it. "
            "The header's head is the SHA-256 chain over those bytes, starting at previous."
        ),
        "payload": {
            "type": "string",
            "contentMediaType": "application/x-ndjson",
            "x-header": _reference(BatchHeader),
            "x-record": {"oneOf": [_reference(model) for model in BODIES]},
        },
    }


def _part() -> dict[str, Any]:
    return {
        "name": "policy.part.1",
        "title": "A piece of what an offer brings",
        "contentType": "application/octet-stream",
        "description": (
            "32 bytes: the offer's digest. 4 bytes, big-endian: the part's number from 0. "
            f"Then {PART_BYTES} bytes of the packed content, fewer in the last part."
        ),
        "payload": {"type": "string", "contentMediaType": "application/octet-stream"},
    }


def _message(model: type[BaseModel]) -> dict[str, Any]:
    return {
        "name": schema_name(model),
        "title": (model.__doc__ or "").partition("\n")[0],
        "payload": _reference(model),
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"./schemas/{schema_name(model)}.schema.json"}


def _key(model: type[BaseModel]) -> str:
    return model.__name__[0].lower() + model.__name__[1:]


def _shards() -> list[str]:
    return [str(shard) for shard in range(topics.SHARDS)]

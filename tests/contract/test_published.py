"""What ``contract/published`` holds is what the code says, and its references lead somewhere."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contract import topics
from contract.asyncapi import asyncapi_document
from contract.schemas import message_schemas
from domain.ids import DeviceId
from sekisho.contract import PUBLISHED, published_files

DOCUMENT = asyncapi_document()


def test_published_is_generated() -> None:
    found = {
        str(path.relative_to(PUBLISHED)): path.read_text("utf-8") for path in PUBLISHED.rglob("*") if path.is_file()
    }
    assert found == dict(published_files()), "sekisho contract publish"


@pytest.mark.parametrize("name", sorted(message_schemas()))
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(message_schemas()[name])


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_each_reference_leads_somewhere(reference: str) -> None:
    if reference.startswith("./"):
        assert json.loads((PUBLISHED / reference).read_text("utf-8"))["type"] == "object"
    else:
        node: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def test_each_schema_of_the_wire_is_referred_to() -> None:
    named = {reference.split("/")[-1] for reference in references(DOCUMENT) if reference.startswith("./")}
    snapshot = {name for name in message_schemas() if name.startswith(("policy.snapshot.", "policy.change."))}  # packed
    assert named == {f"{name}.schema.json" for name in message_schemas().keys() - snapshot}


@pytest.mark.parametrize("device", ["west-1", "a", "edge_0042"])
def test_addresses_are_the_topics_of_the_code(device: str) -> None:
    name = DeviceId(device)
    filled = {
        channel: description["address"].format(device=device, shard=topics.shard_of(name))
        for channel, description in DOCUMENT["channels"].items()
    }
    assert filled == {
        "journal": topics.journal(name),
        "receipt": topics.receipt(name),
        "status": topics.status(name),
        "policy": topics.policy(name),
        "policyOffer": topics.policy_offer(name),
        "policyPart": topics.policy_part(name),
        "policyWanted": topics.policy_wanted(name),
        "command": topics.command(name),
        "centre": topics.CENTRE,
    }


def test_each_channel_has_its_operation() -> None:
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in DOCUMENT["operations"].values()}
    assert used == set(DOCUMENT["channels"])

"""Golden bytes, both directions: what is written now, and whatever was once written must be read for ever.

A field is only ever appended, with a default: then the form that was goes to ``earlier`` and is still read. Any other
change is another version beside it.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from contract.batch import decode_batch, verify_batch
from contract.commands import decode_command
from contract.errors import Fault, MalformedMessageError
from contract.policy import decode_offer, decode_pointer, decode_wanted
from contract.policy_reading import ReadChange, ReadPolicy, decode_snapshot, read_change, read_policy
from contract.policy_snapshot import encode_change, encode_snapshot
from contract.receipts import decode_answer
from contract.records import BODIES, decode_record, encode_record
from contract.schemas import MESSAGES, message_schemas, schema_name
from contract.signatures import SignedMessage
from contract.status import decode_centre_status, decode_device_status
from tests.contract.messages import (
    CENTRE_KEY,
    CHANGE,
    DEVICE,
    DEVICE_KEY,
    EPOCH,
    LINES,
    OUTCOMES,
    RECORDS,
    SIGNED,
    SNAPSHOT,
    golden_batch,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EARLIER = GOLDEN / "earlier"
MALFORMED = GOLDEN / "malformed"
DECODERS = {
    "journal.receipt.1": decode_answer,
    "journal.rejection.1": decode_answer,
    "device.born.1": decode_device_status,
    "device.lost.1": decode_device_status,
    "centre.status.1": decode_centre_status,
    "policy.pointer.2": decode_pointer,
    "policy.offer.1": decode_offer,
    "policy.wanted.1": decode_wanted,
    "door.command.1": decode_command,
    "places.told.1": decode_command,
    "threat.told.1": decode_command,
}
BATCH, POLICY = GOLDEN / "journal.batch.1.ndjson", GOLDEN / "policy.snapshot.1.ndjson"
POLICY_CHANGE = GOLDEN / "policy.change.1.ndjson"
SCHEMAS = message_schemas()


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def test_every_kind_and_version_has_a_golden_file() -> None:
    names = {path.name.rsplit(".", 1)[0] for path in GOLDEN.iterdir() if path.is_file()}
    assert names == {schema_name(model) for model in (*MESSAGES, *BODIES)}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_record(name: str) -> None:
    assert encode_record(RECORDS[name]) == golden(name)
    assert decode_record(golden(name)) == RECORDS[name]


def test_earlier_records_are_still_read() -> None:
    for path in sorted(EARLIER.glob("*.json")):
        if path.stem in SIGNED:
            continue
        record = json.loads(path.read_bytes())
        now = json.loads(encode_record(decode_record(path.read_bytes())))
        assert {name: within(now[name], value) for name, value in record.items()} == record


def within(now: object, earlier: object) -> object:
    """Give of a nested value what the earlier form already named."""
    if isinstance(now, dict) and isinstance(earlier, dict):
        return {name: now[name] for name in earlier}
    return now


def test_earlier_snapshots_are_still_read() -> None:
    for path in sorted(EARLIER.glob("*.ndjson")):
        assert decode_snapshot(path.read_bytes().splitlines()).version == 7


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_signed_message(name: str) -> None:
    assert SIGNED[name].encoded() == golden(name)
    assert DECODERS[name](golden(name)) == SIGNED[name]
    read: SignedMessage = DECODERS[name](golden(name))
    of_device = name.startswith("device") or name == "policy.wanted.1"
    read.require_signature((DEVICE_KEY if of_device else CENTRE_KEY).public_key())


@pytest.mark.parametrize("path", sorted(path for path in EARLIER.glob("*.json") if path.stem in SIGNED))
def test_what_was_signed_before_a_field_was_appended_still_fits(path: Path) -> None:
    read: SignedMessage = DECODERS[path.stem](path.read_bytes())
    of_device = path.stem in {"device.born.1", "policy.wanted.1"}
    read.require_signature((DEVICE_KEY if of_device else CENTRE_KEY).public_key())
    assert read.encoded() == path.read_bytes()


def test_batch() -> None:
    data = BATCH.read_bytes()
    assert golden_batch() == data
    batch = verify_batch(decode_batch(data), DEVICE_KEY.public_key())
    assert list(batch.lines) == LINES
    assert (batch.header.device, batch.header.epoch, batch.header.first_seq) == (DEVICE, EPOCH, 1)
    assert batch.last_seq == len(LINES)
    assert batch.hashes[-1].hex() == batch.header.head


def test_snapshot() -> None:
    data = POLICY.read_bytes()
    assert encode_snapshot(SNAPSHOT, OUTCOMES) == data
    assert read_policy(data.split(b"\n")) == ReadPolicy(SNAPSHOT, OUTCOMES)
    with POLICY.open("rb") as file:
        assert decode_snapshot(file) == SNAPSHOT


def test_change() -> None:
    data = POLICY_CHANGE.read_bytes()
    assert encode_change(CHANGE, OUTCOMES) == data
    assert read_change(data.split(b"\n"), SNAPSHOT) == ReadChange(CHANGE, OUTCOMES)


@pytest.mark.parametrize("name", sorted(RECORDS.keys() | SIGNED.keys()))
def test_what_is_sent_fits_the_published_schema(name: str) -> None:
    Draft202012Validator(SCHEMAS[name]).validate(json.loads(golden(name)))


def test_the_lines_of_batch_and_snapshot_fit_the_published_schemas() -> None:
    header, *records = BATCH.read_text().split("\n")
    Draft202012Validator(SCHEMAS["journal.batch.1"]).validate(json.loads(header))
    for path in (POLICY, POLICY_CHANGE):
        first, *lines = [json.loads(line) for line in path.read_text().split("\n")]
        Draft202012Validator(SCHEMAS[path.name.removesuffix(".ndjson")]).validate(first)
        for line in lines:
            Draft202012Validator(SCHEMAS[f"policy.snapshot.1.{line['kind']}"]).validate(line)
    for record in map(json.loads, records):
        Draft202012Validator(SCHEMAS[f"{record['kind']}.1"]).validate(record)


def test_the_published_schema_refuses_an_unsigned_receipt() -> None:
    receipt = json.loads(golden("journal.receipt.1"))
    for unsigned in (receipt | {"signature": None}, {key: receipt[key] for key in receipt if key != "signature"}):
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMAS["journal.receipt.1"]).validate(unsigned)


@pytest.mark.parametrize("path", sorted((MALFORMED / "record").iterdir()), ids=lambda path: path.stem)
def test_malformed_record(path: Path) -> None:
    with pytest.raises(MalformedMessageError) as refused:
        decode_record(path.read_bytes())
    assert refused.value.fault is Fault(path.name.split(".")[0])
    assert 0 < len(refused.value.detail) <= 200
    assert refused.value.detail.isprintable()


@pytest.mark.parametrize("path", sorted((MALFORMED / "batch").iterdir()), ids=lambda path: path.stem)
def test_malformed_batch(path: Path) -> None:
    with pytest.raises(MalformedMessageError) as refused:
        decode_batch(path.read_bytes())
    assert refused.value.fault is Fault(path.name.split(".")[0])
    assert 0 < len(refused.value.detail) <= 200

"""Reading a record's body: whatever comes, it is a body or a fault from the list, in one printable line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Fault, MalformedMessageError
from contract.records import BODIES, Body, decode_record, encode_record
from tests.contract.messages import RECORDS, TOKEN

BODY_FAULTS = {Fault.not_json, Fault.unknown_kind, Fault.future_version, Fault.invalid_body}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
bodies = st.sampled_from(sorted(RECORDS)).map(RECORDS.__getitem__)


def fault_of(line: bytes) -> Fault | None:
    try:
        decode_record(line)
    except MalformedMessageError as error:
        refused = error
    else:
        return None
    assert refused.detail.isprintable()
    assert len(refused.detail) <= 200
    return refused.fault


@given(bodies)
def test_what_was_written_is_read(body: Body) -> None:
    assert decode_record(encode_record(body)) == body
    assert b"\n" not in encode_record(body)


@given(st.binary(max_size=300))
def test_noise_has_a_fault(line: bytes) -> None:
    assert fault_of(line) in BODY_FAULTS


@given(json_values)
def test_any_json_has_a_fault(value: Any) -> None:
    assert fault_of(json.dumps(value).encode()) in BODY_FAULTS


@given(bodies, st.data())
def test_any_value_in_any_field_is_read_or_has_a_fault(body: Body, data: st.DataObject) -> None:
    raw = json.loads(encode_record(body))
    field = data.draw(st.sampled_from([*raw, "extra", "ゆ\n\x1b[31m" * 40]))
    raw[field] = data.draw(json_values)
    assert fault_of(json.dumps(raw).encode()) in BODY_FAULTS | {None}


@given(bodies, st.integers(2, 10**30), st.dictionaries(st.text(max_size=8), json_values, max_size=3))
def test_a_later_version_is_named_as_such_whatever_it_brings(body: Body, version: int, new: dict[str, Any]) -> None:
    known = json.loads(encode_record(body))
    later = {**new, **known, "version": version}
    assert fault_of(json.dumps(later).encode()) is Fault.future_version


@given(bodies, st.text(max_size=30).filter(lambda kind: kind not in {body.kind for body in RECORDS.values()}))
def test_another_kind_is_unknown(body: Body, kind: str) -> None:
    assert fault_of(json.dumps({**json.loads(encode_record(body)), "kind": kind}).encode()) is Fault.unknown_kind


@given(bodies, st.data())
def test_a_missing_field_is_invalid_unless_it_has_a_default(body: Body, data: st.DataObject) -> None:
    raw = json.loads(encode_record(body))
    field = data.draw(st.sampled_from(sorted(raw.keys() - {"kind"})))
    del raw[field]
    needed = type(body).model_fields[field].is_required()
    assert fault_of(json.dumps(raw).encode()) is (Fault.invalid_body if needed else None)


@pytest.mark.parametrize("model", BODIES, ids=lambda model: model.__name__)
def test_kinds_are_past_tense_and_told_apart(model: type[Body]) -> None:
    kind = model.model_fields["kind"].default
    assert kind.split(".")[1].endswith(("ed",))
    assert [other.model_fields["kind"].default for other in BODIES].count(kind) == 1


def test_a_fault_never_repeats_what_was_read_from_a_card() -> None:
    line = encode_record(RECORDS["tap.observed.1"]).replace(TOKEN.encode(), b"0112233445566778")
    with pytest.raises(MalformedMessageError) as refused:
        decode_record(line)
    assert "0112233445566778" not in refused.value.detail

"""Snapshots: round trip, equal bytes for equal policies, and no snapshot that names what it does not define."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Fault, MalformedMessageError
from contract.policy_reading import decode_snapshot
from contract.policy_snapshot import encode_snapshot
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    AttendanceMeaning,
    Credential,
    CredentialStatus,
    JournalFailureRule,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import (
    ID_PATTERN,
    AccessPointId,
    AreaId,
    CredentialToken,
    DoorId,
    LevelId,
    PersonId,
    ScheduleId,
)
from tests.contract.messages import SNAPSHOT

ids = st.from_regex(ID_PATTERN, fullmatch=True)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def several(ids_: st.SearchStrategy[str], at_least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(ids_, min_size=at_least, max_size=4, unique=True)


@st.composite
def policies(draw: st.DrawFn) -> PolicySnapshot:
    areas = [AreaId(id_) for id_ in draw(several(ids, at_least=2))]
    points = [AccessPointId(id_) for id_ in draw(several(ids))]
    schedules = [ScheduleId(id_) for id_ in draw(several(ids.filter(lambda id_: id_ != ALWAYS)))]
    levels = [LevelId(id_) for id_ in draw(several(ids))]
    some = st.sampled_from
    return PolicySnapshot(
        draw(st.integers(1, 2**53 - 1)),
        draw(instants),
        {
            id_: Area(id_, timedelta(minutes=draw(st.integers(0, 99999))), draw(some(JournalFailureRule)))
            for id_ in areas
        },
        {
            id_: AccessPoint(
                id_,
                DoorId(draw(ids)),
                draw(some(areas)),
                draw(some(areas)),
                draw(st.integers(0, 3)),
                draw(st.booleans()),
                draw(some(AttendanceMeaning)),
            )
            for id_ in points
        },
        {id_: draw(windows(id_)) for id_ in schedules},
        {id_: Level(id_, {point: draw(some([*schedules, ALWAYS])) for point in points}) for id_ in levels},
        {
            CredentialToken(token): Credential(
                PersonId(draw(ids)),
                tuple(draw(st.permutations(levels))),
                draw(some(CredentialStatus)),
                draw(st.none() | instants),
                draw(st.none() | instants),
            )
            for token in draw(several(st.from_regex("[0-9a-f]{32}", fullmatch=True)))
        },
    )


@st.composite
def windows(draw: st.DrawFn, id_: ScheduleId) -> Schedule:
    ends = sorted(draw(st.lists(instants, max_size=8, unique=True)))
    if len(ends) % 2:
        ends.pop()
    return Schedule(id_, tuple(ends[::2]), tuple(ends[1::2]))


@given(policies())
def test_what_was_written_is_read(policy: PolicySnapshot) -> None:
    data = encode_snapshot(policy)
    read = decode_snapshot(data.split(b"\n"))
    assert read == policy
    assert encode_snapshot(read) == data


@given(policies())
def test_equal_policies_give_equal_bytes(policy: PolicySnapshot) -> None:
    backwards = {
        name: dict(reversed(getattr(policy, name).items()))
        for name in ("areas", "points", "schedules", "levels", "credentials")
    }
    assert encode_snapshot(replace(policy, **backwards)) == encode_snapshot(policy)


@given(policies(), st.data())
def test_a_lost_line_is_noticed_where_others_lean_on_it(policy: PolicySnapshot, data: st.DataObject) -> None:
    lines = encode_snapshot(policy).split(b"\n")
    index = data.draw(st.integers(0, len(lines) - 1))
    kept = lines[:index] + lines[index + 1 :]
    try:
        read = decode_snapshot(kept)
    except MalformedMessageError:
        return
    for point in read.points.values():
        assert {point.area_from, point.area_to} <= read.areas.keys()
    for level in read.levels.values():
        assert level.points.keys() <= read.points.keys()
    for credential in read.credentials.values():
        assert set(credential.levels) <= read.levels.keys()


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (replace(SNAPSHOT, areas={}), "hall, outside"),
        (replace(SNAPSHOT, levels={}), "staff"),
        (replace(SNAPSHOT, schedules={}), "hours"),
        (replace(SNAPSHOT, points={}), "main_in, main_out"),
    ],
)
def test_what_is_named_must_be_defined(broken: PolicySnapshot, named: str) -> None:
    with pytest.raises(MalformedMessageError, match=f"named but not defined: .*{named}"):
        decode_snapshot(encode_snapshot(broken).split(b"\n"))


@pytest.mark.parametrize(
    ("lines", "fault", "words"),
    [
        ([], Fault.malformed, "line 1"),
        ([b"{}"], Fault.malformed, "line 1"),
        ([b""], Fault.malformed, "line 1"),
        ([b'{"kind":"policy.snapshot","version":2,"policy_version":1}'], Fault.future_version, "line 1"),
        ([b'{"kind":"area","id":"a"}'], Fault.malformed, "line 1"),
    ],
)
def test_no_header_no_snapshot(lines: list[bytes], fault: Fault, words: str) -> None:
    with pytest.raises(MalformedMessageError, match=words) as refused:
        decode_snapshot(lines)
    assert refused.value.fault is fault


def test_the_wrong_line_is_named() -> None:
    lines = encode_snapshot(SNAPSHOT).split(b"\n")
    lines[3] = lines[3].replace(b'"minimum_assurance":2', b'"minimum_assurance":4')
    with pytest.raises(MalformedMessageError, match=r"line 4: point\.minimum_assurance"):
        decode_snapshot(lines)


@pytest.mark.parametrize("field", ["offline_minutes_max", "passback_minutes"])
@pytest.mark.parametrize("minutes", [366 * 24 * 60 + 1, 10**13, 10**40])
def test_minutes_that_no_clock_can_reckon_with_are_refused(field: str, minutes: int) -> None:
    area = {"kind": "area", "id": "hall", "on_journal_failure": "deny", "offline_minutes_max": 1, field: minutes}
    with pytest.raises(MalformedMessageError, match=rf"line 2: area\.{field}"):
        decode_snapshot([encode_snapshot(SNAPSHOT).split(b"\n")[0], json.dumps(area).encode()])


def test_equal_level_sets_are_kept_once() -> None:
    levels = SNAPSHOT.levels
    credentials = {
        CredentialToken(f"{number:032x}"): Credential(PersonId(f"p{number}"), (LevelId("staff"),))
        for number in range(50)
    }
    policy = replace(SNAPSHOT, levels=levels, credentials=credentials)
    read = decode_snapshot(encode_snapshot(policy).split(b"\n"))
    assert len({id(credential.levels) for credential in read.credentials.values()}) == 1

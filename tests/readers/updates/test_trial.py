"""The table of a trial: every pair of phase and event, and what holds over any sequence of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.updates.slots import Slots
from readers.updates.switch import Failure, Phase, Release, Switch
from readers.updates.trial import (
    STARTS_MAX,
    Applied,
    Born,
    Cleared,
    Event,
    Failed,
    Started,
    TrialError,
    Unpacked,
    step,
)
from readers.updates.verdict import Verdict, assess

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD, NEW = Release("0.1.0", 6), Release("0.2.0", 7)
EVENTS: tuple[Event, ...] = (Cleared(), Unpacked(NEW), Applied(), Started(), Born(NEW), Failed(NEW, "not_born"))
STAGED = Switch(phase=Phase.staged, active="a", proven=OLD, candidate=NEW, floor=6)
ON_TRIAL = step(STAGED, Applied(), NOW)
STATES = {
    Phase.idle: Switch(),
    Phase.staged: STAGED,
    Phase.on_trial: ON_TRIAL,
    Phase.kept: step(ON_TRIAL, Born(NEW), NOW),
    Phase.returned: step(ON_TRIAL, Failed(NEW, "not_born"), NOW),
}
TABLE = {
    Phase.idle: "idle staged - idle idle -",
    Phase.staged: "idle - on_trial staged staged -",
    Phase.on_trial: "- - - on_trial kept returned",
    Phase.kept: "idle - - kept kept -",
    Phase.returned: "idle - - returned returned -",
}


@pytest.mark.parametrize("phase", Phase)
def test_each_pair(phase: Phase) -> None:
    for event, wanted in zip(EVENTS, TABLE[phase].split(), strict=True):
        if wanted == "-":
            with pytest.raises(TrialError):
                step(STATES[phase], event, NOW)
        else:
            assert step(STATES[phase], event, NOW).phase == wanted, event


def test_what_is_kept_takes_the_other_slot() -> None:
    kept = STATES[Phase.kept]
    assert (kept.active, kept.slot, kept.proven, kept.candidate, kept.free) == ("b", "b", NEW, None, "a")


def test_what_is_taken_back_leaves_the_proven_one_and_is_told_once() -> None:
    returned = STATES[Phase.returned]
    assert (returned.slot, returned.release) == ("a", OLD)
    assert returned.failure == Failure(NEW, "not_born", told=False)
    assert step(returned, Born(OLD), NOW).failure == Failure(NEW, "not_born", told=True)
    assert step(returned, Born(NEW), NOW).failure == Failure(NEW, "not_born", told=False)
    assert step(returned, Cleared(), NOW).failure == Failure(NEW, "not_born", told=False)


def test_the_former_ones_birth_or_end_says_nothing_of_the_one_on_trial() -> None:
    for event in (Born(OLD), Born(None), Failed(OLD, "not_born")):
        assert step(ON_TRIAL, event, NOW) == ON_TRIAL


def test_starts_are_counted() -> None:
    switch = ON_TRIAL
    for _ in range(STARTS_MAX):
        switch = step(switch, Started(), NOW)
        assert switch.slot == "b"
    switch = step(switch, Started(), NOW)
    assert switch.failure == Failure(NEW, "starts_spent")
    assert switch.slot == "a"


@pytest.mark.parametrize("serial", [1, 6])
def test_nothing_that_was_tried_is_tried_again(serial: int) -> None:
    with pytest.raises(TrialError, match="#6"):
        step(Switch(floor=6), Unpacked(Release("0.0.1", serial)), NOW)


def test_what_the_newest_release_is_to_a_box() -> None:
    assert assess(STAGED, None) is Verdict.nothing
    assert assess(STAGED, OLD) is Verdict.running
    assert assess(STAGED, NEW) is Verdict.staged
    assert assess(STAGED, Release("0.0.9", 5)) is Verdict.tried
    assert assess(STAGED, Release("0.3.0", 8)) is Verdict.newer


releases = st.integers(1, 9).map(lambda serial: Release(f"0.{serial}", serial))
events = st.one_of(
    st.sampled_from((Cleared(), Applied(), Started())),
    releases.map(Unpacked),
    st.none() | releases.map(Born),
    releases.map(lambda release: Failed(release, "x" * 200)),
)
"""None: the release that runs is born."""


@given(st.lists(events, max_size=60))
def test_any_sequence(sequence: list[Event | None]) -> None:
    switch = Switch()
    for event in sequence:
        before = switch
        try:
            switch = step(before, event or Born(before.release), NOW)
        except TrialError:
            continue
        assert switch.floor >= before.floor
        assert (switch.proven is None) == (switch.active is None)
        if before.proven is not None:
            assert switch.proven is not None
            assert switch.proven.serial >= before.proven.serial  # what is proven never grows older
        if switch.phase is Phase.on_trial:
            assert switch.candidate is not None
            assert switch.floor == switch.candidate.serial
            assert switch.starts <= STARTS_MAX
            assert switch.slot != switch.active
        else:
            assert switch.slot == switch.active
        if before.phase is Phase.on_trial and isinstance(event, Unpacked | Cleared):
            raise AssertionError("a slot on trial was overwritten")


@given(st.lists(events, max_size=12))
def test_the_file_says_what_was_said(tmp_path_factory: pytest.TempPathFactory, sequence: list[Event | None]) -> None:
    slots = Slots(tmp_path_factory.mktemp("slots"))
    for event in sequence:
        try:
            after = slots.change(event or Born(slots.load().release), NOW)
        except TrialError:
            continue
        assert Slots(slots.folder).load() == after

"""F20: the power goes at any step of an update; what starts afterwards is the old release or the new one, whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from readers.updates.slots import Slots
from readers.updates.switch import Phase, Switch
from readers.updates.trial import Applied, Born, Failed, Started, TrialError
from tests.readers.updates.maker import Maker, content_of, fetch, files_of, now
from tests.readers.updates.power import dies

STEPS_MAX = 400


def start(slots: Slots) -> Switch:
    """What a starter does before it starts a program."""
    switch = slots.change(Started(), now())
    slots.point(switch.slot)
    return switch


def update(maker: Maker, slots: Slots) -> None:
    fetch(maker, slots)
    slots.change(Applied(), now())
    start(slots)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    maker = Maker(tmp_path / "maker")
    maker.publish(1)
    return maker


@pytest.fixture
def box(tmp_path: Path, maker: Maker) -> Slots:
    """A box that runs release 1 from slot a, and whose slot b holds what an older release has left."""
    slots = Slots(tmp_path / "box")
    update(maker, slots)
    slots.change(Born(slots.load().candidate), now())
    shutil.copytree(slots.path("a"), slots.path("b"))
    maker.publish(2)
    return slots


def try_each_step(box: Slots, work: Callable[[Slots], object], check: Callable[[Slots], None]) -> int:
    """Let the power go before each step of the work, on a copy of the box; gives how many steps there are."""
    for step in range(1, STEPS_MAX):
        copy = Slots(box.folder.with_name("copy"))
        shutil.rmtree(copy.folder, ignore_errors=True)
        shutil.copytree(box.folder, copy.folder, symlinks=True)
        died = dies(lambda copy=copy: work(copy), before_step=step, folder=copy.folder)  # type: ignore[misc]
        check(copy)
        if not died:
            return step - 1
    raise AssertionError(f"more than {STEPS_MAX} steps")


def require_whole(slots: Slots, switch: Switch) -> None:
    assert switch.release is not None
    assert switch.slot is not None
    assert slots.pointed == switch.slot
    assert (slots.folder / "current").resolve() == slots.path(switch.slot).resolve()
    assert content_of(slots.path(switch.slot)) == files_of(switch.release.serial)


def test_while_a_release_is_fetched_unpacked_and_applied(maker: Maker, box: Slots) -> None:
    seen: set[int] = set()

    def check(copy: Slots) -> None:
        switch = start(copy)
        require_whole(copy, switch)
        assert switch.release is not None
        seen.add(switch.release.serial)
        if switch.phase is not Phase.on_trial:  # whatever was left half-done does not hinder the next attempt
            if switch.phase is not Phase.staged:
                fetch(maker, copy)
            copy.change(Applied(), now())
            require_whole(copy, start(copy))
        kept = copy.change(Born(copy.load().release), now())
        assert kept.release is not None
        assert (kept.phase, kept.release.serial, kept.slot) == (Phase.kept, 2, "b")

    steps = try_each_step(box, lambda copy: update(maker, copy), check)
    assert seen == {1, 2}
    assert steps > 40  # the steps are really seen


def test_while_a_trial_ends_well(maker: Maker, box: Slots) -> None:
    update(maker, box)

    def check(copy: Slots) -> None:
        switch = start(copy)
        require_whole(copy, switch)
        assert switch.release is not None
        assert switch.release.serial == 2  # on trial again, or kept

    assert try_each_step(box, lambda copy: copy.change(Born(copy.load().release), now()), check) >= 4


def test_while_a_release_is_taken_back(maker: Maker, box: Slots) -> None:
    update(maker, box)

    def give_up(copy: Slots) -> None:
        copy.change(Failed(copy.load().release, "not_born"), now())
        start(copy)

    def check(copy: Slots) -> None:
        switch = start(copy)
        require_whole(copy, switch)
        if switch.phase is Phase.returned:
            assert switch.failure is not None
            assert switch.release is not None
            assert (switch.failure.cause, switch.failure.told, switch.release.serial) == ("not_born", False, 1)
            with pytest.raises(TrialError, match="#2"):
                fetch(maker, copy)
        else:
            assert switch.phase is Phase.on_trial

    assert try_each_step(box, give_up, check) >= 8


def test_a_trial_that_only_ever_loses_power_is_taken_back(maker: Maker, box: Slots) -> None:
    update(maker, box)
    phases = [start(box).phase for _ in range(3)]
    assert phases == [Phase.on_trial, Phase.on_trial, Phase.returned]
    require_whole(box, start(box))

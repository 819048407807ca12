"""Whatever comes in whatever order: releases, power cuts, starts, births, and everything a thief could offer."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from readers.updates.errors import UpdateRefusedError
from readers.updates.slots import Slots
from readers.updates.switch import Phase, Switch
from readers.updates.trial import Applied, Born, Failed, Started, TrialError
from tests.readers.updates.maker import Maker, client_of, content_of, fetch, files_of, now
from tests.readers.updates.power import dies

STEPS = st.integers(1, 60)


class Updates(RuleBasedStateMachine):
    """A maker, a box, and the power."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sekisho-updates-"))
        self.maker = Maker(self.folder / "maker")
        self.slots = Slots(self.folder / "box")
        self.slots.ensure()
        self.serial = 0
        self.floor = 0
        self.proven = 0
        self.publish()
        self.old = self.maker.copy("old")

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def _fetch_newest(self) -> None:
        try:
            fetch(self.maker, self.slots)
        except TrialError:
            switch = self.slots.load()
            assert switch.phase is Phase.on_trial or self.serial <= switch.floor

    def _start(self) -> Switch:
        switch = self.slots.change(Started(), now())
        self.slots.point(switch.slot)
        return switch

    @rule()
    def publish(self) -> None:
        self.serial += 1
        self.maker.publish(self.serial)

    @rule()
    def renew_the_timestamp(self) -> None:
        self.maker.open(at=now() - timedelta(hours=1)).publish()

    @rule()
    def fetch(self) -> None:
        self._fetch_newest()

    @rule(step=STEPS)
    def fetch_and_lose_power(self, step: int) -> None:
        dies(self._fetch_newest, before_step=step, folder=self.slots.folder)

    @precondition(lambda self: self.slots.load().phase is Phase.staged)
    @rule()
    def apply(self) -> None:
        self.slots.change(Applied(), now())

    @precondition(lambda self: self.slots.load().phase is Phase.staged)
    @rule(step=STEPS)
    def apply_and_lose_power(self, step: int) -> None:
        dies(lambda: self.slots.change(Applied(), now()), before_step=step, folder=self.slots.folder)

    @rule()
    def start(self) -> None:
        switch = self._start()
        assert self.slots.pointed == switch.slot

    @rule(step=STEPS)
    def start_and_lose_power(self, step: int) -> None:
        dies(self._start, before_step=step, folder=self.slots.folder)

    @rule()
    def born(self) -> None:
        self.slots.change(Born(self.slots.load().release), now())

    @precondition(lambda self: self.slots.load().phase is Phase.on_trial)
    @rule()
    def not_born(self) -> None:
        assert self.slots.change(Failed(self.slots.load().release, "not_born"), now()).phase is Phase.returned

    @rule(attack=st.sampled_from(("expired", "fast_forwarded", "mixed", "forged", "old")))
    def offer(self, attack: str) -> None:
        """The box knows the maker's last word but one; one that never heard any cannot tell what is old."""
        self.publish()
        assert client_of(self.maker, self.slots).find_newest() is not None
        self.publish()
        offered = self.old if attack == "old" else getattr(self.maker, attack)()
        before = self.slots.load()
        with pytest.raises(UpdateRefusedError):
            fetch(self.maker, self.slots, offered)
        assert self.slots.load() == before

    @invariant()
    def what_starts_next_is_whole(self) -> None:
        if not hasattr(self, "folder"):
            return
        switch = self.slots.load()
        if switch.slot is not None:
            assert switch.release is not None
            assert content_of(self.slots.path(switch.slot)) == files_of(switch.release.serial)
        if switch.active is not None:
            assert switch.proven is not None
            assert content_of(self.slots.path(switch.active)) == files_of(switch.proven.serial)
        if switch.phase is Phase.staged:
            assert switch.candidate is not None
            assert content_of(self.slots.path(switch.free)) == files_of(switch.candidate.serial)

    @invariant()
    def nothing_grows_younger(self) -> None:
        if not hasattr(self, "folder"):
            return
        switch = self.slots.load()
        proven = switch.proven.serial if switch.proven else 0
        assert switch.floor >= self.floor
        assert proven >= self.proven
        self.floor, self.proven = switch.floor, proven


TestUpdates = Updates.TestCase
TestUpdates.settings = settings(max_examples=15, stateful_step_count=20, deadline=None, derandomize=True)

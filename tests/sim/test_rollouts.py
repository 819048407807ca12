"""Roll-outs under every fault order that 16 seeds draw, and proof that the simulation would notice."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.policy.editions import NewEdition
from gateway.policy.heard_editions import HeardEditions
from gateway.policy.policy_keeper import PolicyKeeper, _View
from tests.sim.broken import InvariantBrokenError
from tests.sim.rollout_world import Plant, RolloutWorld

SEEDS = 16
CHUNK = 4
ROUNDS = 80
FOUND_WITHIN = 20


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(before)


def live(seed: int, folder: Path, plant: Plant) -> str:
    """Live a seed; gives what was broken and all that befell, or nothing."""
    world = RolloutWorld(seed, folder, plant)
    try:
        world.live(ROUNDS)
    except InvariantBrokenError as error:
        return "\n".join([*world.log, f"seed {seed}: {error}"])
    return ""


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_holds(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + CHUNK):
        (folder := tmp_path / str(seed)).mkdir()
        assert not (broken := live(seed, folder, Plant())), broken


class StayingKeeper(PolicyKeeper):
    """Publishes nothing where only a number would differ: whoever returns meets none that is greater."""

    def _make(self, view: _View, now: datetime) -> list[NewEdition]:
        made = super()._make(view, now)
        return made if any(new.change is None or new.change.credentials for new in made) else []


class WaitingKeeper(PolicyKeeper):
    """Lets rights wait until no roll-out is on its way."""

    def keep(self) -> int | None:
        """Look, unless one is out."""
        if self._seen is not None and len(self._seen.revisions) > 1:
            with self._store.reading(self._now()) as tx:
                if len(self._revisions.alive(tx)) > 1:
                    return None
        return super().keep()


class DeafKeeper(PolicyKeeper):
    """Does not hear of editions that a restored database never issued."""

    def __init__(self, *given: Any, heard: HeardEditions, **named: Any) -> None:
        del heard
        super().__init__(*given, **named)


PLANTS = {
    "nobody_returns": Plant(open_keeper=StayingKeeper),
    "rights_wait": Plant(open_keeper=WaitingKeeper),
    "deaf_after_a_restore": Plant(open_keeper=DeafKeeper),
}


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_planted_bug_is_found(plant: str, tmp_path: Path) -> None:
    for seed in range(FOUND_WITHIN):
        (folder := tmp_path / str(seed)).mkdir()
        if live(seed, folder, PLANTS[plant]):
            return
    pytest.fail(f"{plant} was not found in {FOUND_WITHIN} seeds")

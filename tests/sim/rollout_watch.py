"""What must hold while descriptions go out, looked at in every round.

| | holds |
|---|---|
| rollout | a box holds only editions that the centre issued for a description that it had reached, or that held |
| rollout | whoever holds the newest edition of its description decides as that and today's rights say, there and back |
| rollout | one roll-out at a time; it is done only when whoever is there holds it; a restart loses nothing in force |
| I16 | numbers only grow, over restarts of the box and whatever database the centre was given |
| revoked | a change of rights is at every box that is there within two rounds, in the middle of a roll-out too |
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.access.rollout import Phase
from domain.ids import AccessPointId, DeviceId
from gateway.operations.access.publish_policy import derive_whole
from gateway.rollouts.revisions import load_revision, load_settled
from store.editions import load_edition, load_latest_edition, load_newest_version
from store.rights import load_policy_inputs
from store.rollouts import StoredRollout, list_rollouts
from tests.gateway.rolling import DEVICES, FIRST
from tests.sim.broken import InvariantBrokenError
from tests.sim.rollout_box import RolloutBox, decide_all

if TYPE_CHECKING:
    from tests.sim.rollout_world import RolloutWorld

ROUNDS_BEHIND_MAX = 2
LEAPS_WITHIN = 4
"""Rounds: after a restored database numbers leap at most once a minute."""

Named = tuple[int, datetime | None]
"""An edition's number and instant of issue."""


class RolloutWatch:
    """Knows which description each box may hold, and what every edition ever was, of whichever database."""

    def __init__(self, world: "RolloutWorld") -> None:
        self._world = world
        self._allowed: dict[str, set[str]] = {name: {FIRST.id} for name in DEVICES}
        self._issued: dict[Named, str] = {}
        self._decided: dict[str, Named] = {}
        self.rounds_since_restore = LEAPS_WITHIN

    def newest_rollout(self) -> StoredRollout | None:
        """Give the newest roll-out."""
        with self._world.store.reading(self._world.at) as tx:
            return next(iter(list_rollouts(tx, limit=1)), None)

    def on_centre_looked(self, before: StoredRollout | None) -> None:
        """The keepers have looked: what they decided is allowed from now on; ``before``: how far it was."""
        world = self._world
        with world.store.reading(world.at) as tx:
            settled = load_settled(tx)
            assert settled is not None
            for name in DEVICES:
                self._allowed[name] |= {settled.id, world.revisions.of(tx, DeviceId(name))}
            for version in range(1, load_newest_version(tx) + 1):
                if (edition := load_edition(tx, version)) is not None:
                    self._issued[version, edition.issued_at] = edition.site_revision
        after = self.newest_rollout()
        if before is None or after is None or before.id != after.id or before.state.phase is not Phase.running:
            return
        if after.state.phase is Phase.done and self.rounds_since_restore > LEAPS_WITHIN:
            self._require_everybody_holds(after.proposal.revision_id)

    def look_at(self, box: RolloutBox) -> None:
        """A round is over for this box."""
        if box.held is None:
            return
        revision = self._issued.get(box.edition)
        if revision not in self._allowed[box.device]:
            raise InvariantBrokenError("rollout", f"{box.device} holds {box.edition} of {revision}")
        if box.edition == self.wanted(box.device):
            box.behind = 0
            if self._decided.get(box.device) != box.edition:
                self._require_same_decisions(box, str(revision))
                self._decided[box.device] = box.edition
            return
        box.behind = box.behind + 1 if box.is_there else 0
        if box.behind > ROUNDS_BEHIND_MAX and self.rounds_since_restore > LEAPS_WITHIN:
            raise InvariantBrokenError("revoked", f"{box.device} holds {box.edition} {box.behind} rounds too long")

    def at_end(self) -> None:
        """All is healed and some time went by: each box ends where the centre stands."""
        for name, box in self._world.boxes.items():
            if box.edition != self.wanted(name):
                raise InvariantBrokenError("rollout", f"{name} ends with {box.edition}, not {self.wanted(name)}")

    def wanted(self, name: str) -> Named:
        """Give the edition that a box is to hold."""
        world = self._world
        with world.store.reading(world.at) as tx:
            edition = load_latest_edition(tx, world.revisions.of(tx, DeviceId(name)))
        return (0, None) if edition is None else (edition.version, edition.issued_at)

    def _require_everybody_holds(self, revision: str) -> None:
        for name, box in self._world.boxes.items():
            if box.is_there and self._issued.get(box.edition) != revision:
                raise InvariantBrokenError("rollout", f"{revision} is done and {name} holds {box.edition}")

    def _require_same_decisions(self, box: RolloutBox, revision: str) -> None:
        world = self._world
        with world.store.reading(world.at) as tx:
            description = load_revision(tx, revision)
            whole = derive_whole(description, load_policy_inputs(tx), now=world.at)
        points = sorted(AccessPointId(reader.access_point) for reader in description.site.readers_of(box.device))
        for hours in (0, 9, 20):
            at = world.at + timedelta(hours=hours)
            if box.verdicts(points, world.cards, at) != decide_all(whole, points, world.cards, at):
                raise InvariantBrokenError("rollout", f"{box.device} decides otherwise than {revision} at {at}")

"""A word about a version that somebody entered and another one has to approve, whatever it is a version of."""

from collections.abc import Callable
from typing import Protocol

from domain.zones.zone_fault import ZoneWhy, refuse_zone
from store.tx import Tx
from store.versions import Standing, VersionState


class Version(Protocol):
    """Anything that has versions: an information class, a connection."""

    @property
    def standing(self) -> Standing:
        """Who entered it, and where it stands."""


class SaveVerdict(Protocol):
    """Keeps a word; False when another one was quicker."""

    def __call__(self, tx: Tx, version_id: int, state: VersionState, *, by: str) -> bool:
        """Keep it now."""


def decide_version(
    tx: Tx,
    version_id: int,
    state: VersionState,
    *,
    by: str,
    load: Callable[[Tx, int], Version | None],
    save: SaveVerdict,
) -> None:
    """Approve or refuse a version as the second person, now; whoever entered it may refuse it alone.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: whoever entered it approves it, or it is decided already.
    """
    version = load(tx, version_id)
    if version is None:
        raise LookupError(version_id)
    if version.standing.asked_by == by and state is VersionState.approved:
        raise refuse_zone("by", ZoneWhy.same_person)
    if not save(tx, version_id, state, by=by):
        raise refuse_zone("state", ZoneWhy.moved_on)

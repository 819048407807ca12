"""Which descriptions of the site are alive, and which of them each device follows: the seam behind which roll-outs are.

Editions of all alive revisions are published together, in the order in which ``alive`` gives them: a device that goes
from an earlier one to a later one always meets a greater number. When the newest edition is of a revision that is
alive no more, all alive ones are published anew, so that devices can return.

A description that this software cannot read (it was written by a newer one) never keeps the gateway from starting, and
nothing older takes its place at a door: its devices stay with its editions, in which people's rights go on changing
under the structure that it had (``gateway.policy.policy_keeper``). Its hours end with their horizon. For all else,
which readers hang on a box, the pages, the newest description that can be read stands in for it. A roll-out from or to
it moves no more, and each device keeps following what it holds; a person may stop it.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from domain.access.rollout import Phase, RolloutRules, list_reached
from domain.ids import DeviceId
from gateway.site.description import Site, load_site, parse_site
from gateway.site.rollout import derive_rules
from gateway.site.source import SiteError
from store.devices import list_device_statuses
from store.rollouts import list_revisions_of, list_rollouts, load_live_rollout, load_settled_rollout
from store.site_revisions import load_site_revision
from store.tx import Tx

ID_DIGITS = 12
LOOKED_AT_MAX = 100
"""So many roll-outs back a readable description is looked for."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A description of the site as it once was written down; equal files have equal ids. ``content`` is the file.

    ``unread``: why this software cannot read it; then ``site`` is the newest that it can read.
    """

    id: str
    site: Site
    content: str = ""
    unread: str = ""


class Revisions(Protocol):
    """What is alive, asked anew in each transaction."""

    def alive(self, tx: Tx) -> tuple[Revision, ...]:
        """Give the revisions that devices follow, the former one first."""
        ...

    def of(self, tx: Tx, device: DeviceId) -> str:
        """Give the id of the revision that the device follows."""
        ...


class OneRevision:
    """A single description, followed by every device."""

    def __init__(self, revision: Revision) -> None:
        self._revision = revision

    def alive(self, tx: Tx) -> tuple[Revision, ...]:  # noqa: ARG002 (the protocol's)
        """Give the one."""
        return (self._revision,)

    def of(self, tx: Tx, device: DeviceId) -> str:  # noqa: ARG002 (the protocol's)
        """Give the one's id."""
        return self._revision.id


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds in one transaction: the settled revision, and the one that goes out, with who follows it."""

    settled: Revision
    coming: Revision | None
    reached: frozenset[DeviceId]


class RolledRevisions:
    """What the roll-outs in the database say; callable from any thread.

    Args:
        first: what holds before any description was settled in the database.
    """

    def __init__(self, first: Revision) -> None:
        self.first = first
        self._seen = threading.local()
        self._known = {first.id: first}

    def alive(self, tx: Tx) -> tuple[Revision, ...]:
        """Give the settled one, and behind it the one that goes out."""
        standing = self.look(tx)
        return (standing.settled,) if standing.coming is None else (standing.settled, standing.coming)

    def of(self, tx: Tx, device: DeviceId) -> str:
        """Give the id of the revision that the device follows."""
        standing = self.look(tx)
        follows = standing.settled if standing.coming is None or device not in standing.reached else standing.coming
        return follows.id

    def look(self, tx: Tx) -> Standing:
        """Give what holds; read once a transaction, for a fleet asks for each of its devices."""
        known: tuple[Tx, Standing] | None = getattr(self._seen, "known", None)
        if known is None or known[0] is not tx:
            known = self._seen.known = tx, self._load(tx)
        return known[1]

    def _load(self, tx: Tx) -> Standing:
        done = load_settled_rollout(tx)
        settled = self.first if done is None else self._find(tx, done.proposal.revision_id)
        live = load_live_rollout(tx)
        if live is None or live.state.phase is not Phase.running:
            return Standing(settled, None, frozenset())
        coming = self._find(tx, live.proposal.revision_id)
        if settled.unread or coming.unread:
            return Standing(settled, coming, _list_holding(tx, coming.id))
        return Standing(settled, coming, list_reached(rules_between(settled, coming), live.state))

    def _find(self, tx: Tx, revision: str) -> Revision:
        """Give a revision; its content, which never changes, is read once, for every offer to a device asks."""
        if revision not in self._known:
            self._known[revision] = load_any_revision(tx, revision, self.first)
        return self._known[revision]


def load_settled(tx: Tx) -> Revision | None:
    """Give the description that holds, or None before one was settled in the database."""
    settled = load_settled_rollout(tx)
    return None if settled is None else load_revision(tx, settled.proposal.revision_id)


def load_revision(tx: Tx, revision: str) -> Revision:
    """Give a description that the database keeps.

    Raises:
        LookupError: it keeps none of that id.
        SiteError: this version of the product does not understand it.
    """
    stored = load_site_revision(tx, revision)
    if stored is None:
        raise LookupError(f"no description of the site has the id {revision}")
    return parse_revision(stored.content)


def load_any_revision(tx: Tx, revision: str, first: Revision) -> Revision:
    """Give a description that the database keeps; where it cannot be read the newest readable one stands in for it.

    Args:
        tx: a transaction.
        revision: its id.
        first: what stands in where none of the database can be read.

    Raises:
        LookupError: the database keeps none of that id.
    """
    try:
        return load_revision(tx, revision)
    except SiteError as error:
        return Revision(revision, _load_newest_readable(tx, first).site, unread=str(error))


def _load_newest_readable(tx: Tx, first: Revision) -> Revision:
    settled = (each for each in list_rollouts(tx, limit=LOOKED_AT_MAX) if each.state.phase is Phase.done)
    for rollout in settled:
        with suppress(SiteError):
            return load_revision(tx, rollout.proposal.revision_id)
    return first


def _list_holding(tx: Tx, revision: str) -> frozenset[DeviceId]:
    """Give the devices that say they hold an edition of a description."""
    held = {status.device_id: status.policy_version for status in list_device_statuses(tx)}
    revisions = list_revisions_of(tx, held.values())
    return frozenset(device for device, version in held.items() if revisions.get(version) == revision)


@lru_cache(maxsize=8)
def parse_revision(content: str) -> Revision:
    """Give the revision that a site file's content is.

    Raises:
        SiteError: the description is wrong.
    """
    return Revision(revision_id(content.encode()), parse_site(content, Path("site.yaml")), content)


def rules_between(former: Revision, coming: Revision) -> RolloutRules:
    """Give the rules by which one description follows the other."""
    return derive_rules(coming.site, former.site)


def read_revision(site_file: Path) -> Revision:
    """Read the revision that a site's file is.

    Raises:
        SiteError: the description is wrong.
    """
    site = load_site(site_file)
    content = site_file.read_bytes()
    return Revision(revision_id(content), site, content.decode())


def revision_id(content: bytes) -> str:
    """Give the id of a site file's content: the first digits of its SHA-256."""
    return sha256(content).hexdigest()[:ID_DIGITS]


def open_revisions(site_file: Path) -> RolledRevisions:
    """Give the revisions of an installation whose settings name ``site_file``."""
    return RolledRevisions(read_revision(site_file))

"""Which descriptions of the site are alive, and which of them each device follows: the seam behind which roll-outs are.

Editions of all alive revisions are published together, in the order in which ``alive`` gives them: a device that goes
from an earlier one to a later one always meets a greater number. When the newest edition is of a revision that is
alive no more, all alive ones are published anew, so that devices can return.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from domain.ids import DeviceId
from gateway.site.description import Site, load_site
from store.tx import Tx

ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Revision:
    """A description of the site as it once was written down; equal files have equal ids."""

    id: str
    site: Site


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


def read_revision(site_file: Path) -> Revision:
    """Give the revision that a site's file is.

    Raises:
        SiteError: the description is wrong.
    """
    return Revision(revision_id(site_file.read_bytes()), load_site(site_file))


def revision_id(content: bytes) -> str:
    """Give the id of a site file's content: the first digits of its SHA-256."""
    return sha256(content).hexdigest()[:ID_DIGITS]


def open_revisions(site_file: Path) -> Revisions:
    """Give the revisions of an installation whose settings name ``site_file``."""
    return OneRevision(read_revision(site_file))

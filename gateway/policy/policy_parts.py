"""What one device is sent of an edition: its own part, as a change from what it holds or whole, under its own names.

Equal questions get equal bytes, whichever process answers: the known outcomes are decided at the edition's own time.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nsmallest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyOffer, make_offer
from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import PolicyChange, is_same_structure
from domain.access.cutting import Cut, cut_change, cut_structure
from domain.access.outcomes import OUTCOMES_MAX, choose_outcomes
from domain.access.policy import Credential, PolicySnapshot
from domain.ids import AccessPointId, CredentialToken, DeviceId
from gateway.policy.heard_editions import is_issued
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import Revisions
from gateway.site.description import Site
from store.editions import Edition, load_edition, load_latest_edition
from store.tx import Tx

BYTES_MAX = 256 * 1024 * 1024
"""So much is kept packed for devices that ask for the same again, or for the next parts of it."""


EDITIONS_MAX = 1_000
"""So many editions' heads are remembered; most devices hold one of the last few."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A signed offer and the packed bytes that it speaks of."""

    offer: PolicyOffer
    packed: bytes


class PolicyParts:
    """Makes parcels and keeps the latest; callable from any thread, one at a time."""

    def __init__(
        self,
        shelf: PolicyShelf,
        revisions: Revisions,
        names: DeviceNames,
        signing_key: Ed25519PrivateKey,
        *,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._shelf = shelf
        self._revisions = revisions
        self._names = names
        self._signing_key = signing_key
        self._bytes_max = bytes_max
        self._editions: OrderedDict[int, Edition] = OrderedDict()
        self._kept: OrderedDict[tuple[DeviceId, int, int], Parcel] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def find(self, device: DeviceId, digest: str) -> Parcel | None:
        """Give a parcel made for the device earlier, while it is kept."""
        with self._lock:
            found = next(
                (key for key in reversed(self._kept) if key[0] == device and self._kept[key].offer.digest == digest),
                None,
            )
            if found is None:
                return None
            self._kept.move_to_end(found)
            return self._kept[found]

    def make(
        self,
        tx: Tx,
        device: DeviceId,
        have_version: int,
        *,
        have_issued_at: datetime | None = None,
        whole: bool = True,
    ) -> Parcel | None:
        """Give what leads the device to the latest edition of its revision of the site; None when it holds that.

        Args:
            tx: a transaction that sees the editions.
            device: the device.
            have_version: what it holds, 0 for nothing.
            have_issued_at: when that was issued; what another database issued is nothing that a change leads on from.
            whole: whether to make the whole part where a change will not do; else that gives None, too.
        """
        edition = load_latest_edition(tx, self._revisions.of(tx, device))
        if edition is None or edition.version <= have_version:
            return None
        if not is_issued(tx, have_version, have_issued_at):
            have_version = 0
        with self._making:
            key = device, have_version, edition.version
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            parcel = self._make(tx, _Question(device, have_version, edition), whole=whole)
            if parcel is not None:
                self._keep(key, parcel)
            return parcel

    def _keep(self, key: tuple[DeviceId, int, int], parcel: Parcel) -> None:
        with self._lock:
            self._kept[key] = parcel
            self._bytes += len(parcel.packed)
            while self._bytes > self._bytes_max and len(self._kept) > 1:
                self._bytes -= len(self._kept.popitem(last=False)[1].packed)

    def _make(self, tx: Tx, question: "_Question", *, whole: bool) -> Parcel | None:
        after = self._shelf.load_readable(tx, question.edition.version)
        if after is None:
            return None  # the keeper makes it anew under another number
        sites = {revision.id: revision.site for revision in self._revisions.alive(tx)}
        cut = _cut(after, sites[question.edition.site_revision], question.device)
        content, from_version = self._change(tx, question, sites, after, cut), question.have_version
        if content is None and whole:
            content, from_version = self._whole(question.device, after, cut), 0
        if content is None:
            return None
        held = self._edition(tx, from_version)
        from_issued_at = None if held is None else held.issued_at
        offer, packed = make_offer(question.device, from_version, after.version, content, from_issued_at=from_issued_at)
        return Parcel(offer.signed(self._signing_key), packed)

    def _edition(self, tx: Tx, version: int) -> Edition | None:
        """Give an edition, from memory where it was asked for before: what was issued never changes."""
        if version not in self._editions:
            found = load_edition(tx, version)
            if found is None:
                return None
            self._editions[version] = found
            while len(self._editions) > EDITIONS_MAX:
                self._editions.popitem(last=False)
        return self._editions[version]

    def _whole(self, device: DeviceId, policy: PolicySnapshot, cut: Cut) -> bytes:
        part = replace(
            cut.structure,
            credentials={token: cut.credential(credential) for token, credential in policy.credentials.items()},
        )
        outcomes = choose_outcomes(part, _sample(part.credentials), policy.issued_at)
        return encode_snapshot(part, outcomes, self._names.of(device).name)

    def _change(
        self, tx: Tx, question: "_Question", sites: Mapping[str, Site], after: PolicySnapshot, cut: Cut
    ) -> bytes | None:
        """Give the change from what the device holds; None where only the whole will do."""
        device, have_version = question.device, question.have_version
        held = self._edition(tx, have_version)
        if held is None or held.site_revision not in sites:
            return None
        before = self._shelf.load_readable(tx, have_version)
        change = None if before is None else self._shelf.load_change(tx, have_version, after.version)
        if before is None or change is None:
            return None
        was = _cut(before, sites[held.site_revision], device)
        if (was.levels, was.targets) != (cut.levels, cut.targets):
            return None  # any card may look different
        part = cut_change(change, cut, structure=not is_same_structure(was.structure, cut.structure))
        part = replace(part, credentials=_differing(part, before, was))
        tried = replace(
            cut.structure,
            credentials={token: told for token, told in part.credentials.items() if told is not None},
        )
        outcomes = choose_outcomes(tried, part.credentials.keys(), after.issued_at)
        return encode_change(part, outcomes, self._names.of(device).name)


@dataclass(frozen=True, slots=True)
class _Question:
    """A device that holds a version (0: nothing) and is to hold an edition."""

    device: DeviceId
    have_version: int
    edition: Edition


def _cut(policy: PolicySnapshot, site: Site, device: DeviceId) -> Cut:
    """Cut a policy down to what hangs on a device."""
    points = [AccessPointId(reader.access_point) for reader in site.readers_of(device)]
    return cut_structure(policy, points, [cabinet.id for cabinet in site.cabinets_of(device)])


def _differing(change: PolicyChange, before: PolicySnapshot, was: Cut) -> dict[CredentialToken, Credential | None]:
    """Leave out cards that differ in nothing that this device is told."""

    def told(token: CredentialToken) -> Credential | None:
        credential = before.credentials.get(token)
        return credential and was.credential(credential)

    return {token: credential for token, credential in change.credentials.items() if credential != told(token)}


def _sample(credentials: Mapping[CredentialToken, Credential]) -> list[CredentialToken]:
    """Give a few cards to try a whole policy on: those with rights first, always the same ones."""
    return nsmallest(OUTCOMES_MAX, credentials, key=lambda token: (not credentials[token].levels, token))

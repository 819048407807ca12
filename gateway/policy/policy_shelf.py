"""Editions at hand: for the centre's own decision by the policy that an edge used, and for what devices are sent.

A base is read once and shared by the editions above it. What the keeper publishes is put here, so that nothing is
read back which this process made itself.
"""

import logging
import threading
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

from contract.errors import MalformedMessageError
from contract.policy_reading import decode_snapshot, read_change
from domain.access.change import PolicyChange, apply_change, diff_policies
from domain.access.policy import PolicySnapshot
from store.editions import Edition, list_changes, load_edition, load_edition_data
from store.tx import Tx

log = logging.getLogger(__name__)

_Key = TypeVar("_Key", bound=Hashable)
_Kept = TypeVar("_Kept")

BASES = 3
EDITIONS = 64
CHANGES = 64


class EditionUnreadableError(Exception):
    """An edition is stored and cannot be read; the text says which and why."""

    def __init__(self, version: int, error: Exception) -> None:
        super().__init__(f"edition {version}: {type(error).__name__}: {error}")


class PolicyShelf:
    """A bounded number of decoded editions by version; callable from any thread."""

    def __init__(self, *, bases: int = BASES, editions: int = EDITIONS, changes: int = CHANGES) -> None:
        self._bases: OrderedDict[int, PolicySnapshot] = OrderedDict()
        self._editions: OrderedDict[int, PolicySnapshot] = OrderedDict()
        self._changes: OrderedDict[tuple[int, int], PolicyChange] = OrderedDict()
        self._bounds = bases, editions, changes
        self._unreadable: set[int] = set()
        self._lock = threading.Lock()

    def put(self, edition: Edition, policy: PolicySnapshot, change: PolicyChange | None = None) -> None:
        """Have an edition at hand that was just committed, and the change that led there."""
        with self._lock:
            self._keep(edition, policy)
            if change is not None:
                _put(self._changes, (change.from_version, change.version), change, self._bounds[2])

    def load(self, tx: Tx, version: int) -> PolicySnapshot | None:
        """Give the whole policy of an edition, or None when it never was published.

        Raises:
            EditionUnreadableError: what is stored of it is no policy.
        """
        with self._lock:
            found = _find(self._bases, version) or _find(self._editions, version)
            try:
                return found or self._read(tx, version)
            except (zlib.error, MalformedMessageError, ValueError) as error:
                raise EditionUnreadableError(version, error) from error

    def load_readable(self, tx: Tx, version: int) -> PolicySnapshot | None:
        """Give the whole policy of an edition; None also where what is stored of it is no policy, said loudly once.

        For whoever can go on without: the rights of people are the truth, and an edition can be made anew from them.
        """
        if version in self._unreadable:
            return None
        try:
            return self.load(tx, version)
        except EditionUnreadableError as error:
            self._unreadable.add(version)
            log.critical("%s; it counts as unknown", error)
            return None

    def load_change(self, tx: Tx, from_version: int, to_version: int) -> PolicyChange | None:
        """Give what leads from one edition to a later one, of whichever revision; None where one is not known.

        Raises:
            EditionUnreadableError: what is stored of either is no policy.
        """
        with self._lock:
            change = _find(self._changes, (from_version, to_version))
        if change is None:
            before, after = self.load(tx, from_version), self.load(tx, to_version)
            if before is None or after is None or before.version >= after.version:
                return None
            change = diff_policies(before, after)
            with self._lock:
                _put(self._changes, (from_version, to_version), change, self._bounds[2])
        return change

    def _keep(self, edition: Edition, policy: PolicySnapshot) -> None:
        base = edition.base_version is None
        _put(self._bases if base else self._editions, edition.version, policy, self._bounds[0 if base else 1])

    def _read(self, tx: Tx, version: int) -> PolicySnapshot | None:
        edition = load_edition(tx, version)
        if edition is None:
            return None
        policy = _find(self._bases, edition.rests_on)
        if policy is None:
            data = load_edition_data(tx, edition.rests_on)
            if data is None:
                return None
            policy = decode_snapshot(zlib.decompress(data).split(b"\n"))
            _put(self._bases, edition.rests_on, policy, self._bounds[0])
        near = [held for held in self._editions if edition.rests_on < held < version]
        if edition.base_version is not None:
            policy = self._climb(tx, edition, policy, near)
        return policy

    def _climb(self, tx: Tx, edition: Edition, base: PolicySnapshot, near: list[int]) -> PolicySnapshot:
        """Go up from the base, or from the nearest edition above it that is at hand."""
        policy = base
        for held in sorted(near, reverse=True):
            known = load_edition(tx, held)
            if known is not None and known.base_version == base.version:
                policy = self._editions[held]
                break
        for stored in list_changes(tx, base.version, after=policy.version, through=edition.version):
            change = read_change(zlib.decompress(stored.data).split(b"\n"), policy).change
            policy = apply_change(policy, change)
            self._keep(stored.edition, policy)
        return policy


def _find(kept: OrderedDict[_Key, _Kept], key: _Key) -> _Kept | None:
    found = kept.get(key)
    if found is not None:
        kept.move_to_end(key)
    return found


def _put(kept: OrderedDict[_Key, _Kept], key: _Key, value: _Kept, bound: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > bound:
        kept.popitem(last=False)

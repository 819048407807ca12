"""The policy an edge holds: signed offers with their bytes, and which led here; as files that survive a power cut.

``policy-<version>.offer`` is a whole policy, ``change-<from>-<to>.offer`` what leads on (``readers.policy_files``).
``policy.json`` says which versions led to the one held, and holds the signed pointer by which the centre stood by it.
Its rename is the moment a policy counts: what is older, half-written, wrongly signed, of another digest or not
reproducing its known outcomes never takes the place of a good one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contract.fields import Seq
from contract.policy import PolicyOffer, PolicyPointer
from contract.policy_reading import ReadPolicy
from domain.access.change import LayeredCredentials
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.policy_files import HalfFile, PolicyRefusedError, forget_others, name_change, name_file, read_file
from readers.policy_loading import read_chain, read_over, read_whole, require_outcomes
from readers.policy_trust import PolicyTrust, require_same_edition
from readers.whole_file import replace_file, sync_folder

CHANGES_MAX = 200
LAYERED_CARDS_MAX = 5_000
"""Beyond either a policy reached by changes is asked for as a whole."""

VERSIONS_MAX = 10 * CHANGES_MAX
"""Where the whole does not come, no more changes than these are taken."""

CONFIRMED_EVERY = timedelta(minutes=1)
"""How often a newer confirmation is written down; a restart may see the policy older by this, never younger."""

_HELD, _HALF = "policy.json", "policy.part"


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """A policy that was checked in full, and the latest instant at which the centre is known to have stood by it.

    ``changes`` counts those that led to it since it came whole.
    """

    snapshot: PolicySnapshot
    confirmed_at: datetime
    changes: int = 0

    @property
    def is_long(self) -> bool:
        """Tell whether it is time to have it whole again."""
        cards = self.snapshot.credentials
        layered = len(cards.above) if isinstance(cards, LayeredCredentials) else 0
        return self.changes >= CHANGES_MAX or layered > LAYERED_CARDS_MAX


class _Held(BaseModel):
    """``policy.json``: the whole policy's version, then the version that each change led to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["policy.held"] = "policy.held"
    version: Literal[1] = 1
    pointer: PolicyPointer
    versions: Annotated[tuple[Seq, ...], Field(min_length=1, max_length=VERSIONS_MAX)]


class PolicyCache:
    """The policy files in ``folder`` of one device; one thread uses it."""

    def __init__(self, folder: Path, device: DeviceId, centre_key: Ed25519PublicKey) -> None:
        self._folder = folder
        self._trust = PolicyTrust(device, centre_key)
        self._newest: PolicyPointer | None = None
        self._kept: _Held | None = None
        self._versions: tuple[int, ...] = ()
        self._half: HalfFile | None = None
        self.held: HeldPolicy | None = None
        """What is in force; None while there is none to trust."""

    def load(self) -> HeldPolicy | None:
        """Read what was kept; gives None where there is nothing.

        Raises:
            PolicyRefusedError: there is something, and it cannot be trusted. No older version is taken after that
                either, if the pointer at least is whole.
            OSError: it cannot be read.
        """
        (self._folder / _HALF).unlink(missing_ok=True)
        file = self._folder / _HELD
        if not file.exists():
            return None
        try:
            kept = _Held.model_validate_json(file.read_bytes(), strict=True)
        except ValidationError:
            raise PolicyRefusedError(f"{_HELD} says of no policy") from None
        self._newest = self._trust.check(kept.pointer, "pointer")
        if kept.pointer.policy_version > kept.versions[-1]:
            raise PolicyRefusedError(f"{_HELD} ends before the version that the centre stood by")
        snapshot = self._read_kept(kept.versions)
        self._kept, self._versions = kept, kept.versions
        self.held = HeldPolicy(snapshot, kept.pointer.confirmed_at, len(kept.versions) - 1)
        return self.held

    def read_pointer(self, payload: bytes) -> PolicyPointer:
        """Read a pointer as it came from the wire.

        Raises:
            PolicyRefusedError: the centre did not sign it for this device.
        """
        return self._trust.read_pointer(payload)

    def read_offer(self, payload: bytes) -> PolicyOffer:
        """Read an offer as it came from the wire.

        Raises:
            PolicyRefusedError: the centre did not sign it for this device.
        """
        return self._trust.read_offer(payload)

    def confirm(self, pointer: PolicyPointer) -> HeldPolicy | None:
        """Hear by which version the centre stands; gives what is held if it has stood by that later than was known.

        Raises:
            PolicyRefusedError: by an older one than it stood by before, or by another edition of the number held.
        """
        newest, held, version = self._newest, self.held, pointer.policy_version
        if newest is not None and version < newest.policy_version:
            raise PolicyRefusedError(f"version {version} is older than {newest.policy_version} before")
        if held is not None:
            require_same_edition(pointer, held.snapshot)  # births tell the centre, and the next number is greater
        if newest is None or _rank(pointer) > _rank(newest):
            self._newest = pointer
        if held is None or version != held.snapshot.version or pointer.confirmed_at <= held.confirmed_at:
            return None
        self.held = replace(held, confirmed_at=pointer.confirmed_at)
        return self.held

    def keep_confirmation(self) -> None:
        """Write the latest confirmation down, if the one on the disk is older by a while.

        Raises:
            OSError: the disk refused; what stands there still stands.
        """
        newest, kept, held = self._newest, self._kept, self.held
        if newest is None or kept is None or held is None or newest.policy_version != held.snapshot.version:
            return
        before = kept.pointer
        is_older = newest.confirmed_at - before.confirmed_at >= CONFIRMED_EVERY
        if newest.policy_version > before.policy_version or is_older:
            self._write(newest, self._versions)

    def begin(self, offer: PolicyOffer) -> None:
        """Make room for what an offer brings; what was begun before is dropped.

        Raises:
            OSError: the disk refused.
        """
        self.drop()
        self._half = HalfFile(self._folder / _HALF, offer)

    def store(self, number: int, data: bytes) -> None:
        """Write a part of what was begun.

        Raises:
            OSError: the disk refused.
        """
        if self._half is not None:
            self._half.store(number, data)

    def take(self) -> HeldPolicy:
        """Let what was begun take the place of what is held, now that all of it came.

        Raises:
            PolicyRefusedError: it must not be used; what was held stays in force.
            OSError: the disk refused; likewise.
        """
        half = self._half
        if half is None:
            raise PolicyRefusedError("nothing was offered")
        try:
            pointer = self._require_leads_on(half.offer)
            half.seal()
            read = self._read_half(half)
            require_outcomes(read.policy, read.outcomes)
            require_same_edition(pointer, read.policy)
            half.path.rename(self._folder / name_file(half.offer))
            sync_folder(self._folder)  # first the file, then what names it
            base = self._versions if half.offer.from_version else ()
            self._write(pointer, (*base, half.offer.policy_version))
        finally:
            self.drop()
        confirmed_at = max(pointer.confirmed_at, self.held.confirmed_at) if self.held else pointer.confirmed_at
        self.held = HeldPolicy(read.policy, confirmed_at, len(self._versions) - 1)
        forget_others(self._folder, self._versions)
        return self.held

    def drop(self) -> None:
        """Give up what was begun."""
        if self._half is not None:
            self._half.drop()
            self._half = None

    def _require_leads_on(self, offer: PolicyOffer) -> PolicyPointer:
        """Give the pointer under which an offer's policy is held: the latest for it or for one before it."""
        held, newest, kept = self.held, self._newest, self._kept
        version = held.snapshot.version if held else 0
        if offer.from_version not in {0, version} or offer.policy_version < version:
            raise PolicyRefusedError(
                f"it leads from {offer.from_version} to {offer.policy_version}, and {version} is held"
            )
        if offer.from_version and len(self._versions) >= VERSIONS_MAX:
            raise PolicyRefusedError(f"{VERSIONS_MAX} changes are too many; the whole is due")
        if newest is not None and newest.policy_version <= offer.policy_version:
            return newest
        if kept is not None and held is not None and offer.from_version == version:
            return kept.pointer  # on the way to the version that the centre stands by
        raise PolicyRefusedError(f"the centre does not stand by version {offer.policy_version}")

    def _read_half(self, half: HalfFile) -> ReadPolicy:
        offer, lines = read_file(half.path, self._trust.read_offer)
        if offer.from_version == 0 or self.held is None:
            return read_whole(offer, lines)
        return read_over(self.held.snapshot, offer, lines)

    def _read_kept(self, versions: tuple[int, ...]) -> PolicySnapshot:
        changes = (self._read_step(begins, leads) for begins, leads in pairwise(versions))
        return read_chain(read_whole(*self._read_step(0, versions[0])).policy, changes)

    def _read_step(self, begins: int, leads: int) -> tuple[PolicyOffer, Iterator[bytes]]:
        name = name_change(begins, leads)
        offer, lines = read_file(self._folder / name, self._trust.read_offer)
        if name_file(offer) != name:
            raise PolicyRefusedError(f"{name} holds {name_file(offer)}")
        return offer, lines

    def _write(self, pointer: PolicyPointer, versions: tuple[int, ...]) -> None:
        kept = _Held(pointer=pointer, versions=versions)
        replace_file(self._folder / _HELD, kept.model_dump_json().encode())
        self._kept, self._versions = kept, versions


def _rank(pointer: PolicyPointer) -> tuple[int, datetime]:
    return pointer.policy_version, pointer.confirmed_at

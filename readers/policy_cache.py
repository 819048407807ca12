"""The policy an edge holds: the last signed pointer and the snapshot it names, as files that survive any power cut.

``policy-<version>.ndjson`` is the snapshot, ``policy.json`` the pointer. The pointer's rename is the moment a policy
counts: what is older, half-written, wrongly signed or of another digest never takes the place of a good one.

The form it is getting (tests/sim codes against it)::

    @dataclass(frozen=True, slots=True)
    class HeldPolicy: snapshot: PolicySnapshot; confirmed_at: datetime; changes: int  # changes since the whole one

    class PolicyCache:
        def __init__(self, folder: Path, device: DeviceId, centre_key: Ed25519PublicKey)
        held: HeldPolicy | None
        def load(self) -> HeldPolicy | None                        # PolicyRefusedError, OSError
        def read_pointer(self, payload: bytes) -> PolicyPointer    # PolicyRefusedError: forged, foreign
        def read_offer(self, payload: bytes) -> PolicyOffer        # the same
        def confirm(self, pointer: PolicyPointer) -> HeldPolicy | None  # PolicyRefusedError: older; None: no news
        def begin(self, offer: PolicyOffer) -> None                # OSError; drops what was begun before
        def store(self, number: int, data: bytes) -> None          # a part of what was begun; OSError
        def take(self) -> HeldPolicy                               # PolicyRefusedError, OSError: what was held stays

Files: ``policy.json`` (pointer, and the versions that led to what is held), ``policy-<version>.offer`` (the signed
offer on the first line, the packed bytes behind it unless they are inside), ``change-<from>-<to>.offer`` likewise.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from contract.errors import MalformedMessageError
from contract.policy import PolicyPointer
from contract.policy_reading import decode_snapshot
from contract.signatures import ForgedMessageError
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.packed_credentials import PackedCredentials

BYTES_MAX = 256 * 1024 * 1024
"""A snapshot beyond this is refused before it fills the disk."""

CONFIRMED_EVERY = timedelta(minutes=1)
"""How often a newer confirmation is written down; a restart may see the policy older by this, never younger."""

_BLOCK = 64 * 1024
_CARD = b'{"kind":"credential"'
_CARDS_AT_ONCE = 5000
Fetch = Callable[[int, BinaryIO], None]
"""Writes the snapshot of a version into a file; raises OSError when it cannot be had."""


class PolicyRefusedError(Exception):
    """A pointer or a snapshot that must not take the place of what is held; the text says why."""


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """A policy that was checked in full, and the latest instant at which the centre is known to have stood by it."""

    snapshot: PolicySnapshot
    digest: str
    confirmed_at: datetime


class PolicyCache:
    """The policy files in ``folder`` of one device; one thread uses it."""

    def __init__(self, folder: Path, device: DeviceId, centre_key: Ed25519PublicKey) -> None:
        self._folder = folder
        self._device = device
        self._centre_key = centre_key
        self._written_confirmed_at: datetime | None = None
        self._version_min = 0
        self.held: HeldPolicy | None = None
        """What is in force; None while there is none to trust."""

    def load(self) -> HeldPolicy | None:
        """Read what was kept; gives None where there is nothing.

        Raises:
            PolicyRefusedError: there is something, and it cannot be trusted. No older version is taken after that
                either, if the pointer at least is whole.
        """
        pointer_file = self._folder / "policy.json"
        if not pointer_file.exists():
            return None
        pointer = self._read_pointer(pointer_file.read_bytes())
        self._version_min = pointer.policy_version
        self.held = self._read_snapshot(self._snapshot_file(pointer.policy_version), pointer)
        self._written_confirmed_at = pointer.confirmed_at
        return self.held

    def take_pointer(self, payload: bytes, fetch: Fetch) -> HeldPolicy | None:
        """Handle a pointer as it came from the wire, fetching the snapshot if it names a newer one.

        Returns:
            What is in force now, with a new snapshot or a later ``confirmed_at``; None if the pointer changes nothing.

        Raises:
            PolicyRefusedError: the pointer or the snapshot must not be used; what was held stays in force.
            OSError: the snapshot cannot be had at the moment.
        """
        pointer = self._read_pointer(payload)
        held = self.held
        if pointer.policy_version < (in_force := held.snapshot.version if held else self._version_min):
            raise PolicyRefusedError(f"version {pointer.policy_version} is older than {in_force} in force")
        if held is not None and pointer.policy_version == held.snapshot.version:
            return self._confirm(held, pointer, payload)
        target = self._snapshot_file(pointer.policy_version)
        self._download(target, pointer, fetch)
        self.held = self._read_snapshot(target, pointer)
        self._write_pointer(pointer, payload)
        self._forget_others(target)
        return self.held

    def _confirm(self, held: HeldPolicy, pointer: PolicyPointer, payload: bytes) -> HeldPolicy | None:
        if pointer.digest != held.digest:
            raise PolicyRefusedError(f"version {pointer.policy_version} was signed with another content before")
        if pointer.confirmed_at <= held.confirmed_at:
            return None
        self.held = replace(held, confirmed_at=pointer.confirmed_at)
        written = self._written_confirmed_at
        if written is None or pointer.confirmed_at - written >= CONFIRMED_EVERY:
            self._write_pointer(pointer, payload)
        return self.held

    def _read_pointer(self, payload: bytes) -> PolicyPointer:
        try:
            pointer = PolicyPointer.model_validate_json(payload)
            pointer.require_signature(self._centre_key)
        except (ValidationError, ForgedMessageError) as error:
            raise PolicyRefusedError(f"no pointer signed by the centre: {type(error).__name__}") from None
        if pointer.device != self._device:
            raise PolicyRefusedError(f"the pointer is for device {pointer.device}")
        if pointer.size > BYTES_MAX:
            raise PolicyRefusedError(f"the snapshot has {pointer.size} bytes; at most {BYTES_MAX} are taken")
        return pointer

    def _read_snapshot(self, file: Path, pointer: PolicyPointer) -> HeldPolicy:
        try:
            with file.open("rb") as lines:
                digest = sha256()
                while block := lines.read(_BLOCK):
                    digest.update(block)
                if digest.hexdigest() != pointer.digest:
                    raise PolicyRefusedError(f"{file.name} does not hash to what the pointer signs")
                lines.seek(0)
                snapshot = _decode_packed(lines)
        except FileNotFoundError:
            raise PolicyRefusedError(f"{file.name} is missing") from None
        except (MalformedMessageError, ValueError) as error:
            raise PolicyRefusedError(f"{file.name}: {error}") from None
        if snapshot.version != pointer.policy_version:
            raise PolicyRefusedError(f"{file.name} holds version {snapshot.version}")
        return HeldPolicy(snapshot, pointer.digest, pointer.confirmed_at)

    def _download(self, target: Path, pointer: PolicyPointer, fetch: Fetch) -> None:
        half = target.with_suffix(".part")
        try:
            with half.open("wb") as file:
                fetch(pointer.policy_version, file)
                if file.tell() != pointer.size:
                    raise PolicyRefusedError(f"{file.tell()} bytes came, the pointer signs {pointer.size}")
                file.flush()
                os.fsync(file.fileno())
            half.rename(target)
            _sync_folder(self._folder)
        finally:
            half.unlink(missing_ok=True)

    def _write_pointer(self, pointer: PolicyPointer, payload: bytes) -> None:
        half = self._folder / "policy.json.part"
        with half.open("wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        half.rename(self._folder / "policy.json")
        _sync_folder(self._folder)
        self._written_confirmed_at = pointer.confirmed_at

    def _forget_others(self, target: Path) -> None:
        for file in self._folder.glob("policy-*.ndjson"):
            if file != target:
                file.unlink(missing_ok=True)

    def _snapshot_file(self, version: int) -> Path:
        return self._folder / f"policy-{version}.ndjson"


def _decode_packed(lines: Iterable[bytes]) -> PolicySnapshot:
    """Decode a snapshot's cards some at a time, each lot with everything else it needs, and keep them packed."""
    others: list[bytes] = []
    cards: list[bytes] = []
    packed = PackedCredentials()
    for line in lines:
        if not line.startswith(_CARD):
            others.append(line)
            continue
        cards.append(line)
        if len(cards) == _CARDS_AT_ONCE:
            packed.add(decode_snapshot([*others, *cards]).credentials)
            cards.clear()
    rest = decode_snapshot([*others, *cards])
    packed.add(rest.credentials)
    return replace(rest, credentials=packed)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A past month, lived through the real path: records signed by the demo's devices, taken in by the real transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.batch import decode_batch, encode_batch, verify_batch
from contract.chain import chain_hashes, chain_start
from contract.records import TapObserved, encode_record
from contract.signatures import public_key_text
from contract.tokens import credential_token
from demo.days import DayLived, Visit, draw_day
from demo.population import Member
from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.ids import AccessPointId, DeviceId
from domain.verdict import Granted
from gateway.intake.outcomes import VerifiedBatch
from gateway.policy.names import DeviceNames
from gateway.site.description import Site

BATCH_RECORDS = 200
HISTORY_EPOCH = 1
"""The epoch of the records that were lived before the demo began; the running devices draw their own."""


def draw_days(
    members: Sequence[Member], *, first_on: date, last_on: date, holidays: frozenset[date], random: Random
) -> Iterator[DayLived]:
    """Draw every working day of every member from ``first_on`` to ``last_on``, both included."""
    for offset in range((last_on - first_on).days + 1):
        on = first_on + timedelta(days=offset)
        if on.weekday() < 5 and on not in holidays:
            for member in members:
                yield draw_day(member, on, random)


@dataclass(frozen=True, slots=True)
class Historian:
    """Writes what was lived as the journals of the site's devices."""

    site: Site
    policy: PolicySnapshot
    site_key: bytes
    device_keys: Mapping[DeviceId, Ed25519PrivateKey]
    names: DeviceNames

    def write_batches(self, visits: Iterable[Visit]) -> Iterator[VerifiedBatch]:
        """Yield the signed batches of all devices for visits in order of time."""
        devices = {reader.access_point: (DeviceId(reader.device), reader) for reader in self.site.readers}
        lines: dict[DeviceId, list[bytes]] = {device: [] for device in self.device_keys}
        for visit in visits:
            device, reader = devices[visit.access_point]
            technology = "simulated" if reader.driver == "simulated" else "felica_idm"
            lines[device].append(self._line(visit, device, reader.id, technology))
        for device, written in lines.items():
            yield from self._sign(device, written)

    def _line(self, visit: Visit, device: DeviceId, reader: str, technology: str) -> bytes:
        token = credential_token(self.site_key, technology, visit.member.card)
        tap = Tap(token, AccessPointId(visit.access_point), visit.at, confirmed_at=visit.at)
        verdict = decide(self.policy, tap)
        return encode_record(
            TapObserved(
                at=visit.at,
                mono_ms=int(visit.at.timestamp() * 1000) % 2**31,
                boot="history",
                clock="synced",
                reader=reader,
                access_point=visit.access_point,
                credential=self.names.of(device).name([token])[0],
                technology="simulated" if technology == "simulated" else "felica_idm",
                assurance=tap.assurance,
                granted=isinstance(verdict, Granted),
                reason="granted" if isinstance(verdict, Granted) else verdict.reason,
                rule=verdict.rule,
                policy_version=self.policy.version,
                policy_confirmed_at=visit.at,
            )
        )

    def _sign(self, device: DeviceId, written: list[bytes]) -> Iterator[VerifiedBatch]:
        key = self.device_keys[device]
        public = public_key_text(key.public_key())
        previous, seq, remaining = chain_start(device, HISTORY_EPOCH), 1, iter(written)
        while lines := list(islice(remaining, BATCH_RECORDS)):
            payload = encode_batch(
                key,
                device=device,
                epoch=HISTORY_EPOCH,
                first_seq=seq,
                previous=previous,
                lines=lines,
                mode="catch_up",
            )
            yield VerifiedBatch(verify_batch(decode_batch(payload), key.public_key()), public)
            previous, seq = chain_hashes(previous, lines)[-1], seq + len(lines)

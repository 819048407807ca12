"""Wrong turns with policies that somebody could take: older ones, changes over another base, outcomes untried."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from contract.policy import PolicyOffer, PolicyPointer
from contract.policy_reading import ReadPolicy, read_change
from domain.access.change import apply_change
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_files import HalfFile, PolicyRefusedError, read_file
from readers.policy_intake import Step, step_offer
from readers.policy_watch import PolicyWatch
from readers.transports.port import PolicyMessage


class BackwardWatch(PolicyWatch):
    """Takes whatever pointer came last for the newest (I16)."""

    def handle(self, what: PolicyMessage, payload: bytes) -> None:
        """Forget what is held before looking."""
        if what == "pointer":
            with suppress(PolicyRefusedError):
                version = self._cache.read_pointer(payload).policy_version
                self._cache._newest = None
                if version != self._intake.held:
                    self._cache.held = None
                    self._intake = replace(self._intake, held=0, wanted=0, offer=None)
        super().handle(what, payload)


class NumberCache(PolicyCache):
    """Takes whatever edition has the number that it holds for the one it holds (I16)."""

    def confirm(self, pointer: PolicyPointer) -> HeldPolicy | None:
        """Look at the number alone."""
        held = self.held
        if held is not None and pointer.policy_version == held.snapshot.version and pointer.issued_at is not None:
            self.held = replace(held, snapshot=replace(held.snapshot, issued_at=pointer.issued_at))
        return super().confirm(pointer)


class WillingWatch(PolicyWatch):
    """Lets a change of any policy lead on from what is held."""

    def _step(self, what: PolicyMessage, payload: bytes) -> Step:
        if what != "offer":
            return super()._step(what, payload)
        offer, held = self._cache.read_offer(payload), self._intake.held
        if 0 < offer.from_version != held < offer.policy_version and held:
            assert isinstance(self._cache, WillingCache)
            self._cache.signed[offer.digest] = offer
            offer = offer.model_copy(update={"from_version": held})
        return step_offer(self._intake, offer, self._mono, self._chance())


class WillingCache(PolicyCache):
    """Lays a change over whatever is held (I15)."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.signed: dict[str, PolicyOffer] = {}

    def begin(self, offer: PolicyOffer) -> None:
        """Write the offer down as it was signed."""
        super().begin(self.signed.get(offer.digest, offer))
        if self._half is not None:
            self._half.offer = offer

    def _read_half(self, half: HalfFile) -> ReadPolicy:
        if half.offer.digest not in self.signed or self.held is None:
            return super()._read_half(half)
        read = read_change(read_file(half.path, self.read_offer)[1], self.held.snapshot)
        change = replace(read.change, from_version=self.held.snapshot.version)
        return ReadPolicy(apply_change(self.held.snapshot, change), read.outcomes)


class TrustingCache(PolicyCache):
    """Tries no outcomes (I15)."""

    def _read_half(self, half: HalfFile) -> ReadPolicy:
        return replace(super()._read_half(half), outcomes=())

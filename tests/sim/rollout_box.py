"""A controller in the simulation of roll-outs: the real policy cache on a disk, a connection that comes and goes."""

from datetime import datetime
from itertools import product
from pathlib import Path

from contract.policy import PolicyOffer, PolicyWanted, encode_part
from contract.status import DeviceBorn, DeviceLost
from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.ids import AccessPointId, CredentialToken, DeviceId
from domain.verdict import Verdict
from gateway.intake.messages import Message
from gateway.policy.names import DeviceNames
from gateway.policy.policy_parts import Parcel, PolicyParts
from gateway.policy.policy_post import PolicyPost
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_files import PolicyRefusedError
from tests.sim import city
from tests.sim.broken import InvariantBrokenError

NAMES = DeviceNames(city.NAMES_KEY)


class RolloutBox:
    """A controller. ``connected`` and ``alive`` are what befalls it; ``refuses``: its taps count as refused."""

    def __init__(self, device: DeviceId, folder: Path) -> None:
        self.device = device
        self.connected = True
        self.alive = True
        self.refuses = False
        self.behind = 0
        """So many rounds in a row it was there and did not hold what the database says."""

        self._folder = folder
        self._life = 0
        self._highest = 0
        folder.mkdir()
        self.restart()

    @property
    def is_there(self) -> bool:
        """Tell whether it hears and speaks."""
        return self.connected and self.alive

    @property
    def held(self) -> HeldPolicy | None:
        """What is in force."""
        return self.cache.held

    @property
    def edition(self) -> tuple[int, datetime | None]:
        """Number and instant of issue of what is in force."""
        return (self.held.snapshot.version, self.held.snapshot.issued_at) if self.held else (0, None)

    def restart(self) -> None:
        """Begin a life: what was in force before is in force again."""
        before = self.edition if self._life else (0, None)
        self._life += 1
        self.cache = PolicyCache(self._folder, self.device, city.centre_key().public_key())
        self.cache.load()
        if self.edition != before:
            raise InvariantBrokenError("rollout", f"{self.device} held {before} and starts with {self.edition}")

    def birth(self, at: datetime) -> Message:
        """Say that it is there, and what it holds."""
        version, issued_at = self.edition
        born = DeviceBorn(
            device=self.device,
            session=f"s-{self._life}",
            epoch=1,
            first_seq=1,
            next_seq=1,
            pending=0,
            policy_version=version,
            software="sim",
            at=at,
            policy_issued_at=issued_at,
        )
        return Message("status", self.device, born.signed(city.device_key(self.device)).encoded())

    def will(self) -> Message:
        """What the broker says when its connection ends."""
        lost = DeviceLost(device=self.device, session=f"s-{self._life}")
        return Message("status", self.device, lost.signed(city.device_key(self.device)).encoded())

    def hear(self, pointer: bytes, post: PolicyPost, parts: PolicyParts, at: datetime) -> None:
        """Hear by what the centre stands, ask and take; what must not be taken is refused.

        Raises:
            InvariantBrokenError: a number fell.
        """
        try:
            self.cache.confirm(self.cache.read_pointer(pointer))
        except PolicyRefusedError:
            return
        version, issued_at = self.edition
        wanted = PolicyWanted(device=self.device, have_version=version, at=at, have_issued_at=issued_at)
        signed = wanted.signed(city.device_key(self.device)).encoded()
        offer = post.answer(Message("wanted", self.device, signed))
        parcel = parts.find(self.device, offer.digest) if isinstance(offer, PolicyOffer) else None
        if parcel is not None:
            self.take(parcel)

    def take(self, parcel: Parcel) -> None:
        """Take what was offered, if it may be taken."""
        self.cache.begin(parcel.offer)
        for number in range(parcel.offer.parts):
            self.cache.store(number, encode_part(parcel.offer.digest, number, parcel.packed)[36:])
        try:
            version = self.cache.take().snapshot.version
        except PolicyRefusedError:
            return
        if version < self._highest:
            raise InvariantBrokenError("I16", f"{self.device} holds {version} after {self._highest}")
        self._highest = version

    def verdicts(self, points: list[AccessPointId], cards: list[CredentialToken], at: datetime) -> list[Verdict]:
        """Decide every card at every point by what is in force."""
        assert self.held is not None
        return decide_all(self.held.snapshot, points, NAMES.of(self.device).name(cards), at)


def decide_all(
    policy: PolicySnapshot, points: list[AccessPointId], cards: list[CredentialToken], at: datetime
) -> list[Verdict]:
    """Decide every card at every point."""
    return [decide(policy, Tap(card, point, at, at)) for point, card in product(points, cards)]

"""What devices are to be told now, for both ways to them: signed, short-lived, told again until it is answered."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.commands import Command, DoorCommand, PersonPlace, PlacesTold
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.operations.access.declare_threat import DECLARED
from gateway.orders.place_mail import PLACE_AGE_MAX, PlaceMail
from gateway.orders.threat_post import ThreatPost
from store.commands import AskedCommand, list_waiting_commands
from store.devices import list_revoked_ids
from store.outbox import Notice
from store.tx import Store

COMMANDED = "door.commanded"
"""The outbox kind that rings: commands wait (``gateway.operations.access.command_doors``)."""


@dataclass(slots=True)
class CommandPost:
    """Where the relay says what was committed, and both transports ask what to tell; callable from any thread."""

    store: Store
    signing_key: Ed25519PrivateKey
    now: Callable[[], datetime]
    places: PlaceMail
    threats: ThreatPost = field(init=False)
    _bells: list[Callable[[], None]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.threats = ThreatPost(self.store, self.signing_key, self.now)

    def on_news(self, ring: Callable[[], None]) -> None:
        """Have ``ring`` called whenever there is something new to tell."""
        with self._lock:
            self._bells.append(ring)

    def hear(self, notice: Notice) -> None:
        """Take in what was committed."""
        if self.places.hear(notice) or notice.kind in {COMMANDED, DECLARED}:
            with self._lock:
                bells = list(self._bells)
            for ring in bells:
                ring()

    def load_waiting(self, device: DeviceId | None = None) -> list[AskedCommand]:
        """Give the commands that wait for an answer, of one device or of all; a revoked device is asked nothing."""
        with self.store.reading(self.now()) as tx:
            revoked = list_revoked_ids(tx)
            return [asked for asked in list_waiting_commands(tx, device_id=device) if asked.device_id not in revoked]

    def sign(self, asked: AskedCommand) -> DoorCommand:
        """Give a command as the device gets it; the same at each telling."""
        told = {
            "device": asked.device_id,
            "id": asked.id,
            "doors": asked.doors,
            "action": asked.action,
            "seconds": asked.seconds,
            "by": asked.issued_by,
            "issued_at": asked.issued_at,
            "expires_at": asked.expires_at,
        }
        return DoorCommand.model_validate(told).signed(self.signing_key)

    def sign_places(self, device: DeviceId, places: Iterable[PersonPlace]) -> PlacesTold:
        """Give places as the device gets them."""
        now = self.now()
        return PlacesTold(device=device, places=tuple(places), issued_at=now, expires_at=now + PLACE_AGE_MAX).signed(
            self.signing_key
        )

    def list_for(self, device: DeviceId) -> list[Command]:
        """Give everything that a device asking over HTTPS is to hear now."""
        told: list[Command] = [*self.threats.list_for(device)]
        told += [self.sign(asked) for asked in self.load_waiting(device)]
        places = self.places.recent(device)
        return [*told, self.sign_places(device, places)] if places else told


def open_command_post(context: GatewayContext, *, clock: Callable[[], float] = time.monotonic) -> CommandPost:
    """Give the command post of a gateway."""
    places = PlaceMail(context.site, context.now, clock=clock)
    return CommandPost(context.store, context.signing_key, context.now, places)

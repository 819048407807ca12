"""The site's threat level on its way to devices: told until it is answered, and again to one that was born since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.commands import ThreatTold
from domain.ids import DeviceId
from store.threats import DeviceAnswer, StoredThreat, list_answers, load_latest_threat
from store.tx import Store

TOLD_FOR = timedelta(seconds=30)
"""For so long one telling counts."""

BORN_WITHIN = timedelta(minutes=1)
"""A device that answered and was born since is told again for so long: its memory may be a new one."""


class ThreatErrand(NamedTuple):
    """A declaration that a device is to hear. ``key`` changes with the device's life; ``answered``: as a reminder."""

    device: DeviceId
    threat: StoredThreat
    key: str
    online: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class ThreatPost:
    """What devices are to be told of the threat level; callable from any thread."""

    store: Store
    signing_key: Ed25519PrivateKey
    now: Callable[[], datetime]

    def load_errands(self) -> list[ThreatErrand]:
        """Give the devices that the latest declaration has not reached, and those that may have forgotten it."""
        now = self.now()
        with self.store.reading(now) as tx:
            threat = load_latest_threat(tx)
            answers = list_answers(tx, threat.id) if threat else []
        if threat is None:
            return []
        return [_errand(threat, answer) for answer in answers if _is_owed(answer, now)]

    def sign(self, errand: ThreatErrand) -> ThreatTold:
        """Give the message."""
        threat, now = errand.threat, self.now()
        declared = threat.declaration
        return ThreatTold(
            device=errand.device,
            id=declared.id,
            level=declared.level,
            declared_at=declared.declared_at,
            until=declared.until,
            by=threat.asked_by,
            issued_at=now,
            expires_at=now + TOLD_FOR,
        ).signed(self.signing_key)

    def list_for(self, device: DeviceId) -> list[ThreatTold]:
        """Give what a device asking over HTTPS is to hear now."""
        return [self.sign(errand) for errand in self.load_errands() if errand.device == device]


def _is_owed(answer: DeviceAnswer, now: datetime) -> bool:
    if answer.answered_at is None:
        return True
    born_at = answer.heard_at if answer.online else None
    return born_at is not None and born_at > answer.answered_at and now - born_at <= BORN_WITHIN


def _errand(threat: StoredThreat, answer: DeviceAnswer) -> ThreatErrand:
    life = answer.heard_at.isoformat() if answer.heard_at else "never"
    key = f"{threat.id}/{answer.device_id}/{life}"
    return ThreatErrand(DeviceId(answer.device_id), threat, key, answer.online, answer.answered_at is not None)

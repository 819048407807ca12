"""What became of a message inside a transaction; the shell turns it into an answer once that has committed."""

from dataclasses import dataclass

from contract.batch import Batch
from contract.errors import Fault
from domain.access.watermark import Watermark
from domain.ids import DeviceId
from store.watermarks import JournalKey


@dataclass(frozen=True, slots=True)
class VerifiedBatch:
    """A batch whose chain and signature fit ``public_key`` (base64), with its hashes filled in."""

    batch: Batch
    public_key: str

    @property
    def journal(self) -> JournalKey:
        """The journal it extends."""
        return DeviceId(self.batch.header.device), self.batch.header.epoch


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer is a receipt: what is held of the journal once this commits. A repeat or a gap took no record."""

    device: DeviceId
    epoch: int
    watermark: Watermark
    records: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer is a rejection: nothing of the message was believed."""

    fault: Fault
    detail: str


Outcome = Taken | Refusal

FORGED = Refusal(Fault.forged, "chain or signature do not fit the device's key")
UNKNOWN_DEVICE = Refusal(Fault.unknown_device, "no device of this name is enrolled")
REVOKED_DEVICE = Refusal(Fault.revoked_device, "this device was revoked; enroll it anew")
KEY_REPLACED = Refusal(Fault.forged, "the device's key was replaced while this message was on its way")

"""The envelope: consecutive journal records of one device in one signed message.

Newline-delimited JSON: the first line is the header, each further line one record, byte for byte as the journal holds
it. The header is read and the chain checked before any body is looked at, so a record whose body is broken is still
identified by (device, epoch, seq) and can be quarantined without stopping what follows.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError

from contract.chain import chain_hashes
from contract.errors import Fault, MalformedMessageError, explain_envelope
from contract.fields import Epoch, HexDigest, Id, Seq
from contract.signatures import ForgedMessageError, SignedMessage
from domain.ids import DeviceId

RECORDS_MAX = 500
BYTES_MAX = 256 * 1024
Mode = Literal["live", "catch_up"]
"""``live``: taken down within the last seconds; ``catch_up``: from a backlog, and nothing may actuate on it."""


class BatchHeader(SignedMessage):
    """The first line. The signature covers it and, through ``head``, every record of the batch."""

    kind: Literal["journal.batch"] = "journal.batch"
    version: Literal[1] = 1
    device: Id
    epoch: Epoch
    first_seq: Seq
    count: Annotated[int, Field(ge=1, le=RECORDS_MAX)]
    mode: Mode
    previous: HexDigest
    head: HexDigest


@dataclass(frozen=True, slots=True)
class Batch:
    """A verified or still unverified batch: header, the records' lines, and their chain hashes once verified."""

    header: BatchHeader
    lines: tuple[bytes, ...]
    hashes: tuple[bytes, ...] = ()

    @property
    def last_seq(self) -> int:
        """The seq of the last record."""
        return self.header.first_seq + self.header.count - 1


def encode_batch(
    key: Ed25519PrivateKey,
    *,
    device: DeviceId,
    epoch: int,
    first_seq: int,
    previous: bytes,
    lines: list[bytes],
    mode: Mode,
) -> bytes:
    """Build and sign the envelope of ``lines``, the records first_seq, first_seq+1, …; gives its bytes."""
    header = BatchHeader(
        device=device,
        epoch=epoch,
        first_seq=first_seq,
        count=len(lines),
        mode=mode,
        previous=previous.hex(),
        head=chain_hashes(previous, lines)[-1].hex(),
    ).signed(key)
    return b"\n".join([header.encoded(), *lines])


def decode_batch(payload: bytes) -> Batch:
    """Read an envelope without looking into the records.

    Raises:
        MalformedMessageError: oversize, malformed or of a future version.
    """
    if len(payload) > BYTES_MAX:
        raise MalformedMessageError(Fault.oversize, f"{len(payload)} bytes; a batch holds at most {BYTES_MAX}")
    head, *lines = payload.split(b"\n")
    try:
        header = BatchHeader.model_validate_json(head, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "header") from None
    if len(lines) != header.count:
        raise MalformedMessageError(Fault.malformed, f"count says {header.count}, {len(lines)} records follow")
    return Batch(header, tuple(lines))


def verify_batch(batch: Batch, key: Ed25519PublicKey) -> Batch:
    """Check the chain and the signature; gives the batch with its records' hashes.

    Raises:
        ForgedMessageError: a record, the header or the signer is not what the signature covers.
    """
    header = batch.header
    hashes = chain_hashes(bytes.fromhex(header.previous), batch.lines)
    if hashes[-1].hex() != header.head:
        raise ForgedMessageError("the records do not hash to the head that was signed")
    header.require_signature(key)
    return Batch(header, batch.lines, tuple(hashes))

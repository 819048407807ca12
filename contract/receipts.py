"""What the centre answers: durable through here, or refused and why. Only a receipt ends the edge's duty."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from contract.errors import Fault, explain_envelope
from contract.fields import Epoch, HexDigest, Id, Instant, SeqOrZero, Words
from contract.signatures import SignedMessage


class Receipt(SignedMessage):
    """Records 1..upto_seq of (device, epoch) are committed at the centre, and their chain hash there is ``head``.

    Cumulative over the contiguous prefix only; ``upto_seq`` 0 says that nothing is held yet (head is hash(0)).
    """

    kind: Literal["journal.receipt"] = "journal.receipt"
    version: Literal[1] = 1
    device: Id
    epoch: Epoch
    upto_seq: SeqOrZero
    head: HexDigest
    issued_at: Instant


class Rejection(SignedMessage):
    """A batch was refused as a whole; the edge keeps its records, raises an alarm and slows down, but never loops."""

    kind: Literal["journal.rejection"] = "journal.rejection"
    version: Literal[1] = 1
    device: Id
    reason: Fault
    detail: Words
    issued_at: Instant


Answer = Receipt | Rejection
_ADAPTER: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="kind")])


def decode_answer(payload: bytes) -> Answer:
    """Read a receipt or a rejection; its signature is still to be checked.

    Raises:
        MalformedMessageError: neither of the two.
    """
    try:
        return _ADAPTER.validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "receipt") from None

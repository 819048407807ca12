"""Receipts and rejections, signed by the centre once what they speak of is committed."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.receipts import Receipt, Rejection
from domain.ids import DeviceId
from gateway.intake.outcomes import Refusal, Taken
from gateway.intake.plain_text import plain_text


def sign_receipt(taken: Taken, signing_key: Ed25519PrivateKey, issued_at: datetime) -> Receipt:
    """Give the signed receipt of what is held of a journal."""
    return Receipt(
        device=taken.device,
        epoch=taken.epoch,
        upto_seq=taken.watermark.upto_seq,
        head=taken.watermark.head.hex(),
        issued_at=issued_at,
    ).signed(signing_key)


def sign_rejection(
    device: DeviceId, refusal: Refusal, signing_key: Ed25519PrivateKey, issued_at: datetime
) -> Rejection:
    """Give the signed rejection of a message of ``device``."""
    return Rejection(
        device=device, reason=refusal.fault, detail=plain_text(refusal.detail), issued_at=issued_at
    ).signed(signing_key)

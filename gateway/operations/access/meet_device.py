"""Meet a box that introduces itself: the first on an invitation is kept for a person to decide, no other is."""

from datetime import timedelta
from typing import Literal

from contract.enrolment import EnrolRefused, EnrolRequest, is_proven
from domain.ids import DeviceId
from gateway.devices.enrol_token import hash_enrol_token
from gateway.site.certificates import read_request
from store.device_enrolments import DeviceEnrolment, claim_invited, save_fetched, save_newcomer
from store.devices import DeviceState, load_device
from store.outbox import Notice, insert_notices
from store.tx import Tx

FETCHED_AGAIN = timedelta(minutes=10)
"""So long a box may ask again for what it was given, for an answer may be lost; then the secret is worth nothing."""

Met = DeviceEnrolment | EnrolRefused | Literal["waiting"]


def meet_device(tx: Tx, message: EnrolRequest, *, address: str) -> Met:
    """Judge an introduction.

    Gives:
        the enrolment once a person admitted the box, ``"waiting"`` until then, or why not. A box that came in time
        may go on asking after its invitation ran out.
    """
    known = claim_invited(tx, hash_enrol_token(message.token))
    if known is None:
        return EnrolRefused(reason="unknown")
    if known.request is not None:
        return _meet_again(tx, known, message)
    if tx.now >= known.expires_at:
        return EnrolRefused(reason="expired")
    if known.outcome == "refused":
        return EnrolRefused(reason="refused")
    if not is_proven(message) or read_request(message.request) is None:
        return EnrolRefused(reason="unfit")
    save_newcomer(
        tx,
        known.id,
        request=message.request,
        device_key=message.device_key,
        software=message.software,
        address=address,
    )
    insert_notices(tx, [Notice("device.appeared", known.id, "{}")])
    return "waiting"


def _meet_again(tx: Tx, known: DeviceEnrolment, message: EnrolRequest) -> Met:
    if (known.request, known.device_key) != (message.request, message.device_key) or not is_proven(message):
        return EnrolRefused(reason="used")
    if known.outcome == "refused":
        return EnrolRefused(reason="refused")
    if known.outcome is None:
        return "waiting"
    device = load_device(tx, DeviceId(known.device_id or ""))
    if device is None or device.public_key != known.device_key or device.state is DeviceState.revoked:
        return EnrolRefused(reason="refused")
    if known.certificate is None:  # another authority has it to sign
        return "waiting"
    if known.fetched_at is not None and tx.now >= known.fetched_at + FETCHED_AGAIN:
        return EnrolRefused(reason="used")
    if known.fetched_at is None:
        save_fetched(tx, known.id)
        insert_notices(tx, [Notice("device.enrolled", known.id, "{}")])
    return known

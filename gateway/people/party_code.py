"""A booking's code: drawn before anybody has it, signed again each time it is shown, kept nowhere.

What is kept is what names it, as with visitors' codes (``gateway.people.visit_code``); this one opens again and again.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from contract.tokens import credential_token
from contract.visit_codes import CODE_ID_BYTES, VALID_MAX, VisitCode, encode_visit_code
from gateway.context import GatewayContext
from store.party_passes import DrawnCode, list_party_codes
from store.tx import Tx
from store.visitor_cards import CODE_TECHNOLOGY

_MINUTE = timedelta(minutes=1)


def draw_code(site_key: bytes, draw: Callable[[int], bytes]) -> DrawnCode:
    """Draw a code for a booking to come; ``draw`` gives so many random bytes."""
    code_id = draw(CODE_ID_BYTES)
    return DrawnCode(credential_token(site_key, CODE_TECHNOLOGY, code_id), code_id.hex())


def write_party_code(tx: Tx, context: GatewayContext, reservation_id: str) -> str | None:
    """Give the text of a reservation's code, to be shown as a QR; None where it has none that opens anything."""
    code = list_party_codes(tx, [reservation_id]).get(reservation_id)
    if code is None or not code.is_active or code.valid_from is None or code.valid_until is None:
        return None
    valid_from = _whole_minute(code.valid_from)
    valid_until = min(_whole_minute(code.valid_until + _MINUTE - timedelta.resolution), valid_from + VALID_MAX)
    signed = VisitCode(context.site.id, bytes.fromhex(code.code_id), valid_from, valid_until, again=True)
    return encode_visit_code(signed, context.signing_key)


def _whole_minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)

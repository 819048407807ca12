"""A visitor's one-time code: drawn for a visit, signed again each time it is shown, kept nowhere.

What is kept is what names it: the signature over it is always the same, and without the centre's key it makes no code.
"""

from datetime import UTC, datetime, timedelta

from contract.tokens import credential_token
from contract.visit_codes import CODE_ID_BYTES, VALID_MAX, VisitCode, encode_visit_code
from gateway.context import GatewayContext
from gateway.operations.access.receive_visitor import PassKind, WantedPass
from gateway.site.keys import ensure_site_key
from store.visitor_cards import CODE_TECHNOLOGY
from store.visits import GuestVisit

_MINUTE = timedelta(minutes=1)


def make_code_pass(context: GatewayContext, code_id: bytes) -> WantedPass:
    """Give the pass that a code will be; ``code_id``: CODE_ID_BYTES random bytes."""
    token = credential_token(ensure_site_key(context.settings.site_key_file), CODE_TECHNOLOGY, code_id)
    return WantedPass(PassKind.code, token, code_id.hex())


def write_visit_code(context: GatewayContext, visit: GuestVisit) -> str | None:
    """Give the code's text of a visitor who holds one now; it counts until the visit ends. None for another pass."""
    if visit.pass_kind != PassKind.code or visit.code_id is None or visit.passed_at is None:
        return None
    valid_from = _whole_minute(visit.passed_at)
    valid_until = min(_whole_minute(visit.valid_until + _MINUTE - timedelta.resolution), valid_from + VALID_MAX)
    code = VisitCode(context.site.id, bytes.fromhex(visit.code_id), valid_from, valid_until)
    return encode_visit_code(code, context.signing_key)


def _whole_minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


__all__ = ["CODE_ID_BYTES", "make_code_pass", "write_visit_code"]

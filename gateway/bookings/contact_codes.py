"""A code to a reservee's address, by the road of letters: drawn, kept as a keyed hash, sealed until it leaves."""

import hashlib
import hmac
import secrets

from contract.sealed_bytes import NONCE_BYTES
from contract.sealed_codes import seal_code
from domain.facilities.confirmation import CODE_DIGITS, ContactWay
from gateway.bookings.letters import write_code
from gateway.operations.facilities.confirm_contact import ask_code
from store.tx import Tx


def derive_code_key(site_key: bytes) -> bytes:
    """Give the key of the codes' hashes, derived of the site's for this purpose alone."""
    return hmac.new(site_key, b"sekisho/1 codes of reservees", hashlib.sha256).digest()


def send_contact_code(tx: Tx, site_key: bytes, reservee_id: str) -> None:
    """Send a code to a reservee's e-mail address.

    Raises:
        ReserveeFaultsError: there is no such address, or too many codes were sent.
    """
    code_id, code = secrets.token_hex(16), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    ask_code(tx, reservee_id, ContactWay.email, id_=code_id, code=code, key=derive_code_key(site_key))
    write_code(tx, reservee_id, code_id, seal_code(site_key, code_id, code, secrets.token_bytes(NONCE_BYTES)))

"""Visitors' and parties' QR codes: from a scanned line to a card, or to why not.

Whatever a scanner reads is written by whoever stands before it: the line is looked at by length and form before
anything is computed, only a code that the centre signed gives an identifier, and nothing of the line is kept or logged.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.errors import MalformedMessageError
from contract.signatures import ForgedMessageError
from contract.visit_codes import decode_visit_code
from readers.drivers.port import CardSeen, ReadTrouble

EVIDENCE = "code signed by the centre"
CODE_ASSURANCE = 1
"""A code proves its maker, not its bearer: a photograph of it is as good."""


class VisitCodeReader:
    """Reads codes of one site by the centre's key."""

    def __init__(self, site: str, centre_key: Ed25519PublicKey) -> None:
        """Make it for the site whose doors these are."""
        self._site = site
        self._centre_key = centre_key

    def read(self, reader: str, line: str, seen_mono: float) -> CardSeen | ReadTrouble:
        """Give the card that a scanned line is, or the trouble.

        ``garbled`` for what is no visit code, ``forged_code`` for one that the centre did not sign for this site.
        Whether it counts now and was not used before is the door's to decide, by ``once``; a code that opens again and
        again is to the door what a card is.
        """
        try:
            code = decode_visit_code(line, self._centre_key)
        except MalformedMessageError:
            return ReadTrouble(reader, "garbled")
        except ForgedMessageError:
            return ReadTrouble(reader, "forged_code")
        if code.site != self._site:
            return ReadTrouble(reader, "forged_code")
        once = None if code.again else (code.valid_from, code.valid_until)
        return CardSeen(reader, "qr", code.code_id, CODE_ASSURANCE, seen_mono, EVIDENCE, once)

"""Set a card's PIN, or the one that says that its holder is being forced. Only verifiers are kept.

The verifiers are made before the transaction opens (``contract.tokens.pin_verifier`` takes its time on purpose).
"""

import hmac
import re
from enum import StrEnum

from contract.tokens import PIN_PATTERN
from store.cards import (
    CardChange,
    Verifiers,
    insert_card_changes,
    load_desk_card,
    load_verifiers,
    save_verifiers,
)
from store.tx import Tx

_PIN = re.compile(PIN_PATTERN, re.ASCII)


class PinKind(StrEnum):
    """Which of a card's two PINs."""

    pin = "pin"
    duress_pin = "duress_pin"


class PinFault(StrEnum):
    """Why a PIN is not set."""

    not_digits = "not_digits"
    not_equal = "not_equal"
    same_as_other = "same_as_other"
    pin_first = "pin_first"
    no_card = "no_card"


def assess_pin(pin: str, again: str) -> PinFault | None:
    """Give what speaks against a new PIN by itself."""
    if _PIN.fullmatch(pin) is None:
        return PinFault.not_digits
    return PinFault.not_equal if pin != again else None


def set_pin(tx: Tx, token: str, kind: PinKind, verifier: str, *, person_id: str, by: str) -> PinFault | None:
    """Keep a PIN's verifier; gives why not, and then nothing is changed."""
    card, standing = load_desk_card(tx, token), load_verifiers(tx, token)
    if card is None or standing is None or card.person_id != person_id:
        return PinFault.no_card
    other = standing.duress if kind is PinKind.pin else standing.pin
    if other is None and kind is PinKind.duress_pin:
        return PinFault.pin_first
    if other is not None and hmac.compare_digest(other, verifier):
        return PinFault.same_as_other
    new = standing._replace(pin=verifier) if kind is PinKind.pin else standing._replace(duress=verifier)
    save_verifiers(tx, token, new)
    insert_card_changes(tx, [CardChange(tx.now, by, token, person_id, kind.value, card.label)])
    return None


def remove_pins(tx: Tx, token: str, *, person_id: str, by: str) -> bool:
    """Take both PINs away; False when the person has no such card."""
    card = load_desk_card(tx, token)
    if card is None or card.person_id != person_id:
        return False
    save_verifiers(tx, token, Verifiers(None, None))
    insert_card_changes(tx, [CardChange(tx.now, by, token, person_id, "pin_removed", card.label)])
    return True

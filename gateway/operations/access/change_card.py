"""Change what a card is worth at doors: its status, and what it is allowed. Who did it is written down with it."""

from domain.access.policy import CredentialStatus
from store.cards import (
    CardChange,
    DeskCard,
    insert_card_changes,
    load_desk_card,
    save_allowances,
    save_desk_status,
)
from store.tx import Tx


def change_status(tx: Tx, token: str, *, person_id: str, status: CredentialStatus, by: str) -> bool:
    """Set a card's status; False when the person has no such card."""
    card = _card_of(tx, token, person_id)
    if card is None:
        return False
    if card.status != status:
        save_desk_status(tx, token, status.value)
        _note(tx, card, by, "status", f"{card.label}: {card.status} → {status.value}")
    return True


def change_allowances(
    tx: Tx, token: str, *, person_id: str, escorted: bool, passback_exempt: bool, extended: bool, by: str
) -> bool:
    """Set what a card is allowed and needs; False when the person has no such card."""
    card = _card_of(tx, token, person_id)
    if card is None:
        return False
    wanted = {"escorted": escorted, "passback_exempt": passback_exempt, "extended": extended}
    differing = {name: value for name, value in wanted.items() if getattr(card, name) != value}
    if differing:
        save_allowances(tx, token, escorted=escorted, passback_exempt=passback_exempt, extended=extended)
        told = ", ".join(f"{'+' if value else '-'}{name}" for name, value in differing.items())
        _note(tx, card, by, "allowances", f"{card.label}: {told}")
    return True


def _card_of(tx: Tx, token: str, person_id: str) -> DeskCard | None:
    card = load_desk_card(tx, token)
    return card if card is not None and card.person_id == person_id else None


def _note(tx: Tx, card: DeskCard, by: str, kind: str, detail: str) -> None:
    insert_card_changes(tx, [CardChange(tx.now, by, card.token, card.person_id, kind, detail)])

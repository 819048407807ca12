"""Change what a card is worth at doors: its status, its place after another, and what it is allowed.

Who did it is written down with it.
"""

from domain.access.card_life import GONE_FROM_HOLDER, Actor, find_move
from domain.access.policy import CredentialStatus
from store.card_lives import save_replacement
from store.cards import (
    CardChange,
    DeskCard,
    insert_card_changes,
    load_desk_card,
    save_allowances,
    save_desk_status,
)
from store.tx import Tx

REASON_LENGTH_MAX = 200


class CardFaultError(Exception):
    """What was asked of a card cannot be: ``fault`` says why, and nothing was changed.

    ``no_move``: the card's life knows no such step; ``no_reason``: the step needs one; ``too_long``: the reason is;
    ``not_gone``: a card that may still be used cannot be replaced; ``replaced``: it was replaced already.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def change_status(
    tx: Tx,
    token: str,
    *,
    person_id: str,
    status: CredentialStatus,
    by: str,
    reason: str = "",
    actor: Actor = Actor.desk,
) -> bool:
    """Move a card to a status; False when the person has no such card. The status it has already is no move.

    Raises:
        CardFaultError: ``no_move``, ``no_reason`` or ``too_long``.
    """
    card = _card_of(tx, token, person_id)
    if card is None:
        return False
    if card.status == status:
        return True
    move = find_move(CredentialStatus(card.status), status, actor, replaced=card.replaced_by is not None)
    if move is None:
        raise CardFaultError("no_move")
    if move.needs_reason and not reason.strip():
        raise CardFaultError("no_reason")
    if len(reason) > REASON_LENGTH_MAX:
        raise CardFaultError("too_long")
    save_desk_status(tx, token, status.value)
    told = f"{card.label}: {card.status} → {status.value}"
    _note(tx, card, by, "status", f"{told} ({reason.strip()})" if reason.strip() else told)
    return True


def replace_card(tx: Tx, token: str, *, person_id: str, replaced: str, by: str) -> bool:
    """Write down that a card took the place of another of the same person; False when one of them is not theirs.

    Raises:
        CardFaultError: ``not_gone`` or ``replaced``.
    """
    card, former = _card_of(tx, token, person_id), _card_of(tx, replaced, person_id)
    if card is None or former is None or token == replaced:
        return False
    if (card.replaces, former.replaced_by) == (replaced, token):
        return True
    if card.replaces is not None or former.replaced_by is not None:
        raise CardFaultError("replaced")
    if CredentialStatus(former.status) not in GONE_FROM_HOLDER:
        raise CardFaultError("not_gone")
    save_replacement(tx, token, replaced)
    _note(tx, card, by, "replaced", f"{former.label} → {card.label}")
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

"""A person's cards as pages show them: with what the log knows of each, and the steps that its life allows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from contract.errors import MalformedMessageError
from contract.records import TapObserved, decode_record
from domain.access.card_life import GONE_FROM_HOLDER, Actor, Move, list_moves
from domain.access.policy import CredentialStatus
from domain.ids import PersonId
from store.cards import DeskCard, list_desk_cards
from store.records import load_last_tap_body
from store.tx import Tx

Allowance = Literal["escorted", "passback_exempt", "extended"]

QUICK = ("report_lost", "report_stolen")
"""Steps that have a button of their own: whoever asks for them is in a hurry."""

CARD_VIEW: Mapping[str, Any] = {"allowances": get_args(Allowance), "quick": QUICK}
"""What the template of a card needs besides the card."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, what may be done with it, and the labels of its neighbours in the chain of replacements.

    ``replaceable`` are the person's cards whose place it may have taken: token and label.
    """

    card: DeskCard
    moves: tuple[Move, ...]
    replaces: str
    replaced_by: str
    replaceable: tuple[tuple[str, str], ...]


def list_card_views(tx: Tx, person_id: str) -> list[CardView]:
    """Give a person's cards, those in use first."""
    cards = [_complete(tx, card) for card in list_desk_cards(tx, person_id)]
    labels = {card.token: card.label for card in cards}
    gone = [card for card in cards if card.replaced_by is None and CredentialStatus(card.status) in GONE_FROM_HOLDER]
    return [
        CardView(
            card,
            list_moves(CredentialStatus(card.status), Actor.desk, replaced=card.replaced_by is not None),
            labels.get(card.replaces or "", ""),
            labels.get(card.replaced_by or "", ""),
            tuple((each.token, each.label) for each in gone if each.token != card.token)
            if card.replaces is None and card.status == CredentialStatus.active
            else (),
        )
        for card in cards
    ]


def _complete(tx: Tx, card: DeskCard) -> DeskCard:
    """Add what the log knows of a card that was never enrolled here nor proven by a key: what it was tapped as."""
    body = load_last_tap_body(tx, PersonId(card.person_id), card.token) if card.technology is None else None
    if body is None:
        return card
    try:
        tap = decode_record(body)
    except MalformedMessageError:
        return card
    return replace(card, technology=tap.technology, assurance=tap.assurance) if isinstance(tap, TapObserved) else card

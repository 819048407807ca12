"""A person leaves: everything that opens, signs in or belongs to them ends at once, or on a day that is ordered.

The preview and the act look at the same things, so that what was confirmed is what is done.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.access.card_life import Actor, find_move
from domain.access.policy import CredentialStatus
from domain.access.rights import Subject, SubjectKind
from domain.civil import JST
from gateway.people.remaining import Remaining, list_remaining
from store.accounts import save_disabled
from store.cards import CardChange, DeskCard, insert_card_changes, list_desk_cards, save_desk_status
from store.groups import Member, end_member, list_persons_groups
from store.people import load_person
from store.posts import Post, end_post, list_posts
from store.rights import Grant, end_grants, list_grants
from store.staffing import StaffingOrder, insert_order, list_open_accounts, list_waiting_orders, save_left_on
from store.staffing import save_order_cancelled as save_cancelled
from store.tx import Tx

STILL_WANTED = frozenset((CredentialStatus.lost, CredentialStatus.stolen))
"""A leaver's card that is looked for stays so: it opens nothing, and whoever finds it is still to be noticed."""


class PersonFaultError(Exception):
    """A person cannot be ended so: ``fault`` says why, ``remaining`` what stands against it.

    ``no_person``, ``no_reason``, ``remains`` (something must be cleared or known first), ``past`` (the day is over).
    """

    def __init__(self, fault: str, remaining: tuple[Remaining, ...] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.remaining = remaining


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends with a person, and what remains with them."""

    cards: tuple[DeskCard, ...]
    grants: tuple[Grant, ...]
    posts: tuple[Post, ...]
    groups: tuple[Member, ...]
    logins: tuple[str, ...]
    remaining: tuple[Remaining, ...]

    @property
    def blocked(self) -> bool:
        """Tell whether something must be cleared, or known, before the person is ended at once."""
        return any(each.blocks for each in self.remaining)


def preview_end(tx: Tx, person_id: str) -> Ending:
    """Give what would end now."""
    today = tx.now.astimezone(JST).date()
    return Ending(
        tuple(card for card in list_desk_cards(tx, person_id) if _can_end(card)),
        tuple(list_grants(tx, [Subject(SubjectKind.person, person_id)])),
        tuple(each for each in list_posts(tx, person_id) if each.until_on is None or each.until_on >= today),
        tuple(each for each in list_persons_groups(tx, person_id) if each.until_on is None or each.until_on >= today),
        tuple(list_open_accounts(tx, person_id)),
        list_remaining(tx, person_id),
    )


def end_person(tx: Tx, person_id: str, *, by: str, reason: str, known: bool = False) -> Ending:
    """End everything of a person now; gives what ended. Doing it again ends what came since.

    Args:
        tx: the transaction.
        person_id: who leaves.
        by: the login of who does it.
        reason: why; with it every card and grant is ended.
        known: what remains was seen, and the person is ended in spite of it.

    Raises:
        PersonFaultError: ``no_person``, ``no_reason`` or ``remains``; nothing was changed.
    """
    standing = load_person(tx, person_id)
    if standing is None:
        raise PersonFaultError("no_person")
    if not reason.strip():
        raise PersonFaultError("no_reason")
    ending = preview_end(tx, person_id)
    if ending.blocked and not known:
        raise PersonFaultError("remains", ending.remaining)
    today = tx.now.astimezone(JST).date()
    for card in ending.cards:
        save_desk_status(tx, card.token, CredentialStatus.revoked.value)
    insert_card_changes(tx, [_change(tx, card, by, reason) for card in ending.cards])
    end_grants(tx, [grant.id for grant in ending.grants], by=by, reason=reason)
    for each in ending.posts:
        end_post(tx, each.id, today - timedelta(days=1), by=by, reason=reason)
    for member in ending.groups:
        end_member(tx, member.id, today - timedelta(days=1), by=by, reason=reason)
    for login in ending.logins:
        save_disabled(tx, login)
    for order in list_waiting_orders(tx, person_id):
        save_cancelled(tx, order.id, by=by)
    save_left_on(tx, person_id, today if standing.left_on is None else min(today, standing.left_on))
    return ending


def order_end(tx: Tx, order_id: str, person_id: str, *, last_on: date, by: str, reason: str) -> None:
    """Order that a person leaves after a day: doors shut by themselves when it is over, the rest follows then.

    Raises:
        PersonFaultError: ``no_person``, ``no_reason`` or ``past``; nothing was changed.
    """
    if load_person(tx, person_id) is None:
        raise PersonFaultError("no_person")
    if not reason.strip():
        raise PersonFaultError("no_reason")
    if last_on < tx.now.astimezone(JST).date():
        raise PersonFaultError("past")
    if insert_order(tx, StaffingOrder(order_id, "end", person_id, last_on, None, "", reason, by)):
        save_left_on(tx, person_id, last_on)


def _can_end(card: DeskCard) -> bool:
    status = CredentialStatus(card.status)
    return (
        status not in STILL_WANTED
        and find_move(status, CredentialStatus.revoked, Actor.desk, replaced=False) is not None
    )


def _change(tx: Tx, card: DeskCard, by: str, reason: str) -> CardChange:
    told = f"{card.label}: {card.status} → {CredentialStatus.revoked} ({reason})"
    return CardChange(tx.now, by, card.token, card.person_id, "status", told)

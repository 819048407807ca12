"""Who is handed what at a key cabinet: decided at the box itself, by the rights that it holds. Pure.

Its rows are asked in order, the first that objects gives the refusal. A card that may take nothing may still have
something to bring back: while what it had a right to is not in the box, the door opens for it and no hook is freed. So
does the tag of whatever belongs here, held to the box's own reader.
"""

from dataclasses import replace
from datetime import datetime

from domain.key_boxes import KeyBox, KeyHook
from domain.keys.cabinet import Asked, CabinetState, Caller, Offer, Refusal, Waiting, list_present

SECOND_SECONDS = 30.0
"""How long a second person is waited for."""


def ask_cabinet(
    box: KeyBox | None, state: CabinetState, caller: Caller, *, at: datetime, mono: float, stale: bool, shut: bool
) -> Asked:
    """Answer a card.

    Args:
        box: what hangs where; None while the controller has no policy for it.
        state: the cabinet.
        caller: whose card it is.
        at: when it was held to the box.
        mono: the same in monotonic seconds.
        stale: the centre was not heard for longer than the box may go without.
        shut: the threat level lets nobody through.
    """
    asked = Asked(caller.credential, caller.person)
    if box is None or stale:
        return replace(asked, refusal=Refusal.policy_stale)
    if shut:
        return replace(asked, refusal=Refusal.threat_level)
    if _is_taken_by_another(state, caller):
        return replace(asked, refusal=Refusal.cabinet_busy)
    if box.find_tag(caller.credential) is not None:
        return asked
    if caller.person is None:
        return replace(asked, refusal=Refusal.unknown_credential)
    if not caller.usable:
        return replace(asked, refusal=Refusal.card_unusable)
    if caller.assurance < box.minimum_assurance:
        return replace(asked, refusal=Refusal.assurance_too_low)
    return _hand_out(box, state, caller, at, mono)


def wait_for_second(state: CabinetState, asked: Asked, mono: float) -> CabinetState:
    """Note at once that somebody waits for a second person; any other answer ends the wait."""
    waits = asked.refusal is Refusal.two_person_waiting
    return replace(state, waiting=Waiting(asked, mono + SECOND_SECONDS) if waits else None)


def _hand_out(box: KeyBox, state: CabinetState, caller: Caller, at: datetime, mono: float) -> Asked:
    asked = Asked(caller.credential, caller.person)
    waiting = state.waiting
    if waiting is not None and mono < waiting.until_mono and _seconds(waiting, caller, at):
        # What hangs there is looked at again: it may have gone meanwhile.
        there = {(position, hook) for position, hook in list_present(box, state)}
        still = tuple(offer for offer in waiting.asked.offers if (offer.position, offer.hook) in there)
        if still:
            return replace(waiting.asked, refusal=None, offers=still, second=caller.credential)
    offers = _list_offers(box, state, caller, at)
    if any(offer.hook.two_person for offer in offers):
        return replace(asked, refusal=Refusal.two_person_waiting, offers=offers)
    return replace(asked, offers=offers) if offers else _answer_empty(box, state, caller, at)


def _seconds(waiting: Waiting, caller: Caller, at: datetime) -> bool:
    """Tell whether somebody may be the second person: another one, who may take something here now themselves."""
    return caller.person != waiting.asked.person and any(right.holds_at(at) for right in caller.rights)


def _list_offers(box: KeyBox, state: CabinetState, caller: Caller, at: datetime) -> tuple[Offer, ...]:
    """Give one thing for each right that holds; two rights to one key give two of its copies if both hang there."""
    free = list_present(box, state)
    offers: list[Offer] = []
    for right in sorted(caller.rights, key=lambda each: (each.from_at, each.entitlement)):
        found = next((each for each in free if each[1].target == right.target), None)
        if found is not None and right.holds_at(at):
            free.remove(found)
            offers.append(Offer(*found, right.entitlement))
    return tuple(sorted(offers, key=lambda offer: offer.position))


def _answer_empty(box: KeyBox, state: CabinetState, caller: Caller, at: datetime) -> Asked:
    """Answer somebody for whom nothing hangs there: let them bring back, or say the reason that helps most."""
    asked = Asked(caller.credential, caller.person)
    mine = [right for right in caller.rights if any(hook.target == right.target for hook in box.hooks)]
    begun = {right.target for right in mine if right.from_at <= at}
    if begun & {hook.target for hook in _list_missing(box, state)}:
        return asked
    if any(right.holds_at(at) for right in mine):
        return replace(asked, refusal=Refusal.key_not_here)
    if any(right.from_at > at for right in mine):
        return replace(asked, refusal=Refusal.key_too_early)
    return replace(asked, refusal=Refusal.key_right_over if mine else Refusal.no_key_right)


def _list_missing(box: KeyBox, state: CabinetState) -> list[KeyHook]:
    """Give what is at home in the box and hangs nowhere in it, as far as every hook has spoken that could hold it."""
    present = {hook for _, hook in list_present(box, state)}
    return [hook for hook in box.hooks if hook not in present and hook.position in state.hooks]


def _is_taken_by_another(state: CabinetState, caller: Caller) -> bool:
    session = state.session
    return (
        session is not None
        and bool(state.is_open)
        and session.asked.credential != caller.credential
        and session.asked.person != caller.person
    )

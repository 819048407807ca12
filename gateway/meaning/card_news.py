"""What live taps tell of cards: the card that a desk waits for, and which key proved each that was proven by one."""

import json
import re
from collections.abc import Collection, Sequence

from contract.records import TapObserved
from domain.access.card_life import REASSIGNABLE
from domain.access.policy import CredentialStatus
from gateway.meaning.key_tags import follow_key_taps
from gateway.meaning.visitor_cards import hand_over_card, take_back_cards
from store.card_lives import save_card_holder
from store.cards import CardChange, Sighting, insert_card, insert_card_changes, load_desk_card, save_sightings
from store.enrolments import Enrolment, Outcome, end_enrolment, list_waiting_enrolments
from store.keys import is_tag_taken
from store.outbox import Notice
from store.tx import Tx

EARLY_SECONDS_MAX = 2
"""A controller's clock may lie so far behind ours: a card tapped earlier than this before the desk asked is not it."""

UNFIT = frozenset(("qr",))
"""Technologies that are nobody's card to keep: a code for one time. A key's tag is none either."""

_KEY = re.compile(r"^(?P<chip>.{1,40}?) key (?P<version>[0-9]{1,9})\b")


def follow_cards(tx: Tx, taps: Sequence[TapObserved], *, desk_readers: Collection[str] = ()) -> list[Notice]:
    """Give the card that came to whoever waits for one, and keep what proved cards; gives what is to be told.

    A visitor's card or a key's tag that is held to one of ``desk_readers`` is given back, and a card completes the loan
    that waits there.
    """
    if not taps:
        return []
    waiting = list_waiting_enrolments(tx, {tap.reader for tap in taps})
    notices: list[Notice] = []
    for tap in taps:
        asked = waiting.get(tap.reader)
        if asked is not None and (asked.asked_at - tap.at).total_seconds() <= EARLY_SECONDS_MAX:
            del waiting[tap.reader]
            notices.append(_take_card(tx, asked, tap))
    take_back_cards(tx, taps, desk_readers)
    follow_key_taps(tx, taps, desk_readers)
    save_sightings(tx, list({tap.credential: _sight(tap) for tap in taps if tap.evidence}.values()))
    return notices


def _take_card(tx: Tx, asked: Enrolment, tap: TapObserved) -> Notice:
    outcome = Outcome.belongs
    if tap.assurance < 1 or tap.technology in UNFIT or is_tag_taken(tx, tap.credential):
        outcome = Outcome.unfit
    elif (handed := hand_over_card(tx, asked, tap.credential)) is not None:
        outcome = handed
    elif insert_card(tx, tap.credential, asked.person_id, asked.label) or _pass_on(tx, tap.credential, asked):
        outcome = Outcome.enrolled
        detail = f"{asked.label}: {tap.technology}, assurance {tap.assurance}, {asked.reader_id}"
        change = CardChange(tx.now, asked.asked_by, tap.credential, asked.person_id, "enrolled", detail)
        insert_card_changes(tx, [change])
        save_sightings(tx, [_sight(tap)])
    end_enrolment(tx, asked.id, outcome, tap.credential)
    return Notice(f"card.{outcome.value}", asked.id, json.dumps({"reader": asked.reader_id}))


def _pass_on(tx: Tx, token: str, asked: Enrolment) -> bool:
    """Give a card that was handed back to the next person; any other stays whose it is."""
    card = load_desk_card(tx, token)
    if card is None or CredentialStatus(card.status) not in REASSIGNABLE or card.replaced_by is not None:
        return False
    save_card_holder(tx, token, asked.person_id, asked.label, CredentialStatus.active.value)
    return True


def _sight(tap: TapObserved) -> Sighting:
    told = _KEY.match(tap.evidence)
    chip, version = (told["chip"], int(told["version"])) if told else (None, None)
    return Sighting(tap.credential, tap.technology, tap.assurance, chip, version)

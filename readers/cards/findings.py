"""What lies on a desk's reader: its kind, how much it can ever prove, whether it is ours, and what to do with it.

Nothing is proven or changed by looking, and nothing is read that concerns a person.
"""

from dataclasses import dataclass, field
from typing import Literal

from readers.cards.desfire import DesfireSettings
from readers.cards.desfire_inspect import DesfireInspection, inspect_desfire
from readers.cards.felica_systems import LITE_S
from readers.cards.lite_s_inspect import Inspection as FelicaInspection
from readers.cards.lite_s_inspect import inspect_card
from readers.cards.port import CardChannel, RefusedCardError
from readers.cards.type_a_uid import is_random_uid

UNREGISTERED = DesfireSettings(aid="ffffff")
"""Looked for where a desk has no application of its own; nobody's card has it."""

Advice = Literal["issue", "rekey", "none", "number_only", "not_usable"]
"""``issue`` it is blank, or was torn away while it was issued; ``rekey`` it was torn away while it was re-keyed;
``none`` it is ours and complete; ``number_only`` it can be enrolled by its number, which proves nothing; ``not_usable``
its number changes or is another's claim, or it cannot be made ours any more."""


@dataclass(frozen=True, slots=True)
class Findings:
    """One card. ``technology`` is what a door would know it by; ``assurance`` what it can reach at most, 0 to 3.

    ``key_version`` is what it says of our keys, None if it has none of ours. ``identifier`` is for a person who asks
    for it at the desk; it is no part of the text form.
    """

    technology: str
    chip: str
    assurance: int
    advice: Advice
    key_version: int | None = None
    identifier: bytes = field(default=b"", repr=False)


def find_out(channel: CardChannel, desfire: DesfireSettings | None) -> Findings:
    """Look at a card.

    Args:
        channel: the card.
        desfire: our application, where the desk has one.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
    """
    number = channel.identifier
    match channel.family:
        case "felica":
            try:
                return _felica(inspect_card(channel))
            except RefusedCardError as refused:
                if refused.cause == "unsupported":
                    chip = "FeliCa (the reader passes no frames on)"
                    return Findings("felica_idm", chip, 1, "number_only", identifier=number)
                return Findings("-", f"FeliCa ({refused.cause})", 0, "not_usable", identifier=number)
        case "type_a":
            if (found := inspect_desfire(channel, desfire or UNREGISTERED)) is not None:
                return _desfire(found, number, privacy=bool(desfire and desfire.privacy))
            if is_random_uid(number):
                return Findings("-", "ISO/IEC 14443 Type A (random_id)", 0, "not_usable", identifier=number)
            return Findings("iso14443_uid", "ISO/IEC 14443 Type A", 1, "number_only", identifier=number)
        case "type_b":
            return Findings("jpki", "ISO/IEC 14443 Type B", 1, "number_only", identifier=number)
        case "contact":
            return Findings("-", "ISO/IEC 7816", 0, "not_usable")


def _felica(found: FelicaInspection) -> Findings:
    systems = " ".join(f"{code:04X}" for code in found.systems)
    if not found.is_lite_s:
        chip = "FeliCa Lite" if LITE_S in found.systems else "FeliCa"
        return Findings("felica_idm", f"{chip} ({systems})", 1, "number_only", identifier=found.identifier)
    chip = f"FeliCa Lite-S ({systems}; {found.writes_left} writes left)"
    if not found.key_version:
        is_closed = bool(found.is_final)
        advice: Advice = "not_usable" if is_closed else "issue"
        return Findings("felica_lite_s", chip, 1 if is_closed else 3, advice, identifier=found.identifier)
    advice = "none" if found.key_by_mac and found.state_by_mac else "issue"
    return Findings("felica_lite_s", chip, 3, advice, found.key_version, found.identifier)


def _desfire(found: DesfireInspection, number: bytes, *, privacy: bool) -> Findings:
    chip = f"DESFire {found.generation} {found.memory_bytes} B"
    if is_random_uid(number) and not privacy:
        return Findings("desfire", f"{chip} (random_id)", 0, "not_usable", identifier=number)
    if not found.is_ours:
        return Findings("desfire", chip, 3, "issue", identifier=number)
    versions = [version for _, version in found.key_versions]
    master = versions[0]  # is changed last: a card in the middle still says its old version there
    is_complete = bool(master) and set(versions) == {master}
    advice: Advice = "none" if is_complete else "rekey" if master else "issue"
    return Findings("desfire", chip, 3, advice, master or None, number)

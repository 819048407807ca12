"""FeliCa Lite-S cards under per-card keys: internal authentication (assurance 2) or mutual authentication (3).

*Internal*: the card proves by a MAC under our challenge that it holds its key. Two exchanges, nothing is written.
*Mutual*: the reader proves itself too, by a write to the card's state that the card takes only with a MAC. Four
exchanges; each counts in the card's write counter, which warns from 10,000 writes on (evidence ``worn``). A card whose
issue was not finalised takes some 500 writes in all: use mutual authentication with finalised cards.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from readers.cards.felica_frames import CommandRefusedError
from readers.cards.felica_systems import LITE_S
from readers.cards.lite_s_exchange import (
    LiteSCard,
    RandomBytes,
    authenticate_reader,
    claim_card,
    derive_card_key,
    find_lite_s,
    prove_claim,
)
from readers.cards.port import CardChannel, CardReading, NotGenuineError
from readers.keys.port import KeyProvider

Authentication = Literal["internal", "mutual"]

_ASSURANCE: dict[Authentication, int] = {"internal": 2, "mutual": 3}


@dataclass(frozen=True, slots=True)
class FelicaLiteS:
    """Knows Lite-S cards by their IDm, once proven; see :class:`~readers.cards.port.CardTechnology`.

    ``label`` and the card's own key version name the master; versions that are not in ``versions`` are not accepted.
    """

    keys: KeyProvider
    label: str
    versions: Collection[int]
    authentication: Authentication = "mutual"
    random_bytes: RandomBytes = os.urandom

    @property
    def systems(self) -> tuple[int, ...]:
        """The system of FeliCa Lite and Lite-S."""
        return (LITE_S,)

    def read(self, channel: CardChannel) -> CardReading | None:
        """Have the card prove itself.

        Every card that answers as Lite-S is taken at its word: with another site's key, no key or an old key it is not
        genuine here, and its number is not used.

        Raises:
            NotGenuineError: it could not prove itself; the text says at which step.
            RefusedCardError: a phone's emulation claims the number, or another card answered.
            CardLeftError, GarbledAnswerError: nothing is known of it.
            KeyUnavailableError: the master of its key version cannot be used.
            ReaderError: it was the reader that failed.
        """
        card = find_lite_s(channel)
        if card is None:
            return None
        try:
            return self._prove(card)
        except CommandRefusedError as refused:
            raise NotGenuineError(f"the card refused a step of its proof: {refused}") from None

    def _prove(self, card: LiteSCard) -> CardReading:
        claim = claim_card(card, self.random_bytes)
        version = claim.key_version
        if version not in self.versions:
            raise NotGenuineError("the card's key version is not accepted")
        session_key = prove_claim(claim, derive_card_key(self.keys, self.label, version, card.identifier))
        if session_key is None:
            raise NotGenuineError("the card's MAC is wrong")
        worn = ""
        if self.authentication == "mutual" and authenticate_reader(card, claim, session_key) == "worn":
            worn = " worn"
        evidence = f"lite-s {self.authentication} key {version}{worn}"
        return CardReading("felica_lite_s", card.identifier, _ASSURANCE[self.authentication], evidence)

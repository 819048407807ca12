"""FeliCa Lite-S cards at the desk; see :mod:`readers.cards.desk`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from contract.technologies import KeyedTechnology
from readers.cards.desk import DeskRefusedError, Rekeyed
from readers.cards.felica_commands import read_blocks
from readers.cards.felica_frames import CommandRefusedError
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.lite_s_exchange import CKV, READ_SERVICE, find_lite_s
from readers.cards.lite_s_inspect import IssueRefusedError
from readers.cards.lite_s_issue import issue_card, rekey_card
from readers.cards.port import CardChannel, CardReading, NotGenuineError
from readers.keys.labels import master_label
from readers.keys.port import KeyProvider, KeyUnavailableError


@dataclass(frozen=True, slots=True)
class LiteSAtDesk:
    """Cards under masters called ``label``; ``finalise`` locks a card's configuration for ever when it is issued."""

    label: str
    keys: KeyProvider
    finalise: bool = False

    @property
    def technology(self) -> KeyedTechnology:
        """``felica_lite_s``."""
        return "felica_lite_s"

    def masters(self, version: int) -> tuple[str, ...]:
        """Give the label of the cards' one master."""
        return (master_label(self.label, version),)

    def issue(self, channel: CardChannel, version: int) -> CardReading:
        """Make a blank card one of ours; see :class:`~readers.cards.desk.DeskTechnology`."""
        with _refusals():
            issue_card(channel, self.keys, self.label, version, finalise=self.finalise)
            return self._proven(channel, version)

    def rekey(self, channel: CardChannel, version: int, known: Sequence[int]) -> Rekeyed:
        """Give a card of ours the keys of ``version``; see :class:`~readers.cards.desk.DeskTechnology`.

        A card torn between version and key says the new version under the old key, and not which that was: the
        ``known`` versions are tried. Trying changes nothing.
        """
        with _refusals():
            carried = _carried_version(channel)
            if carried != version:
                rekey_card(channel, self.keys, self.label, carried, version)
                return Rekeyed(self._proven(channel, version), changed=True)
            try:
                return Rekeyed(self._proven(channel, version), changed=False)
            except NotGenuineError:
                self._complete(channel, version, known)
                return Rekeyed(self._proven(channel, version), changed=True)

    def _complete(self, channel: CardChannel, version: int, known: Sequence[int]) -> None:
        missing: KeyUnavailableError | None = None
        for older in known:
            try:
                rekey_card(channel, self.keys, self.label, older, version)
            except KeyUnavailableError as error:
                missing = error
            except NotGenuineError:
                continue
            else:
                return
        if missing is not None:
            raise missing
        raise NotGenuineError(f"it says key version {version} and holds the key of none that it may have had")

    def _proven(self, channel: CardChannel, version: int) -> CardReading:
        reading = FelicaLiteS(self.keys, self.label, (version,), "internal").read(channel)
        if reading is None:
            raise NotGenuineError("it is no Lite-S card any more")
        return reading


def _carried_version(channel: CardChannel) -> int:
    """Give the key version that the card says, which nothing proves yet."""
    card = find_lite_s(channel)
    if card is not None:
        with suppress(CommandRefusedError):  # by a FeliCa Lite, which has no such version
            (said,) = read_blocks(channel, card.idm, READ_SERVICE, (CKV,))
            if version := int.from_bytes(said[:2], "little"):
                return version
    raise DeskRefusedError("発行済みの FeliCa Lite-S ではありません / not a FeliCa Lite-S card that was issued here")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except IssueRefusedError as error:
        raise DeskRefusedError(str(error)) from None
    except CommandRefusedError as error:
        raise NotGenuineError(f"the card refused a step: {error}") from None

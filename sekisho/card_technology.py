"""From a desk's settings to the technology it works with, its masters asked for before any card is."""

from contract.technologies import KeyedTechnology
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.desk import DeskTechnology
from readers.cards.desk_desfire import DesfireAtDesk
from readers.cards.desk_lite_s import LiteSAtDesk
from readers.keys.open import open_keys
from readers.keys.port import INPUT_BYTES_MIN, KeyProvider
from sekisho.card_refusals import WrongInputError
from sekisho.card_settings import DeskSettings


def open_technology(
    settings: DeskSettings, technology: KeyedTechnology, version: int, *, finalise: bool = False
) -> DeskTechnology:
    """Give the technology, with keys of ``version`` known to be there.

    Args:
        settings: the desk's.
        technology: which one.
        version: the version that cards are to carry.
        finalise: lock FeliCa Lite-S cards for ever.

    Raises:
        WrongInputError: a section is missing or does not fit the desk, or the technology knows no finalising.
        KeyUnavailableError: a master of the version cannot be used.
    """
    keys = open_keys(settings.keys)
    if keys is None:
        raise WrongInputError("設定 keys: 親鍵の場所が必要です / setting keys: expected where the masters are")
    desk = _technology(settings, technology, keys, finalise=finalise)
    for label in desk.masters(version):
        keys.derive(label, bytes(INPUT_BYTES_MIN))
    return desk


def _technology(
    settings: DeskSettings, technology: KeyedTechnology, keys: KeyProvider, *, finalise: bool
) -> DeskTechnology:
    match technology:
        case "desfire":
            if settings.cards.desfire is None:
                raise _missing("cards.desfire")
            if finalise:
                raise WrongInputError("--finalise は FeliCa Lite-S だけです / --finalise is for felica_lite_s alone")
            try:
                DesfireDesk(settings.cards.desfire, keys)
            except ValueError as error:
                raise WrongInputError(f"設定 cards.desfire / setting cards.desfire: {error}") from None
            return DesfireAtDesk(settings.cards.desfire, keys)
        case "felica_lite_s":
            if settings.cards.lite_s is None:
                raise _missing("cards.lite_s")
            return LiteSAtDesk(settings.cards.lite_s.label, keys, finalise=finalise)


def _missing(section: str) -> WrongInputError:
    return WrongInputError(f"設定 {section} がありません / setting {section}: expected a section [{section}]")

"""The software DESFire as another implementation sees it: python-desfire, which knows EV1's AES sessions.

Our reader and our card could misread the standard alike; this reader is somebody else's.
"""

import pytest
from desfire import DESFire, DESFireKey
from desfire.devices.base import Device
from desfire.enums import DESFireKeySettings, DESFireKeyType
from desfire.exceptions import DESFireCommunicationError
from desfire.schemas import KeySettings

from emulation.desfire_card import DesfireCard
from emulation.desfire_memory import Application, File
from readers.cards.desfire import Desfire
from tests.readers.cards.desk import SETTINGS, UID, SiteKeys, issued_card, laid_down

AID = list(SETTINGS.application)
NEW_KEY, OTHER_KEY = bytes(range(16)), bytes(range(16, 32))


class Wrapping(Device):
    """Passes python-desfire's native frames on in ISO 7816 wrapping."""

    def __init__(self, card: DesfireCard) -> None:
        self._card = card

    def transceive(self, frame: list[int]) -> list[int]:
        body = bytes(frame[1:])
        answer = self._card.answer(
            bytes((0x90, frame[0], 0, 0)) + (bytes((len(body),)) + body if body else b"") + b"\0"
        )
        return [answer[-1], *answer[:-2]]


def aes_key(key: bytes) -> DESFireKey:
    return DESFireKey(KeySettings(key_type=DESFireKeyType.DF_KEY_AES), list(key))


def test_it_creates_an_application_changes_its_keys_and_reads_the_uid() -> None:
    card = DesfireCard(UID, random_id=True)
    reader = DESFire(Wrapping(card))
    reader.authenticate(0, aes_key(bytes(16)))
    rights = [DESFireKeySettings.KS_ALLOW_CHANGE_MK, DESFireKeySettings.KS_LISTING_WITHOUT_MK]
    reader.create_application(AID, KeySettings(key_type=DESFireKeyType.DF_KEY_AES, settings=rights), 2)
    reader.select_application(AID)
    assert reader.get_key_version(1) == 0
    reader.authenticate(0, aes_key(bytes(16)))
    reader.change_key(1, aes_key(bytes(16)), aes_key(NEW_KEY), 5)
    assert reader.get_key_version(1) == 5
    reader.change_key(0, aes_key(bytes(16)), aes_key(OTHER_KEY), 6)
    assert card.applications[bytes(AID)].keys == [(OTHER_KEY, 6), (NEW_KEY, 5)]
    reader.authenticate(1, aes_key(NEW_KEY))
    assert bytes(reader.get_real_uid()) == UID
    assert reader.get_key_setting().max_keys == 2
    with pytest.raises(DESFireCommunicationError):
        reader.authenticate(0, aes_key(NEW_KEY))


def test_it_reads_our_issued_card_and_files_in_every_mode() -> None:
    settings = SETTINGS.model_copy(update={"protocol": "ev1"})
    card, keys = issued_card(settings), SiteKeys()
    application = card.applications[settings.application]
    application.files |= {mode: File(mode, 0x1000, bytearray(b"0012345678901234567")) for mode in (1, 3)}
    reader = DESFire(Wrapping(card))
    reader.select_application(AID)
    key = keys.derive("desfire-2", settings.diversifier(UID))
    reader.authenticate(1, aes_key(key))
    assert bytes(reader.get_real_uid()) == UID
    for mode in (1, 3):
        settings_of_file = reader.get_file_settings(mode)
        settings_of_file.file_size = 19
        assert bytes(reader.read_file_data(mode, settings_of_file)) == b"0012345678901234567"


def test_a_card_that_it_issued_is_read_by_our_door() -> None:
    keys = SiteKeys()
    settings = SETTINGS.model_copy(update={"protocol": "ev1"})
    card = DesfireCard(UID, {settings.application: Application([(bytes(16), 0)] * 2)})
    reader = DESFire(Wrapping(card))
    reader.select_application(AID)
    reader.authenticate(0, aes_key(bytes(16)))
    reader.change_key(1, aes_key(bytes(16)), aes_key(keys.derive("desfire-2", settings.diversifier(UID))), 2)
    reading = Desfire(settings, keys).read(laid_down(card))
    assert reading is not None
    assert (reading.identifier, reading.assurance) == (UID, 3)

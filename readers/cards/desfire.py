"""MIFARE DESFire EV1, EV2 and EV3: card and reader authenticate each other under a key of this one card. Assurance 3.

The card's key comes from the master of the key's version by AN10922 over

    UID (7 bytes) ‖ application (3 bytes, as the card gets them) ‖ system (6 to 21 characters)

so that one opened card gives one card's key. A card with random ID does not tell its UID before it is authenticated. It
therefore carries a second, fleet-wide *privacy key* (AN10922 over seven zero bytes ‖ application ‖ system) that opens a
session to ask the UID in; who steals that key can follow cards and can neither make nor imitate one, for the card's own
key is proven all the same. A fleet-wide key as the proof itself is not offered: one opened card would make every other.
"""

import os
from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from readers.cards.answer_to_reset import is_storage_card
from readers.cards.desfire_messaging import DesfireProtocol, Session, authenticate
from readers.cards.desfire_status import native_data
from readers.cards.iso_apdu import NATIVE_SUCCESS, exchange_native
from readers.cards.port import CardChannel, CardReading, GarbledAnswerError, NotGenuineError, RefusedCardError
from readers.cards.type_a_uid import is_random_uid
from readers.keys.port import KeyProvider

ASSURANCE = 3
UID_BYTES = 7
FILE_BYTES_MAX = 32
"""What is asked of a file must fit one enciphered frame."""

_SELECT, _GET_KEY_VERSION, _GET_CARD_UID, _READ_DATA = 0x5A, 0x64, 0x51, 0xBD

KeyNumber = Annotated[int, Field(ge=1, le=13)]
KeyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
KeyVersion = Annotated[int, Field(ge=1, le=255)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DesfireFile(_Section):
    """A file whose content is the identifier, in place of the UID: its number, where in it, and how it travels."""

    number: Annotated[int, Field(ge=0, le=31)]
    offset: Annotated[int, Field(ge=0, le=8191)] = 0
    length: Annotated[int, Field(ge=4, le=FILE_BYTES_MAX)]
    communication: Literal["mac", "full"] = "full"


class DesfirePrivacyKey(_Section):
    """The key that only opens a session to ask for the UID in: its number, and the name of its master."""

    number: KeyNumber
    label: KeyName


class DesfireSettings(_Section):
    """How our application on a card looks.

    ``aid`` is the application in hexadecimal, in the order in which the card gets the bytes. ``key_number`` is the key
    that doors prove; it is not 0, the application's master key, for whoever holds that can change every key. ``label``
    names its masters: version 2 is ``label-2``. ``versions`` are the key versions that are accepted, newest first; 0 is
    the transport key of a card that nobody has issued.
    """

    aid: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{6}$")]
    key_number: KeyNumber = 1
    label: KeyName = "desfire"
    versions: Annotated[tuple[KeyVersion, ...], Field(min_length=1, max_length=8)] = (1,)
    protocol: DesfireProtocol = "ev2"
    system: Annotated[str, Field(pattern=r"^[\x21-\x7e]{6,21}$")] = "sekisho"
    privacy: DesfirePrivacyKey | None = None
    file: DesfireFile | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.application == bytes(3):
            raise ValueError("aid: 000000 はカード全体です。自社のアプリケーション番号を / 000000 is the card itself")
        if len(set(self.versions)) != len(self.versions):
            raise ValueError("versions: 同じ版が二度あります / a version is there twice")
        if self.privacy and (self.privacy.number == self.key_number or self.privacy.label == self.label):
            raise ValueError("privacy: 番号と名前は鍵と別に / expected a number and a label other than the key's own")
        return self

    @property
    def application(self) -> bytes:
        """The application's three bytes, as they go to the card."""
        return bytes.fromhex(self.aid)

    def diversifier(self, uid: bytes) -> bytes:
        """Give what AN10922 makes one card's key of (see the module), 16 to 31 bytes."""
        return uid + self.application + self.system.encode("ascii")

    @property
    def fleet_diversifier(self) -> bytes:
        """The same for the privacy key, which all cards share."""
        return self.diversifier(bytes(UID_BYTES))


class Desfire:
    """Knows cards that carry our application; see :class:`~readers.cards.port.CardTechnology`."""

    def __init__(
        self, settings: DesfireSettings, keys: KeyProvider, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        """Take what our application looks like, where keys come from, what the reader's challenges are drawn from."""
        self._settings = settings
        self._keys = keys
        self._random_bytes = random_bytes

    def read(self, channel: CardChannel) -> CardReading | None:
        """Prove the card and give its real UID, or its file; None if our application is not on it.

        Raises:
            NotGenuineError: the application is there and the card cannot prove its key, or its numbers disagree.
            RefusedCardError: the card has a random ID (or the stack told no UID), and there is no privacy key.
            CardLeftError, GarbledAnswerError, ReaderError: nothing is known of it.
            KeyUnavailableError: the master of its key version cannot be used.
        """
        if channel.family != "type_a" or is_storage_card(channel.answer_to_reset):
            return None
        if not select_application(channel, self._settings.application):
            return None
        version = self._accepted_version(channel, self._settings.key_number)
        uid = channel.identifier
        if len(uid) != UID_BYTES:
            uid = self._ask_uid_in_private(channel)
        key = self._keys.derive(f"{self._settings.label}-{version}", self._settings.diversifier(uid))
        session = authenticate(channel, self._settings.protocol, self._settings.key_number, key, self._random_bytes)
        if read_card_uid(session) != uid:
            raise NotGenuineError("the card's UID under its key is not the one that it was found by")
        file = self._settings.file
        identifier = uid if file is None else read_file(session, file)
        return CardReading("desfire", identifier, ASSURANCE, f"desfire {self._settings.protocol} key {version}")

    def _ask_uid_in_private(self, channel: CardChannel) -> bytes:
        privacy = self._settings.privacy
        if privacy is None:
            raise RefusedCardError("random_id" if is_random_uid(channel.identifier) else "unsupported")
        version = self._accepted_version(channel, privacy.number)
        key = self._keys.derive(f"{privacy.label}-{version}", self._settings.fleet_diversifier)
        return read_card_uid(authenticate(channel, self._settings.protocol, privacy.number, key, self._random_bytes))

    def _accepted_version(self, channel: CardChannel, key_number: int) -> int:
        version = read_key_version(channel, key_number)
        if version not in self._settings.versions:
            raise NotGenuineError(f"key {key_number} has version {version}, which is not accepted")
        return version


def select_application(channel: CardChannel, application: bytes) -> bool:
    """Select an application (5A) and tell whether it is there; a card of another make has none of ours.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
    """
    return exchange_native(channel, _SELECT, application).status == NATIVE_SUCCESS


def read_key_version(channel: CardChannel, key_number: int) -> int:
    """Give the version (0–255) that the selected application says a key has (64); nothing proves it.

    To be asked before any authentication: inside a session the card would expect a MAC.

    Raises:
        RefusedCommandError: there is no such key.
        CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
    """
    number = bytes((key_number,))
    version = native_data(_GET_KEY_VERSION, exchange_native(channel, _GET_KEY_VERSION, number))
    if len(version) != 1:
        raise GarbledAnswerError(f"a key version of {len(version)} bytes")
    return version[0]


def read_card_uid(session: Session) -> bytes:
    """Give the card's real UID, 7 bytes (51). Raises what :meth:`Session.run` does."""
    return session.run(_GET_CARD_UID, answer_bytes=UID_BYTES)


def read_file(session: Session, file: DesfireFile) -> bytes:
    """Give a file's content (BD). Raises what :meth:`Session.run` does, and GarbledAnswerError if it is too short."""
    header = bytes((file.number,)) + file.offset.to_bytes(3, "little") + file.length.to_bytes(3, "little")
    content = session.run(_READ_DATA, header, answer_bytes=file.length if file.communication == "full" else None)
    if len(content) != file.length:
        raise GarbledAnswerError(f"a file of {len(content)} bytes where {file.length} were asked for")
    return content

"""At the desk: our application put on a DESFire card, and its keys moved to another version.

Every key of the application is per card (see ``readers.cards.desfire``), but for the privacy key. The application's
master key, number 0, changes all of them and is changed last: until then a torn card can be laid down again, and the
same call goes on where it ended, for each key tells its own version and the card changes a key whole or not at all.
Nothing counts as done before every key was proven and the card was read as a door reads it.

The card itself stays under the maker's transport key, which is DES by factory and not touched here: anybody can wipe a
card or add applications of their own to it, and nobody can read or imitate ours.
"""

import os
from collections.abc import Callable, Mapping

from readers.cards.desfire import (
    UID_BYTES,
    Desfire,
    DesfireFile,
    DesfireSettings,
    read_card_uid,
    read_key_version,
    select_application,
)
from readers.cards.desfire_crypto import KEY_BYTES, checksum
from readers.cards.desfire_messaging import Session, authenticate
from readers.cards.desfire_status import RefusedCommandError, native_data
from readers.cards.iso_apdu import exchange_native
from readers.cards.port import CardChannel, CardReading, NotGenuineError
from readers.keys.labels import master_label
from readers.keys.port import KeyProvider

APPLICATION_LABEL = "desfire_application"
"""The name of the masters of application master keys; they belong to the desk and never to a door."""

TRANSPORT_KEY = bytes(KEY_BYTES)
TRANSPORT_VERSION = 0

_CARD = bytes(3)
_MASTER = 0
_KEY_SETTINGS = 0x0B  # the master key changes keys, files and settings; directory free to read
_AES_KEYS = 0x80
_CREATE_APPLICATION, _CHANGE_KEY, _CREATE_FILE, _WRITE_DATA = 0xCA, 0xC4, 0xCD, 0x3D
_FULL = 3


class CannotIssueError(Exception):
    """The card cannot be issued or re-keyed; the text says why and what to do, Japanese first."""


class DesfireDesk:
    """Issues and re-keys cards with one application."""

    def __init__(
        self,
        settings: DesfireSettings,
        keys: KeyProvider,
        *,
        application_label: str = APPLICATION_LABEL,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Take the application as doors know it; its first version is the one that cards are issued with.

        Raises:
            ValueError: a key between 0 and the highest is nobody's and would stay the transport key, or a name is used
                twice, or the file is not enciphered; says what to change.
        """
        labels = {_MASTER: application_label, settings.key_number: settings.label}
        if settings.privacy is not None:
            labels[settings.privacy.number] = settings.privacy.label
        if sorted(labels) != list(range(len(labels))):
            raise ValueError(
                f"desfire.key_number: 鍵の番号は 0 から続けてください（今は {sorted(labels)}）"
                " / expected key numbers without a gap"
            )
        if len(set(labels.values())) != len(labels):
            raise ValueError("desfire.label: 鍵ごとに別の名前を / expected a label of its own for each key")
        if settings.file is not None and settings.file.communication != "full":
            raise ValueError('desfire.file.communication: "full" だけ発行できます / the desk writes "full" files alone')
        self._settings = settings
        self._keys = keys
        self._labels = labels
        self._random_bytes = random_bytes

    def issue(self, channel: CardChannel, content: bytes = b"") -> CardReading:
        """Put our application on a card, or go on with one that was torn away, and give what a door will read.

        Args:
            channel: the card, in the field until the call returns.
            content: what the file of the settings will hold, if they name one.

        Raises:
            CannotIssueError: the card does not allow it, or was issued with another version already.
            NotGenuineError: a key is not what its version says, or the card's numbers disagree.
            CardLeftError, GarbledAnswerError, ReaderError: torn; lay the card down again and repeat.
            KeyUnavailableError: a master cannot be used.
            ValueError: ``content`` is not as long as the file.
        """
        file = self._settings.file
        if len(content) != (file.length if file else 0):
            raise ValueError(f"a file of {file.length if file else 0} bytes is not filled by {len(content)}")
        if not select_application(channel, self._settings.application):
            self._create(channel)
        version = self._settings.versions[0]
        uid = self._bring_keys(channel, {TRANSPORT_VERSION}, version)
        if file is not None:
            self._fill(channel, uid, version, file, content)
        return self._proven(channel, uid, version)

    def rekey(self, channel: CardChannel, version: int) -> CardReading:
        """Move an issued card's keys to a version, or go on with one that was torn away; give what a door will read.

        Args:
            channel: the card, in the field until the call returns.
            version: one of the settings' versions; the keys may have any other of them now.

        Raises:
            CannotIssueError: our application is not there, or a key has a version that the settings do not name.
            ValueError: the settings do not name ``version``.
            NotGenuineError, CardLeftError, GarbledAnswerError, ReaderError, KeyUnavailableError: as :meth:`issue`.
        """
        if version not in self._settings.versions:
            raise ValueError(f"desfire.versions: 版 {version} がありません / version {version} is not among them")
        if not select_application(channel, self._settings.application):
            raise CannotIssueError("このカードは未発行です。発行してください / not issued yet: issue it first")
        return self._proven(channel, self._bring_keys(channel, set(self._settings.versions), version), version)

    def _create(self, channel: CardChannel) -> None:
        if channel.family != "type_a" or not select_application(channel, _CARD):
            raise CannotIssueError("DESFire ではありません / this is no DESFire card")
        header = self._settings.application + bytes((_KEY_SETTINGS, _AES_KEYS | len(self._labels)))
        try:
            native_data(_CREATE_APPLICATION, exchange_native(channel, _CREATE_APPLICATION, header))
        except RefusedCommandError as refused:
            reason = {
                "out_of_memory": "カードに空きがありません / the card is full",
                "count_error": "カードに空きがありません / the card is full",
            }.get(refused.word, "カードの発行元が追加を禁じています / the card's owner allows no new application")
            raise CannotIssueError(f"{reason} ({refused.word})") from refused
        select_application(channel, self._settings.application)

    def _bring_keys(self, channel: CardChannel, from_versions: set[int], version: int) -> bytes:
        """Change every key that has not the version yet, the master key last; give the card's UID."""
        versions = {number: read_key_version(channel, number) for number in self._labels}
        for number, found in versions.items():
            if found not in {*from_versions, version}:
                raise CannotIssueError(
                    f"鍵 {number} の版は {found} です。desfire.versions にその版を加え、鍵を更新してください"
                    f" / key {number} has version {found}: add it to desfire.versions and rekey the card"
                )
        uid = self._uid(channel, versions)
        master = self._key(_MASTER, versions[_MASTER], uid)
        for number in sorted(self._labels, reverse=True):
            if versions[number] == version:
                continue
            session = self._open(channel, _MASTER, master, uid)
            new = self._key(number, version, uid)
            if number == _MASTER:
                session.run(_CHANGE_KEY, bytes((number,)), new + bytes((version,)), ends=True)
            else:
                old = self._key(number, versions[number], uid)
                mixed = bytes(x ^ y for x, y in zip(new, old, strict=True))
                session.run(_CHANGE_KEY, bytes((number,)), mixed + bytes((version,)), checked=checksum(new))
        return uid

    def _fill(self, channel: CardChannel, uid: bytes, version: int, file: DesfireFile, content: bytes) -> None:
        """Create the file, unless it is there, and write it; doors may read it, the master key alone may write."""
        master = self._key(_MASTER, version, uid)
        rights = self._settings.key_number << 12
        number, size = bytes((file.number,)), (file.offset + file.length).to_bytes(3, "little")
        try:
            header = number + bytes((_FULL,)) + rights.to_bytes(2, "little") + size
            self._open(channel, _MASTER, master, uid).run(_CREATE_FILE, header)
        except RefusedCommandError as refused:
            if refused.word != "duplicate":
                raise
        header = number + file.offset.to_bytes(3, "little") + file.length.to_bytes(3, "little")
        self._open(channel, _MASTER, master, uid).run(_WRITE_DATA, header, content)

    def _proven(self, channel: CardChannel, uid: bytes, version: int) -> CardReading:
        for number in self._labels:
            self._open(channel, number, self._key(number, version, uid), uid)
        as_doors_do = self._settings.model_copy(update={"versions": (version,)})
        reading = Desfire(as_doors_do, self._keys, self._random_bytes).read(channel)
        if reading is None:
            raise NotGenuineError("the application is gone")
        return reading

    def _uid(self, channel: CardChannel, versions: Mapping[int, int]) -> bytes:
        """Give the card's real UID: the one it was found by, or, with random ID, asked under the privacy key."""
        privacy = self._settings.privacy
        if len(channel.identifier) == UID_BYTES:
            return channel.identifier
        if privacy is None:
            raise CannotIssueError(
                "ランダムIDのカードには desfire.privacy の鍵が要ります"
                " / a card with random ID needs a privacy key: set desfire.privacy"
            )
        key = self._key(privacy.number, versions[privacy.number], b"")
        return read_card_uid(authenticate(channel, self._settings.protocol, privacy.number, key, self._random_bytes))

    def _open(self, channel: CardChannel, number: int, key: bytes, uid: bytes) -> Session:
        session = authenticate(channel, self._settings.protocol, number, key, self._random_bytes)
        if read_card_uid(session) != uid:
            raise NotGenuineError("the card's UID under its key is not the one that it was found by")
        return session

    def _key(self, number: int, version: int, uid: bytes) -> bytes:
        if version == TRANSPORT_VERSION:
            return TRANSPORT_KEY
        privacy = self._settings.privacy
        is_fleet_wide = privacy is not None and number == privacy.number
        diversifier = self._settings.fleet_diversifier if is_fleet_wide else self._settings.diversifier(uid)
        return self._keys.derive(master_label(self._labels[number], version), diversifier)

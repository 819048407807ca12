"""DESFire cards at the desk; see :mod:`readers.cards.desk`."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contract.technologies import KeyedTechnology
from readers.cards.desfire import Desfire, DesfireSettings
from readers.cards.desfire_inspect import inspect_desfire
from readers.cards.desfire_issue import APPLICATION_LABEL, CannotIssueError, DesfireDesk
from readers.cards.desk import DeskRefusedError, Rekeyed
from readers.cards.port import CardChannel, CardReading, NotGenuineError, RefusedCardError
from readers.keys.labels import VERSION_MAX, VERSION_MIN, master_label
from readers.keys.port import KeyProvider


@dataclass(frozen=True, slots=True)
class DesfireAtDesk:
    """Cards that carry our application, as ``settings`` describe it; their ``versions`` matter at doors alone.

    Where the settings name a file, the card's number is drawn here and is nobody's staff number.
    """

    settings: DesfireSettings
    keys: KeyProvider
    random_bytes: Callable[[int], bytes] = os.urandom

    @property
    def technology(self) -> KeyedTechnology:
        """``desfire``."""
        return "desfire"

    def masters(self, version: int) -> tuple[str, ...]:
        """Give the labels of the application's master key, of the key that doors prove, and of the privacy key."""
        privacy = (self.settings.privacy.label,) if self.settings.privacy else ()
        return tuple(master_label(name, version) for name in (APPLICATION_LABEL, self.settings.label, *privacy))

    def issue(self, channel: CardChannel, version: int) -> CardReading:
        """Make a blank card one of ours; see :class:`~readers.cards.desk.DeskTechnology`."""
        if (complete := self._complete(channel, version)) is not None:
            return complete
        file = self.settings.file
        try:
            return self._desk((version,)).issue(channel, self.random_bytes(file.length) if file else b"")
        except CannotIssueError as error:
            raise DeskRefusedError(str(error)) from None

    def rekey(self, channel: CardChannel, version: int, known: Sequence[int]) -> Rekeyed:  # noqa: ARG002 (each key tells)
        """Give a card of ours the keys of ``version``; see :class:`~readers.cards.desk.DeskTechnology`."""
        before = inspect_desfire(channel, self.settings)
        if before is None or not before.is_ours:
            raise DeskRefusedError("発行済みの DESFire ではありません / not a DESFire card that was issued here")
        others = tuple(each for each in range(VERSION_MIN, VERSION_MAX + 1) if each != version)
        try:
            reading = self._desk((version, *others)).rekey(channel, version)
        except CannotIssueError as error:
            raise DeskRefusedError(str(error)) from None
        return Rekeyed(reading, changed=any(each != version for _, each in before.key_versions))

    def _complete(self, channel: CardChannel, version: int) -> CardReading | None:
        """Give the reading of a card whose file is filled already; filled again it would get another token."""
        if self.settings.file is None:
            return None
        try:
            reading = Desfire(self._with((version,)), self.keys).read(channel)
        except (NotGenuineError, RefusedCardError):
            return None
        return reading if reading is not None and any(reading.identifier) else None

    def _desk(self, versions: tuple[int, ...]) -> DesfireDesk:
        return DesfireDesk(self._with(versions), self.keys)

    def _with(self, versions: tuple[int, ...]) -> DesfireSettings:
        return self.settings.model_copy(update={"versions": versions})

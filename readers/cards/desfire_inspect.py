"""What a desk may know of a DESFire card at the start: neither its number nor what others keep on it."""

from dataclasses import dataclass

from readers.cards.answer_to_reset import is_storage_card
from readers.cards.desfire import DesfireSettings, read_key_version, select_application
from readers.cards.desfire_status import RefusedCommandError, native_data
from readers.cards.iso_apdu import exchange_native
from readers.cards.port import CardChannel

_GET_VERSION, _FREE_MEMORY = 0x60, 0x6E
_VERSION_BYTES = 28
_GENERATIONS = {0x01: "EV1", 0x12: "EV2", 0x22: "EV2", 0x30: "Light", 0x33: "EV3"}


@dataclass(frozen=True, slots=True)
class DesfireInspection:
    """A card as the desk sees it; nothing of it is proven.

    ``generation`` is EV1, EV2, EV3, Light or unknown; ``free_bytes`` None where the card does not tell;
    ``key_versions`` are our keys by number, None for one that is not there, and empty if our application is not there.
    """

    generation: str
    memory_bytes: int
    free_bytes: int | None
    key_versions: tuple[tuple[int, int | None], ...]

    @property
    def is_ours(self) -> bool:
        """Tell whether our application is on the card."""
        return bool(self.key_versions)


def inspect_desfire(channel: CardChannel, settings: DesfireSettings) -> DesfireInspection | None:
    """Look at a card without proving or changing anything; None if it is no DESFire.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
    """
    if channel.family != "type_a" or is_storage_card(channel.answer_to_reset):
        return None
    answer = exchange_native(channel, _GET_VERSION)
    if not answer.is_native or len(answer.data) != _VERSION_BYTES:
        return None
    hardware, memory_code = answer.data[3], answer.data[5]
    try:
        free = int.from_bytes(native_data(_FREE_MEMORY, exchange_native(channel, _FREE_MEMORY)), "little")
    except RefusedCommandError:
        free = None
    numbers = (0, settings.key_number, *((settings.privacy.number,) if settings.privacy else ()))
    is_ours = select_application(channel, settings.application)
    versions = tuple((number, _version_if_any(channel, number)) for number in numbers) if is_ours else ()
    return DesfireInspection(_GENERATIONS.get(hardware, "unknown"), 1 << (memory_code >> 1), free, versions)


def _version_if_any(channel: CardChannel, number: int) -> int | None:
    try:
        return read_key_version(channel, number)
    except RefusedCommandError:
        return None

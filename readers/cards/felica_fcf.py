"""The common format FCF and its kin: an issuer's number in a block that anybody can read and copy. Assurance 1.

Layouts differ by issuer, so each is a profile. FCF itself (system FE00, service 1A8B): block 0 has division (2 bytes),
number (12), reissue and gender; block 2 the organisation (8). Block 1 is the bearer's name: it is never read.
"""

from dataclasses import dataclass

from readers.cards.felica_commands import poll_system, read_blocks
from readers.cards.felica_frames import BLOCK_BYTES, CommandRefusedError
from readers.cards.felica_idm import usable_idm
from readers.cards.felica_systems import COMMON_AREA
from readers.cards.port import CardChannel, CardReading, RefusedCardError

ASSURANCE = 1
NAME_BLOCK = 1
ORGANISATION_BLOCK = 2
ORGANISATION_BYTES = 8

_BLANK = frozenset(b"\x00\xff ")


@dataclass(frozen=True, slots=True)
class FcfProfile:
    """Where an issuer's number stands: ``length`` bytes from ``start`` on in one block of a service.

    ``organisation`` (ORGANISATION_BYTES, None: not asked) is what block 2 must begin with: two issuers may give the
    same number to two people.
    """

    system: int = COMMON_AREA
    service: int = 0x1A8B
    block: int = 0
    start: int = 2
    length: int = 12
    organisation: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse a profile that reads the name, or beyond a block."""
        if self.block == NAME_BLOCK:
            raise ValueError(f"block {NAME_BLOCK}: 氏名は読みません / the bearer's name is never read")
        if not (self.start >= 0 and self.length > 0 and self.start + self.length <= BLOCK_BYTES):
            raise ValueError(
                f"start, length: {BLOCK_BYTES}バイトのブロックに収めて / expected within a block of {BLOCK_BYTES}"
            )
        if self.organisation is not None and len(self.organisation) != ORGANISATION_BYTES:
            raise ValueError(f"organisation: {ORGANISATION_BYTES}バイト / expected {ORGANISATION_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class FelicaFcf:
    """Knows the cards of one issuer by the number on them; see :class:`~readers.cards.port.CardTechnology`."""

    profile: FcfProfile = FcfProfile()

    @property
    def systems(self) -> tuple[int, ...]:
        """The profile's system."""
        return (self.profile.system,)

    def read(self, channel: CardChannel) -> CardReading | None:
        """Give the number's bytes as they stand; None for a card without the service, or of another organisation.

        Raises:
            RefusedCardError: the number is blank (``unsupported``), a phone's emulation claims the IDm, or another card
                answered.
            CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
        """
        if channel.family != "felica":
            return None
        profile = self.profile
        answer = poll_system(channel, profile.system)
        if answer is None:
            return None
        usable_idm(answer.idm)
        blocks = (profile.block,) if profile.organisation is None else (profile.block, ORGANISATION_BLOCK)
        try:
            data = read_blocks(channel, answer.idm, profile.service, blocks)
        except CommandRefusedError:
            return None
        if profile.organisation is not None and not data[-1].startswith(profile.organisation):
            return None
        number = data[0][profile.start :][: profile.length]
        if _BLANK.issuperset(number):
            raise RefusedCardError("unsupported")
        return CardReading("felica_fcf", number, ASSURANCE)

"""What is said to a FeliCa Lite-S card: challenge, read with MAC_A, write with MAC_A. Shared by reading and issuing.

A *claim* is what the card says with its MAC; it is worth nothing until :func:`prove_claim` found a key under which the
MAC is right. The card mixes the challenge into every MAC, so what was recorded earlier proves nothing now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from readers.cards.felica_commands import poll_system, read_blocks, write_blocks
from readers.cards.felica_frames import BLOCK_BYTES, WriteOutcome
from readers.cards.felica_idm import masked_idm, usable_idm
from readers.cards.felica_systems import LITE_S
from readers.cards.lite_s_mac import (
    CHALLENGE_BYTES,
    MAC_A_BLOCK,
    MAC_BYTES,
    WRITE_COUNT_BYTES,
    block_of,
    derive_session_key,
    read_mac,
    write_mac,
)
from readers.cards.port import CardChannel, NotGenuineError
from readers.keys.labels import master_label
from readers.keys.port import KeyProvider

RC, ID, CKV, CK, MC, WCNT, STATE = 0x80, 0x82, 0x86, 0x87, 0x88, 0x90, 0x92
"""Blocks: challenge, number, card key version, card key (write only), memory configuration, write count, state."""

READ_SERVICE, WRITE_SERVICE = 0x000B, 0x0009

RandomBytes = Callable[[int], bytes]

_KEY_PURPOSE = b"LITE-S CK"
_AUTHENTICATED = b"\x01".ljust(BLOCK_BYTES, b"\x00")


@dataclass(frozen=True, slots=True)
class LiteSCard:
    """A card that answers as Lite-S: the channel to it, the IDm it answers to, and the number it is known by."""

    channel: CardChannel
    idm: bytes

    @property
    def identifier(self) -> bytes:
        """The IDm masked as on every stack."""
        return masked_idm(self.idm)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a card says of itself under a challenge, and the MAC it says it with."""

    challenge: bytes
    blocks: tuple[int, ...]
    data: tuple[bytes, ...]
    mac: bytes

    def block(self, number: int) -> bytes:
        """Give what one of the blocks read holds."""
        return self.data[self.blocks.index(number)]

    @property
    def key_version(self) -> int:
        """The version of the card key, as the claim's block CKV has it."""
        return int.from_bytes(self.block(CKV)[:2], "little")


def find_lite_s(channel: CardChannel) -> LiteSCard | None:
    """Give the card if it answers on the system of FeliCa Lite and Lite-S; None if it is there and does not.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
        RefusedCardError: a phone's emulation claims the number, or another card answered.
    """
    if channel.family != "felica":
        return None
    answer = poll_system(channel, LITE_S)
    if answer is None:
        return None
    usable_idm(answer.idm)
    return LiteSCard(channel, answer.idm)


def derive_card_key(keys: KeyProvider, label: str, version: int, identifier: bytes) -> bytes:
    """Give a card's own key CK1 || CK2 (16 bytes).

    It is derived under the master ``label-version`` from the card's number (8 bytes, masked) and the words "LITE-S CK",
    so that a master that should also serve another technology gives no key twice. Triple DES uses 112 of the 128 bits.

    Raises:
        KeyUnavailableError: the master cannot be used.
    """
    return keys.derive(master_label(label, version), identifier + _KEY_PURPOSE)


def challenge_card(card: LiteSCard, random_bytes: RandomBytes) -> bytes:
    """Draw a challenge, write it to the card, and give it.

    Raises:
        CommandRefusedError, CardLeftError, GarbledAnswerError, ReaderError: as of any write.
    """
    challenge = random_bytes(CHALLENGE_BYTES)
    write_blocks(card.channel, card.idm, WRITE_SERVICE, [(RC, block_of(challenge))])
    return challenge


def read_claim(card: LiteSCard, challenge: bytes, *blocks: int) -> Claim:
    """Read up to three blocks and the card's MAC_A over them.

    Raises:
        CommandRefusedError, CardLeftError, GarbledAnswerError, ReaderError: as of any read.
    """
    *data, mac = read_blocks(card.channel, card.idm, READ_SERVICE, (*blocks, MAC_A_BLOCK))
    return Claim(challenge, blocks, tuple(data), mac[:MAC_BYTES])


def claim_card(card: LiteSCard, random_bytes: RandomBytes) -> Claim:
    """Challenge the card and read what it says of itself: number, key version, write count.

    Raises:
        CommandRefusedError, CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
        NotGenuineError: the number in its memory is not the one it was polled by.
    """
    claim = read_claim(card, challenge_card(card, random_bytes), ID, CKV, WCNT)
    if masked_idm(claim.block(ID)[:8]) != card.identifier:
        raise NotGenuineError("the card's memory holds another number than the one it answers to")
    return claim


def prove_claim(claim: Claim, card_key: bytes) -> bytes | None:
    """Give the session key if the claim was made under this card key, else None. The comparison takes constant time."""
    session_key = derive_session_key(card_key, claim.challenge)
    expected = read_mac(session_key, claim.challenge, claim.blocks, b"".join(claim.data))
    return session_key if compare_digest(expected, claim.mac) else None


def write_proven(card: LiteSCard, claim: Claim, session_key: bytes, block: int, data: bytes) -> WriteOutcome:
    """Write a block with the reader's own MAC_A.

    Args:
        card: the card.
        claim: a proven claim that read block WCNT, with no write since.
        session_key: what it was proven with.
        block: the block's number.
        data: its 16 bytes.

    Raises:
        CommandRefusedError, CardLeftError, GarbledAnswerError, ReaderError: as of any write.
    """
    write_count = claim.block(WCNT)[:WRITE_COUNT_BYTES]
    mac = write_mac(session_key, claim.challenge, write_count, block, data)
    mac_a = (mac + write_count).ljust(BLOCK_BYTES, b"\x00")
    return write_blocks(card.channel, card.idm, WRITE_SERVICE, [(block, data), (MAC_A_BLOCK, mac_a)])


def authenticate_reader(card: LiteSCard, claim: Claim, session_key: bytes) -> WriteOutcome:
    """Prove the reader to the card: write its state with MAC_A, and have it say, proven, that it took the write.

    Raises:
        NotGenuineError: its answer is not proven, or it did not take the write.
        CommandRefusedError, CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
    """
    outcome = write_proven(card, claim, session_key, STATE, _AUTHENTICATED)
    state = read_claim(card, claim.challenge, STATE)
    expected = read_mac(session_key, claim.challenge, state.blocks, b"".join(state.data))
    if not compare_digest(expected, state.mac):
        raise NotGenuineError("the card's state came without proof")
    if state.block(STATE)[:1] != _AUTHENTICATED[:1]:
        raise NotGenuineError("the card did not take the reader's proof")
    return outcome

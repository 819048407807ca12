"""What a desk sees of a FeliCa card before it does anything to it. Reads only."""

from dataclasses import dataclass

from readers.cards.felica_commands import poll_system, read_blocks
from readers.cards.felica_frames import CommandRefusedError, build_request_system_code, parse_system_codes
from readers.cards.felica_idm import usable_idm
from readers.cards.felica_systems import COMMON_AREA, LITE_S, NDEF
from readers.cards.lite_s_exchange import CKV, MC, READ_SERVICE, WCNT, find_lite_s
from readers.cards.lite_s_mac import WRITE_COUNT_BYTES
from readers.cards.port import CardChannel, CardLeftError

MC_ALL, MC_CK_BY_MAC, MC_STATE_BY_MAC = 2, 5, 12
"""Bytes of block MC: the configuration is open (FF) or final (00); key and state take a write with MAC_A alone (01)."""

MC_FINAL = 0x00

_OPEN_WRITES, _FINAL_WRITES = 0xFFFFFF, 0xFFFE00  # where the write counter stops, before and after finalising


class IssueRefusedError(Exception):
    """The card is not in a state in which this may be done; nothing was changed. Japanese first, English beside it."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a FeliCa card tells anybody. The fields from ``key_version`` on are None for a card that is no Lite-S.

    ``is_final`` its configuration can never change again; ``key_by_mac`` its key changes with proof alone;
    ``state_by_mac`` it knows mutual authentication; ``writes_left`` until its counter stops.
    """

    identifier: bytes
    systems: tuple[int, ...]
    key_version: int | None = None
    is_final: bool | None = None
    key_by_mac: bool | None = None
    state_by_mac: bool | None = None
    writes_left: int | None = None

    @property
    def is_lite_s(self) -> bool:
        """Tell whether it is a Lite-S card that can be issued or rekeyed."""
        return self.key_version is not None


def inspect_card(channel: CardChannel) -> Inspection:
    """Look at a FeliCa card without writing to it.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
        RefusedCardError: a phone's emulation claims the number, or another card answered.
        IssueRefusedError: it is no FeliCa card.
    """
    if channel.family != "felica":
        raise IssueRefusedError("FeliCa のカードではありません / not a FeliCa card")
    identifier = usable_idm(channel.identifier)
    card = find_lite_s(channel)
    if card is None:
        return Inspection(identifier, _systems_of(channel))
    systems = (LITE_S, NDEF) if poll_system(channel, NDEF) else (LITE_S,)
    try:
        ckv, configuration, count = read_blocks(channel, card.idm, READ_SERVICE, (CKV, MC, WCNT))
    except CommandRefusedError:
        return Inspection(identifier, systems)  # FeliCa Lite, which has no write counter and no MAC_A
    is_final = configuration[MC_ALL] == MC_FINAL
    written = int.from_bytes(count[:WRITE_COUNT_BYTES], "little")
    return Inspection(
        identifier,
        systems,
        key_version=int.from_bytes(ckv[:2], "little"),
        is_final=is_final,
        key_by_mac=configuration[MC_CK_BY_MAC] == 1,
        state_by_mac=configuration[MC_STATE_BY_MAC] == 1,
        writes_left=max(0, (_FINAL_WRITES if is_final else _OPEN_WRITES) - written),
    )


def _systems_of(channel: CardChannel) -> tuple[int, ...]:
    """Ask for the systems; cards that do not know the question are tried for the common ones."""
    try:
        answer = channel.exchange(build_request_system_code(channel.identifier))
    except CardLeftError:
        return tuple(code for code in (COMMON_AREA, NDEF) if poll_system(channel, code))
    return parse_system_codes(answer, channel.identifier)

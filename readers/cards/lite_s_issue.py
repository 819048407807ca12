"""What a desk does with FeliCa Lite-S cards: look at one, issue it, give it a newer key.

*Issue*, in this order: CKV, then CK (in the clear, at the desk), then a proof under the new key, then the memory
configuration MC. A card that leaves in between is issued again from the start, by the same call; MC comes last, so a
card whose key is not proven is never configured. MC takes effect when the card has left the field. Its bytes:

- 4 = 07 (RF_PRM, fixed by the maker);
- 5 = 01 (MC_CKCKV_W_MAC_A): CK and CKV can be written later, with MAC_A alone; with 00 a finalised card keeps its key
  for ever, and an open one takes a key from anybody. It can be taken back only while byte 2 is FF.
- 12 = 01 (MC_STATE_W_MAC_A): the state takes a write with MAC_A alone, which *is* mutual authentication; with 00
  anybody may write it. The card never lets it go back to 00, which harms no other use.
- 2 (MC_ALL) stays FF and becomes 00 by ``finalise`` alone: key, version and bytes 2 to 5 can then never be written but
  as byte 5 says, **for ever**, and the write counter starts from 0. Before, a card takes 511 writes at most, and each
  mutual authentication is one.

*Rekey*, in this order: CKV, then CK, each with MAC_A under the key that the card proves it holds, then a proof under
the new key. Between the two writes the card is genuine at no reader; the same call finds which key it holds and goes
on. CKV is first, so that a card that still says the old version is one that nobody began with. The new key passes the
air in the clear (Lite-S has no encryption): rekey at a desk, never at a door.
"""

import os

from readers.cards.felica_commands import read_blocks, write_blocks
from readers.cards.felica_frames import BLOCK_BYTES, CommandRefusedError
from readers.cards.lite_s_exchange import (
    CK,
    CKV,
    MC,
    READ_SERVICE,
    WRITE_SERVICE,
    Claim,
    LiteSCard,
    RandomBytes,
    claim_card,
    derive_card_key,
    find_lite_s,
    prove_claim,
    write_proven,
)
from readers.cards.lite_s_inspect import (
    MC_ALL,
    MC_CK_BY_MAC,
    MC_FINAL,
    MC_STATE_BY_MAC,
    Inspection,
    IssueRefusedError,
    inspect_card,
)
from readers.cards.lite_s_mac import block_of
from readers.cards.port import CardChannel, NotGenuineError
from readers.keys.port import KeyProvider

_FACTORY_VERSION = 0
_RF_PRM, _RF_PRM_VALUE = 4, 0x07


def issue_card(
    channel: CardChannel,
    keys: KeyProvider,
    label: str,
    version: int,
    *,
    finalise: bool = False,
    random_bytes: RandomBytes = os.urandom,
) -> Inspection:
    """Make a new card one of ours; called again after a tear it completes what was begun.

    Args:
        channel: the card.
        keys: derives its key under the master ``label-version``.
        label: the master's name.
        version: the version the card will carry.
        finalise: lock its configuration for ever, once its key is proven.
        random_bytes: draws challenges.

    Returns:
        What the card said before; lift it and lay it down again for the new configuration to count.

    Raises:
        IssueRefusedError: it is no Lite-S, locked, or carries another version's key.
        KeyUnavailableError: the master cannot be used.
        NotGenuineError: it does not hold the key it was given.
        CommandRefusedError, CardLeftError, GarbledAnswerError, RefusedCardError, ReaderError: as of any exchange.
    """
    before = inspect_card(channel)
    card = _lite_s(channel, before)
    if before.key_version not in {_FACTORY_VERSION, version}:
        raise IssueRefusedError(
            f"カードは鍵の版 {before.key_version} で発行済みです。rekey を使ってください"
            f" / the card carries key version {before.key_version}: use rekey"
        )
    card_key = derive_card_key(keys, label, version, card.identifier)
    if before.key_version != version or prove_claim(claim_card(card, random_bytes), card_key) is None:
        _write_first_key(card, before, card_key, version)
        _prove(card, card_key, version, random_bytes)
    if not before.is_final and (finalise or not (before.key_by_mac and before.state_by_mac)):
        _write(card, MC, _configuration(card, finalise=finalise))
    return before


def rekey_card(
    channel: CardChannel,
    keys: KeyProvider,
    label: str,
    from_version: int,
    to_version: int,
    *,
    random_bytes: RandomBytes = os.urandom,
) -> bool:
    """Give a card of ours the key of another version; called again after a tear it completes what was begun.

    Returns:
        Whether anything was left to do.

    Raises:
        IssueRefusedError: it is no Lite-S of ours, carries neither version, or does not let its key be changed.
        KeyUnavailableError: one of the masters cannot be used; nothing was changed.
        NotGenuineError: it holds neither key.
        CommandRefusedError, CardLeftError, GarbledAnswerError, RefusedCardError, ReaderError: as of any exchange.
    """
    before = inspect_card(channel)
    card = _lite_s(channel, before)
    if before.key_version not in {from_version, to_version} or not before.key_by_mac:
        raise IssueRefusedError(
            f"鍵の版が {from_version} か {to_version} の、鍵を変えられるカードが必要です（{before.key_version} でした）"
            f" / expected version {from_version} or {to_version} and a key that may change, not {before.key_version}"
        )
    old, new = (derive_card_key(keys, label, version, card.identifier) for version in (from_version, to_version))
    claim = claim_card(card, random_bytes)
    held, session_key = _held_key(claim, (new, old))
    if claim.key_version == to_version and held == new:
        return False
    if claim.key_version != to_version:
        write_proven(card, claim, session_key, CKV, _version_block(to_version))
    if held != new:
        claim = claim_card(card, random_bytes)  # the write before counted
        _, session_key = _held_key(claim, (old,))
        write_proven(card, claim, session_key, CK, block_of(new))
    _prove(card, new, to_version, random_bytes)
    return True


def _lite_s(channel: CardChannel, before: Inspection) -> LiteSCard:
    card = find_lite_s(channel) if before.is_lite_s else None
    if card is None:
        raise IssueRefusedError("FeliCa Lite-S のカードではありません / not a FeliCa Lite-S card")
    return card


def _write_first_key(card: LiteSCard, before: Inspection, card_key: bytes, version: int) -> None:
    """Write version and key in the clear.

    A card that carries our version and is configured had its key proven then: another master is at work now.
    """
    if before.is_final or (before.key_version == version and before.key_by_mac):
        raise IssueRefusedError(
            "発行済みのカードですが、鍵が合いません。マスター鍵を確かめてください"
            " / the card is issued already, under another key: check the master"
        )
    try:
        _write(card, CKV, _version_block(version))
    except CommandRefusedError as refused:
        raise IssueRefusedError(f"カードが鍵の書込みを断りました / the card takes no key: {refused}") from None
    _write(card, CK, block_of(card_key))


def _version_block(version: int) -> bytes:
    return version.to_bytes(2, "little").ljust(BLOCK_BYTES, b"\x00")


def _configuration(card: LiteSCard, *, finalise: bool) -> bytes:
    (present,) = read_blocks(card.channel, card.idm, READ_SERVICE, (MC,))
    block = bytearray(present)
    block[_RF_PRM] = _RF_PRM_VALUE
    block[MC_CK_BY_MAC] = block[MC_STATE_BY_MAC] = 0x01
    if finalise:
        block[MC_ALL] = MC_FINAL
    return bytes(block)


def _write(card: LiteSCard, block: int, data: bytes) -> None:
    write_blocks(card.channel, card.idm, WRITE_SERVICE, [(block, data)])


def _held_key(claim: Claim, candidates: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """Give the key among the candidates that the card proved it holds, and the session key.

    Raises:
        NotGenuineError: it holds none of them.
    """
    for card_key in candidates:
        if (session_key := prove_claim(claim, card_key)) is not None:
            return card_key, session_key
    raise NotGenuineError("the card holds none of the keys it may hold")


def _prove(card: LiteSCard, card_key: bytes, version: int, random_bytes: RandomBytes) -> None:
    claim = claim_card(card, random_bytes)
    if prove_claim(claim, card_key) is None or claim.key_version != version:
        raise NotGenuineError("the card does not prove the key it was given")

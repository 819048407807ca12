"""Lottery rounds (抽選) that can be entered now and have lots in a room."""

from domain.facilities.lottery import Round
from store.lotteries import list_rounds_of, load_round
from store.tx import Tx

LOOKED_AT_MOST = 20
"""So many rounds of a house are looked at, the last to be entered first."""


def find_open_rounds(tx: Tx, facility_id: str, room_id: str) -> tuple[Round, ...]:
    """Give the rounds of a house that can be entered now and in which a room is drawn for."""
    ids = list_rounds_of(tx, [facility_id])[:LOOKED_AT_MOST]
    rounds = [found for id_ in ids if (found := load_round(tx, id_)) is not None]
    return tuple(
        each
        for each in rounds
        if each.enter_from_at <= tx.now < each.enter_until_at and any(lot.room_id == room_id for lot in each.lots)
    )

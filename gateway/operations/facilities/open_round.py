"""Open a lottery round for popular times: the hash of its seed is published before the first entry."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.civil import civil_minute
from domain.facilities.facility import Room, SlotKind
from domain.facilities.lottery import Lot, Round, assess_round
from domain.facilities.round_fault import RoundFault, RoundFaultsError, RoundWhy, refuse_round
from domain.facilities.rules import FacilityRules
from domain.ids import PAGE_WORDS, is_id
from domain.validity import is_in_force
from gateway.bookings.facility_rules import load_facility_rules
from store.facilities import load_facility
from store.lotteries import insert_round, load_round
from store.tx import Tx

_HASH = re.compile(r"[0-9a-f]{64}")


def open_round(tx: Tx, new: Round, *, by: str) -> Round:
    """Keep a new round; the same form sent twice opens once.

    Whoever holds the seed keeps it outside the database until the draw, so that nobody who reads it knows who wins.

    Args:
        tx: the transaction.
        new: its ``seed_hash`` is ``domain.facilities.lottery.hash_seed`` of a seed of 32 random bytes.
        by: the login of who opens it.

    Raises:
        RoundFaultsError: it names everything that is wrong.
    """
    if not all(is_id(id_) for id_ in (new.id, *(lot.id for lot in new.lots))) or new.id in PAGE_WORDS:
        raise refuse_round("id", RoundWhy.bad_id)
    opened = replace(new, seed="", drawn_at=None, lots=tuple(sorted(new.lots, key=lambda lot: lot.id)))
    if (standing := load_round(tx, new.id)) is not None:
        return _demand_same(standing, opened)
    if load_facility(tx, new.facility_id) is None:
        raise refuse_round("facility_id", RoundWhy.unknown_lot_room)
    rules = load_facility_rules(tx, [new.facility_id])[new.facility_id]
    faults = [*assess_round(opened, tx.now), *_assess_places(opened, rules)]
    if _HASH.fullmatch(new.seed_hash) is None:
        faults.append(RoundFault("seed", RoundWhy.bad_seed))
    if faults:
        raise RoundFaultsError(faults)
    if not insert_round(tx, opened, opened_by=by):
        raise refuse_round("id", RoundWhy.id_taken)
    return opened


def _demand_same(standing: Round, asked: Round) -> Round:
    if replace(standing, seed="", drawn_at=None) != asked:
        raise refuse_round("id", RoundWhy.id_taken)
    return standing


def _assess_places(new: Round, rules: FacilityRules) -> Iterator[RoundFault]:
    held: dict[str, list[tuple[datetime, datetime]]] = {}
    for lot in new.lots:
        room = rules.room(lot.room_id)
        slot = next((each for each in rules.slots_of(lot.room_id) if each.id == lot.slot_id), None)
        if room is None or (lot.slot_id is not None and (slot is None or not _is_on(slot, lot))):
            yield RoundFault("lots", RoundWhy.unknown_lot_room)
            continue
        most = (slot.places if slot is not None else None) or 1
        if lot.wins > most:
            yield RoundFault("lots", RoundWhy.out_of_range, {"most": most})
        if any(_overlaps(held.get(space, ()), room, lot) for space in room.spaces):
            yield RoundFault("lots", RoundWhy.lots_overlap)
        for space in room.spaces:
            held.setdefault(space, []).append(_with_buffers(room, lot))


def _is_on(slot: SlotKind, lot: Lot) -> bool:
    on: date = civil_minute(lot.from_at)[0]
    return on.weekday() in slot.weekdays and is_in_force(slot, on)


def _with_buffers(room: Room, lot: Lot) -> tuple[datetime, datetime]:
    return lot.from_at - timedelta(minutes=room.before_minutes), lot.until_at + timedelta(minutes=room.after_minutes)


def _overlaps(held: Iterable[tuple[datetime, datetime]], room: Room, lot: Lot) -> bool:
    start, end = _with_buffers(room, lot)
    return any(from_at < end and start < until_at for from_at, until_at in held)

"""Draw a lottery round: the seed is shown, whoever wins has applied, and everything can be replayed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from domain.facilities.booking import Via, make_reservation
from domain.facilities.lottery import Round, Win, draw_wins, hash_seed
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from domain.facilities.round_fault import RoundWhy, refuse_round
from gateway.bookings.around import claim_resources, load_around
from gateway.bookings.letters import write_draw
from gateway.bookings.placing import demand_room, write_holds
from gateway.bookings.planning import Faulty, plan_bookings
from gateway.bookings.telling import Done, settle_permission, tell_reservation
from gateway.operations.facilities.enter_round import list_shared, make_wish
from store.lotteries import KeptEntry, KeptWin, list_entries, list_winners, list_wins, load_round, save_drawn
from store.reservations import insert_reservation
from store.reservees import load_reservees
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Drawn:
    """A round as it was drawn: every entry with its chances, and every win."""

    round: Round
    entries: tuple[KeptEntry, ...]
    wins: tuple[KeptWin, ...]


def draw_round(tx: Tx, round_id: str, seed: str, *, by: str) -> Drawn:
    """Draw a round after entering ended; what is won becomes applied reservations in the same commit. Twice is once.

    A win that can be had no longer, for somebody took the time on another way, stands with its faults and no
    reservation: the draw itself is never bent.

    Args:
        tx: the transaction.
        round_id: which round.
        seed: the one whose hash was published.
        by: a login or a job's name.

    Raises:
        RoundFaultsError: there is no such round, entering goes on, or the seed is another one.
    """
    round_ = load_round(tx, round_id, lock=True)
    if round_ is None:
        raise refuse_round("id", RoundWhy.unknown_round)
    if not compare_digest(hash_seed(seed), round_.seed_hash):
        raise refuse_round("seed", RoundWhy.bad_seed)
    if tx.now < round_.enter_until_at:
        raise refuse_round("id", RoundWhy.not_over, ends_at=round_.enter_until_at)
    if round_.drawn_at is not None:
        return Drawn(round_, tuple(list_entries(tx, round_id)), tuple(list_wins(tx, round_id)))
    entries = _give_chances(tx, round_, list_entries(tx, round_id))
    wins = draw_wins(seed, round_.lots, (each.entry for each in entries), wins_most=round_.wins_most)
    drawn = replace(round_, seed=seed, drawn_at=tx.now)
    kept = _book(tx, round_, entries, wins, by=by)
    save_drawn(tx, drawn, kept, {each.entry.id: each.entry.chances for each in entries}, by=by)
    booked = Counter(each.win.entry_id for each in kept if each.reservation_id is not None)
    outcomes = {each.entry.id: (each.reservee_id, booked[each.entry.id]) for each in entries}
    reservees = load_reservees(tx, {each.reservee_id for each in entries})
    write_draw(tx, round_, reservees, outcomes)
    return Drawn(drawn, entries, kept)


def _give_chances(tx: Tx, round_: Round, entries: Iterable[KeptEntry]) -> tuple[KeptEntry, ...]:
    won = list_winners(tx, round_.facility_id, since=tx.now - timedelta(days=round_.first_days))
    return tuple(
        replace(each, entry=replace(each.entry, chances=1 if each.reservee_id in won else round_.first_chances))
        for each in entries
    )


def _book(
    tx: Tx, round_: Round, entries: Iterable[KeptEntry], wins: tuple[Win, ...], *, by: str
) -> tuple[KeptWin, ...]:
    if not wins:
        return ()
    known, lots = {each.entry.id: each for each in entries}, {lot.id: lot for lot in round_.lots}
    shared = list_shared(tx, round_)
    wishes = [make_wish(known[win.entry_id], lots[win.lot_id], shared) for win in wins]
    around = load_around(tx, wishes, via=Via.file)  # whether one may was asked on entering
    claim_resources(tx, around, wishes)
    asked = [
        (wish, make_reservation(wish, _name(round_, win), ReservationState.applied))
        for wish, win in zip(wishes, wins, strict=True)
    ]
    kept = []
    for planned, win in zip(plan_bookings(around, asked), wins, strict=True):
        if isinstance(planned, Faulty):
            fault = " ".join(f"{fault.field}:{fault.why}" for fault in planned.faults)
            kept.append(KeptWin(win, None, fault))
            continue
        room = demand_room(around, planned.wish.room_id)
        done = Done(ReservationAct.apply, ReservationState.applied, Actor.desk, by)
        new, dones = settle_permission(planned.reservation, room, done)
        insert_reservation(tx, new, made_by=known[win.entry_id].entered_by)
        write_holds(tx, new, planned.holds)
        reservee = around.reservees.get(new.reservee_id)
        tell_reservation(tx, dones, new, room, reservee, before=None, to_reservee=False)
        kept.append(KeptWin(win, new.id))
    return tuple(kept)


def _name(round_: Round, win: Win) -> str:
    return f"lot-{sha256(f'{round_.id}:{win.entry_id}:{win.lot_id}'.encode()).hexdigest()[:32]}"

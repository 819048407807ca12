"""Bring in the bookings that a city had before: looked through line by line, then all in one commit, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.facilities.booking import Via, make_reservation, wish_of
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from domain.facilities.reservee import Reservee
from domain.ids import PAGE_WORDS
from gateway.bookings.around import Around, claim_resources, load_around
from gateway.bookings.booking_file import FaultyLine, FileRow
from gateway.bookings.placing import demand_room, write_holds
from gateway.bookings.planning import Faulty, Planned, plan_bookings
from gateway.bookings.telling import Done, tell_reservation
from store.reservations import insert_reservation, list_reservations
from store.reservees import insert_reservee, list_reservees_named
from store.tx import Tx


class RefusedImportError(ValueError):
    """Lines cannot be taken; nothing was changed. ``lines`` names each with its faults."""

    def __init__(self, lines: Iterable[FaultyLine]) -> None:
        self.lines = tuple(lines)
        super().__init__(" ".join(str(each.line) for each in self.lines))


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would bring: how many bookings are new, how many stand already as they are, which lines are wrong."""

    new: int
    standing: int
    faulty: tuple[FaultyLine, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    preview: ImportPreview
    around: Around | None = None
    reservees: tuple[Reservee, ...] = ()
    planned: tuple[Planned, ...] = ()


def preview_bookings(tx: Tx, rows: Sequence[FileRow]) -> ImportPreview:
    """Say what importing rows would do now; nothing is written."""
    return _plan(tx, rows, by="", lock=False).preview


def import_bookings(tx: Tx, rows: Sequence[FileRow], *, by: str) -> ImportPreview:
    """Bring bookings in; the same file again changes nothing. Nobody is written to of what he booked long ago.

    Args:
        tx: the transaction.
        rows: the bookings (``gateway.bookings.booking_file``).
        by: who brings them.

    Raises:
        RefusedImportError: lines cannot be taken; nothing was changed.
    """
    plan = _plan(tx, rows, by=by, lock=True)
    if plan.preview.faulty:
        raise RefusedImportError(plan.preview.faulty)
    for reservee in plan.reservees:
        insert_reservee(tx, reservee)
    if plan.around is not None:
        for planned in plan.planned:
            _write(tx, planned, plan.around, by=by)
    return plan.preview


def _plan(tx: Tx, rows: Sequence[FileRow], *, by: str, lock: bool) -> _Plan:
    known, made = _find_reservees(tx, rows, by=by)
    asked = [(row, replace(row.wish, reservee_id=known[_key(row)].id)) for row in rows]
    standing = {kept.reservation.id: wish_of(kept.reservation) for kept in list_reservations(tx, {r.id for r in rows})}
    faulty, new, seen = [], [], set()
    stands = 0
    for row, wish in asked:
        if row.id in PAGE_WORDS:
            faulty.append(FaultyLine(row.line, (BookingFault("id", BookingWhy.id_is_address),)))
        elif row.id in seen or standing.get(row.id, wish) != wish:
            faulty.append(FaultyLine(row.line, (BookingFault("id", BookingWhy.id_taken),)))
        elif row.id in standing:
            stands += 1
        else:
            new.append((row, wish))
        seen.add(row.id)
    if not new:
        return _Plan(ImportPreview(0, stands, tuple(faulty)))
    wishes = [wish for _, wish in new]
    around = load_around(tx, wishes, via=Via.file, lock=lock)
    if lock:
        claim_resources(tx, around, wishes)
    around.reservees |= {each.id: each for each in known.values()}
    plan = plan_bookings(around, ((wish, make_reservation(wish, row.id, row.state)) for row, wish in new))
    for (row, _), each in zip(new, plan, strict=True):
        if isinstance(each, Faulty):
            faulty.append(FaultyLine(row.line, each.faults))
    planned = tuple(each for each in plan if isinstance(each, Planned))
    needed = {each.reservation.reservee_id for each in planned}
    preview = ImportPreview(len(planned), stands, tuple(sorted(faulty, key=lambda each: each.line)))
    return _Plan(preview, around, tuple(each for each in made if each.id in needed), planned)


def _find_reservees(
    tx: Tx, rows: Sequence[FileRow], *, by: str
) -> tuple[dict[tuple[str, str, str], Reservee], list[Reservee]]:
    """Give the reservees of rows by name and ways, and those of them that are to be made."""
    known = {(each.name, each.email, each.phone): each for each in list_reservees_named(tx, {row.name for row in rows})}
    made = []
    for row in rows:
        if _key(row) not in known:
            id_ = f"of-{row.id}"[:63]
            new = Reservee(id_, row.kind, row.wish.user_class, row.name, tx.now, by, email=row.email, phone=row.phone)
            known[_key(row)] = new
            made.append(new)
    return known, made


def _key(row: FileRow) -> tuple[str, str, str]:
    return row.name, row.email, row.phone


def _write(tx: Tx, planned: Planned, around: Around, *, by: str) -> None:
    new = planned.reservation
    room = demand_room(around, new.room_id)
    dones = [Done(ReservationAct.apply, ReservationState.applied, Actor.desk, by)]
    if new.state is ReservationState.permitted:
        dones.append(Done(ReservationAct.permit, ReservationState.permitted, Actor.decider, by))
    insert_reservation(tx, new, made_by=by)
    write_holds(tx, new, planned.holds)
    tell_reservation(tx, dones, new, room, around.reservees.get(new.reservee_id), before=None, is_quiet=True)

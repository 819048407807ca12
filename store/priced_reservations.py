"""What a price looks at of a reservation: where, when, in which slot, by whom, with what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.facilities.reservation import ReservationState
from store.facility_tables import room, slot_kind
from store.reservation_tables import reservation, reservation_step, reservation_unit, reservee
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class PricedReservation:
    """A reservation as it is priced. ``slot`` is the slot's id, beginning and end; ``moved_at`` its last step.

    ``was_permitted`` tells whether it ever was, whatever became of it.
    """

    id: str
    version: int
    state: ReservationState
    facility_id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    user_class: str
    places: int
    party: int
    payer: str
    slot: tuple[str, int, int] | None
    units: tuple[tuple[str, int], ...]
    moved_at: datetime
    was_permitted: bool


def load_priced_reservation(tx: Tx, reservation_id: str, *, lock: bool = False) -> PricedReservation | None:
    """Give a reservation; None when there is none of that id. With ``lock`` nobody changes it until the commit."""
    one = reservation.c
    query = (
        select(
            *(one.version, one.state, room.c.facility_id, one.room_id, one.from_at, one.until_at, one.user_class),
            *(one.places, one.party, reservee.c.name, one.slot_id, one.made_at),
            *(slot_kind.c.from_minute, slot_kind.c.to_minute),
        )
        .join_from(reservation, room, room.c.id == one.room_id)
        .join(reservee, reservee.c.id == one.reservee_id)
        .outerjoin(slot_kind, slot_kind.c.id == one.slot_id)
        .where(one.id == reservation_id)
    )
    row = tx.connection.execute(query.with_for_update(of=reservation) if lock else query).one_or_none()
    if row is None:
        return None
    kept = reservation_unit.c
    units = select(kept.equipment_id, kept.units).where(kept.reservation_id == reservation_id)
    step, is_permitted = reservation_step.c, reservation_step.c.to_state == ReservationState.permitted.value
    steps = select(func.max(step.done_at), func.count(step.id).filter(is_permitted))
    moved_at, permitted = tx.connection.execute(steps.where(step.reservation_id == reservation_id)).one()
    return PricedReservation(
        id=reservation_id,
        version=row.version,
        state=ReservationState(row.state),
        facility_id=row.facility_id,
        room_id=row.room_id,
        from_at=row.from_at,
        until_at=row.until_at,
        user_class=row.user_class,
        places=row.places or 1,
        party=row.party,
        payer=row.name,
        slot=None if row.slot_id is None else (row.slot_id, row.from_minute, row.to_minute),
        units=tuple((id_, count) for id_, count in tx.connection.execute(units.order_by(kept.equipment_id))),
        moved_at=moved_at or row.made_at,
        was_permitted=permitted > 0,
    )

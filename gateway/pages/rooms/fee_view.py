"""Which rows of a fee table can hold for one room: what is charged, what comes on top, what is taken off. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.facilities.facility import Equipment, Room
from domain.facilities.fee_table import Charge, FeeTable, Scope
from gateway.pages.drawing.fee_sentences import FeeTeller, FeeTold


@dataclass(frozen=True, slots=True)
class FeesTold:
    """A table's rows that can hold for a room."""

    table: FeeTable
    rooms: tuple[FeeTold, ...]
    things: tuple[FeeTold, ...]
    """Equipment and options."""
    more: tuple[FeeTold, ...]
    less: tuple[FeeTold, ...]
    deposits: tuple[FeeTold, ...]
    refunds: tuple[FeeTold, ...]


def tell_fees(table: FeeTable, room: Room, equipment: Iterable[Equipment], teller: FeeTeller) -> FeesTold:
    """Say what a room costs by a table.

    Args:
        table: the one in force.
        room: which room.
        equipment: what can be reserved with it; rates of other pieces are left out.
        teller: says the table's rows.
    """
    lent = {each.id for each in equipment}

    def here(scope: Scope) -> bool:
        return not scope.rooms or room.id in scope.rooms

    rates = [rate for rate in table.rates if here(rate.scope)]
    return FeesTold(
        table,
        tuple(teller.tell(rate) for rate in rates if rate.charge in {Charge.room, Charge.extra}),
        tuple(
            teller.tell(rate)
            for rate in rates
            if rate.charge is Charge.option or (rate.charge is Charge.equipment and rate.subject in lent)
        ),
        tuple(teller.tell(row) for row in table.surcharges if here(row.scope)),
        tuple(teller.tell(row) for row in table.reductions if here(row.scope)),
        tuple(teller.tell(row) for row in table.deposits if here(row.scope)),
        tuple(teller.tell(row) for row in table.refunds),
    )

"""What follows from where a reservation stands: the one place that keys, doors and letters are told from.

Whoever carries promises out compares what stands in force under a reservation's source with this list, and with
nothing else: what is missing is given, what is not in it any more ends.
"""

from domain.facilities.facility import Room
from domain.facilities.promises import Promise, derive_promises
from domain.facilities.reservation import Reservation


def list_consequences(reservation: Reservation, room: Room) -> tuple[Promise, ...]:
    """Give what a reservation promises as it stands now; an empty list ends whatever it promised before."""
    return derive_promises(reservation, room)

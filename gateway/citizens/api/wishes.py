"""What a citizen wishes, of the bodies that say it: where, when, for how many and what for."""

from domain.facilities.booking import Wish
from domain.facilities.reservee import Reservee
from gateway.citizens.api.bodies import WaitBody, WishBody


def read_wish(body: WaitBody, citizen: Reservee) -> Wish:
    """Give the wish of a body; one to wait for names no equipment."""
    units = body.units if isinstance(body, WishBody) else {}
    return Wish(
        room_id=body.room_id,
        from_at=body.from_at,
        until_at=body.until_at,
        reservee_id=citizen.id,
        user_class=citizen.user_class,
        party=body.party,
        purpose=" ".join(body.purpose.split()),
        slot_id=body.slot_id,
        places=body.places,
        units=tuple(sorted((id_, count) for id_, count in units.items() if count)),
    )

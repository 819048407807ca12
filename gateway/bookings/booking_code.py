"""The code on a booking's slip: it names the booking and gives nobody a right; the desk looks at who holds it."""

from domain.ids import is_id

_BEGINS = "sekisho:booking:"


def write_booking_code(booking_id: str) -> str:
    """Give the text of a booking's code."""
    return f"{_BEGINS}{booking_id}"


def read_booking_code(text: str) -> str | None:
    """Give the id of the booking that a scanned code names; None where it is no such code."""
    begins, _, booking_id = text.strip().partition(_BEGINS)
    return booking_id if not begins and is_id(booking_id) else None

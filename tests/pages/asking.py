"""What the city hall needs for applications: leave that was granted, and words that others give."""

from datetime import date

from domain.attendance.leave_grants import LeaveSource
from domain.workflow.application import Wish
from domain.workflow.states import Act
from gateway.operations.attendance.decide_application import decide_application
from store.applications import load_application
from store.leaves import GivenLot, insert_given
from tests.pages.city import City

DAY_MINUTES = 465
HEAD, HR = "s0001", "s0004"


def grant_leave(city: City, person_id: str = "s0002", days: int = 12) -> None:
    """Grant annual leave of the year."""
    with city.store.transaction(city.clock()) as tx:
        lot = GivenLot(
            f"test/{person_id}",
            person_id,
            "annual",
            days * DAY_MINUTES,
            date(2025, 1, 1),
            date(2025, 12, 31),
            LeaveSource.grant,
        )
        insert_given(tx, [lot])


def decide(city: City, application_id: str, act: Act, by: str = HEAD, reason: str = "") -> None:
    """Give somebody's word about what is on the page now."""
    with city.store.transaction(city.clock()) as tx:
        filed = load_application(tx, application_id)
        assert filed is not None
        one = filed.application
        wish = Wish(act, by, one.content_hash, len(one.deeds), reason)
        decide_application(tx, application_id, wish, city.context.rules)

"""For which facilities somebody acts, and as whom: what the pages of the section 施設 ask before anything else.

A login with duties (``store.facility_duties``) serves those facilities alone. Without any, a 窓口委託 serves none, and
whoever has the right in the city's own house serves all. What lies outside does not exist for the visitor: 404.
"""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException

from gateway.bookings.acting import Acting
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow
from gateway.pages.entrance.visit import Visit
from store.facilities import list_facilities
from store.facility_duties import Duty, list_facilities_of
from store.reservees import load_reservee_of_person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DeskScope:
    """``acting`` is the visitor as operations know one; the sets are ids of facilities.

    ``read``: whose bookings, keys and takings are shown; ``keys``: whose keys are handed out.
    """

    acting: Acting
    read: frozenset[str]
    keys: frozenset[str]

    def demand_read(self, facility_id: str) -> None:
        """Let a visitor see only what is of the facilities that one serves.

        Raises:
            HTTPException: 404.
        """
        if facility_id not in self.read:
            raise HTTPException(HTTPStatus.NOT_FOUND)


def read_scope(tx: Tx, visit: Visit) -> DeskScope:
    """Give the scope of somebody who is signed in."""
    session = visit.signed_in
    every = frozenset(each.id for each in list_facilities(tx))
    of_duty = {duty: list_facilities_of(tx, session.login, duty) for duty in Duty}
    served = frozenset[str]().union(*of_duty.values())

    def where(right: Right, duty: Duty | None) -> frozenset[str]:
        if not visit.may(right):
            return frozenset()
        if not served and any(allow(role, right) for role in visit.roles - {Role.facility_desk}):
            return every
        return served if duty is None else of_duty[duty]

    own = load_reservee_of_person(tx, session.person_id) if session.person_id else None
    acting = Acting(
        session.login,
        reservee_id=None if own is None else own.id,
        person_id=session.person_id or None,
        desks=where(Right.keep_bookings, Duty.desk),
        decides=where(Right.decide_bookings, Duty.decide),
    )
    return DeskScope(acting, where(Right.read_bookings, None), where(Right.keep_keys, Duty.keys))

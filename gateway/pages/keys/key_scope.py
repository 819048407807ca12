"""Which keys a visitor sees and which one hands out: a contracted desk those of the rooms that it serves, alone.

Whoever answers for a key (庁舎管理者, 室管理者) sees that one, whatever else one may. What lies outside does not exist
for the visitor: 404. A lost key's case, the duty officers' sheet and the register speak of every key, so they are there
for those alone who look after all; so is the count of a cabinet that holds others' keys.
"""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException

from domain.civil import civil_minute
from domain.keys.key import Opening, OpeningKind
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow
from gateway.pages.entrance.visit import Visit
from store.facilities import list_rooms
from store.facility_duties import Duty, list_facilities_of
from store.key_rings import list_custodians
from store.keys import list_keys_of
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeyScope:
    """Keys by id that are seen, that are handed out, and that one answers for; None: all.

    ``whole``: the visitor looks after all keys, and sees what is told of them together.
    """

    seen: frozenset[str] | None
    kept: frozenset[str] | None
    answered: frozenset[str] | None
    whole: bool

    def keeps(self, key_id: str) -> bool:
        """Tell whether the visitor hands out a key."""
        return self.kept is None or key_id in self.kept

    def answers(self, key_id: str) -> bool:
        """Tell whether the visitor answers for a key."""
        return self.answered is None or key_id in self.answered

    def demand_seen(self, key_id: str) -> None:
        """Let a visitor see only the keys of one's scope.

        Raises:
            HTTPException: 404.
        """
        if self.seen is not None and key_id not in self.seen:
            raise HTTPException(HTTPStatus.NOT_FOUND)

    def demand_kept(self, key_id: str) -> None:
        """Let a visitor do something only about the keys that one hands out.

        Raises:
            HTTPException: 404.
        """
        if not self.keeps(key_id):
            raise HTTPException(HTTPStatus.NOT_FOUND)

    def demand_whole(self) -> None:
        """Let only those go on who look after all keys.

        Raises:
            HTTPException: 404.
        """
        if not self.whole:
            raise HTTPException(HTTPStatus.NOT_FOUND)


def read_key_scope(tx: Tx, visit: Visit) -> KeyScope:
    """Give the scope of somebody who is signed in."""
    read, kept = _find(tx, visit, Right.read_keys, None), _find(tx, visit, Right.keep_keys, Duty.keys)
    answered = _find_answered(tx, visit)
    seen = None if read is None or answered is None else read | answered
    return KeyScope(seen, kept, answered, whole=read is None)


def _find_answered(tx: Tx, visit: Visit) -> frozenset[str] | None:
    if not visit.may(Right.own_keys):
        return frozenset()
    found = list_custodians(tx, civil_minute(tx.now)[0], person_id=visit.signed_in.person_id)
    keys = {each.key_id for each in found}
    return None if None in keys else frozenset(key for key in keys if key is not None)


def _find(tx: Tx, visit: Visit, right: Right, duty: Duty | None) -> frozenset[str] | None:
    if not visit.may(right):
        return frozenset()
    login = visit.signed_in.login
    served = list_facilities_of(tx, login)
    if not served and any(allow(role, right) for role in visit.roles - {Role.facility_desk}):
        return None
    rooms = list_rooms(tx, facilities=served if duty is None else list_facilities_of(tx, login, duty))
    return frozenset(list_keys_of(tx, [Opening(OpeningKind.room, each.id) for each in rooms]))

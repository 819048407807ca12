"""Who went through which door: from grants and from what the contact said about them to entries into areas.

A grant at a door with a contact is a question that ``access.ended`` answers, always later in the same journal. What the
answer lacks (who, where to) stands in the log at the tap that it names, so that it matters neither in how many batches
they come nor how often. A grant that was counted before the contact had spoken is taken back when it was not used.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from contract.records import TapObserved, decode_record
from domain.access.policy import AccessPoint, PassbackMode, PolicySnapshot
from domain.access.situation import COMPANION_AGE
from domain.ids import AccessPointId, AreaId
from store.outbox import Notice
from store.presence import Presence
from store.records import GrantedTap, TapKey, list_waiting_persons, load_granted_taps
from store.tx import Tx

PLACE_ENTERED = "place.entered"
"""The outbox kind of an entry that other controllers must know of (``gateway.operations.access.tell_places``)."""


PRESENCE_MOVED = "presence.moved"
"""The outbox kind of everybody whose place may be another after a transaction (:func:`name_moved`)."""

NAMED_MAX = 1000
"""So many persons one notice names at most."""


class Entry(NamedTuple):
    """A person is in an area since an instant, by an access point out of another area, as a device saw it."""

    person: str
    area: AreaId
    left: AreaId
    access_point: AccessPointId
    at: datetime
    device: str
    live: bool

    @classmethod
    def through(cls, point: AccessPoint, person: str, at: datetime, *, device: str, live: bool) -> Self:
        """Give the entry of a person who went through an access point."""
        return cls(person, point.area_to, point.area_from, point.id, at, device, live)

    def notice(self) -> Notice:
        """Give the entry as the outbox holds it."""
        told = {"area": self.area, "left": self.left, "at": self.at.isoformat(), "device": self.device}
        return Notice(PLACE_ENTERED, self.person, json.dumps(told))


class Ended(NamedTuple):
    """What became of the grant at ``seq``: taken or not, and when that was known."""

    device: str
    epoch: int
    seq: int
    at: datetime
    taken: bool
    live: bool


class Together(NamedTuple):
    """A grant for two persons or more: so many ``others`` who waited at its access point go in with ``entry``."""

    device: str
    epoch: int
    seq: int
    tapped_at: datetime
    others: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Settled:
    """What the log added: entries, each with whether others must know, and presences that did not come about."""

    entries: list[tuple[Entry, bool]] = field(default_factory=list)
    undone: list[Presence] = field(default_factory=list)


def name_moved(persons: Collection[str]) -> list[Notice]:
    """Give the notice of persons whose place may be another; of too many it says that anybody's may (null)."""
    named = sorted(persons) if len(persons) <= NAMED_MAX else None
    return [Notice(PRESENCE_MOVED, "", json.dumps({"persons": named}))] if persons else []


def has_rule(policy: PolicySnapshot, point: AccessPoint) -> bool:
    """Tell whether anybody asks who is in one of the areas at an access point."""
    areas = policy.areas[point.area_to], policy.areas[point.area_from]
    return any(
        area.passback is not PassbackMode.off or area.occupancy_max is not None or area.two_person for area in areas
    )


def settle_passages(
    tx: Tx,
    ended: Sequence[Ended],
    together: Iterable[Together],
    load_policy: Callable[[int], PolicySnapshot | None],
) -> Settled:
    """Give what follows from passages that ended and from grants for two, now that their taps are in the log."""
    settled = Settled()
    companies = list(together)
    taps = load_granted_taps(tx, {TapKey(*each[:3]) for each in ended})
    for end in ended:
        tap = taps.get(TapKey(*end[:3]))
        policy = load_policy(tap.policy_version) if tap else None
        point = policy.points.get(AccessPointId(tap.access_point_id)) if policy and tap else None
        if tap is None or policy is None or point is None:
            continue  # a remote opening, or nothing that the centre knows: it let nobody in
        entry = Entry.through(point, tap.person_id, end.at, device=end.device, live=end.live)
        if not end.taken:
            settled.undone.append(_early(tap, point))
            continue
        settled.entries.append((entry, has_rule(policy, point)))
        if policy.areas[point.area_to].two_person and (others := _others(tap)):
            companies.append(Together(*end[:3], tap.occurred_at, others, entry))
    for company in companies:
        settled.entries.extend((entry, True) for entry in _companions(tx, company))
    return settled


def _early(tap: GrantedTap, point: AccessPoint) -> Presence:
    return Presence(tap.person_id, point.area_to, tap.access_point_id, tap.occurred_at)


def _others(tap: GrantedTap) -> int:
    body = decode_record(tap.body)
    return body.situation.companions if isinstance(body, TapObserved) and body.situation else 0


def _companions(tx: Tx, company: Together) -> list[Entry]:
    entry = company.entry
    waiting = list_waiting_persons(
        tx,
        TapKey(*company[:3]),
        entry.access_point,
        since=company.tapped_at - COMPANION_AGE,
        without=entry.person,
        limit=company.others,
    )
    return [entry._replace(person=person) for person in waiting]

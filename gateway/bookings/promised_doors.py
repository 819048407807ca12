"""From a reservation's promises to the grants that keep them: staff by their own cards, others as a party with a code.

A grant carries the time of its promise, so that every controller ends it at the minute, also one that has not heard
from the centre since. What opens an area is the level that the site's description names there (``booked_level``).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from domain.access.rights import GrantSource, SubjectKind
from domain.civil import civil_minute
from domain.facilities.promises import Promise, PromiseKind
from store.outbox import Notice, insert_notices
from store.party_passes import (
    DrawnCode,
    PartyCode,
    list_party_codes,
    open_by_code,
    party_id,
    save_card_bounds,
    save_party,
    shut_code,
    take_code,
)
from store.rights import Grant, end_grants, insert_grant, list_grants_of_source
from store.site_areas import SiteArea, list_site_areas
from store.tx import Tx

DOOR_PROMISED = "door.promised"
"""The outbox kind of a change of what a reservation opens; its subject is the reservation."""


class WantedGrant(NamedTuple):
    """Who is to be let in by which level, from when until when."""

    person_id: str
    level_id: str
    valid_from: datetime | None
    valid_until: datetime | None


def list_wanted_grants(
    reservation_id: str, person_id: str | None, promises: Iterable[Promise], areas: Mapping[str, SiteArea]
) -> set[WantedGrant]:
    """Give the grants that keep promises; where the site names no level for an area, nothing can keep them.

    Args:
        reservation_id: whose promises.
        person_id: of a member of staff; None: the reservation's party is let in.
        promises: everything that it promises now.
        areas: what the site's description says.
    """
    who = party_id(reservation_id) if person_id is None else person_id
    return {
        WantedGrant(who, level, promise.from_at, promise.until_at)
        for promise in promises
        if promise.kind is PromiseKind.door
        and promise.subject in areas
        and (level := areas[promise.subject].level_id) is not None
    }


def list_reachable(promises: Iterable[Promise], left_on: date | None) -> tuple[Promise, ...]:
    """Give the promises without doors where whoever was to open them has left the city's service by then.

    ``left_on`` is the last day of a member of staff; a leaver's rights end with the leaver, whatever is booked.
    """
    if left_on is None:
        return tuple(promises)
    return tuple(each for each in promises if each.kind is PromiseKind.key or civil_minute(each.from_at)[0] <= left_on)


def find_code_times(person_id: str | None, promises: Iterable[Promise]) -> tuple[datetime, datetime] | None:
    """Give from when until when a reservation's code is to open; None where it promises none, or is of staff."""
    if person_id is not None:
        return None
    times = ((each.from_at, each.until_at) for each in promises if each.kind is PromiseKind.code)
    return next(times, None)


def opens_as_wanted(code: PartyCode | None, times: tuple[datetime, datetime] | None) -> bool:
    """Tell whether a reservation's code opens exactly when it is to, or does not where it is not to."""
    if times is None:
        return code is None or not code.is_active
    return code is not None and code.is_active and (code.valid_from, code.valid_until) == times


def carry_out_doors(
    tx: Tx, reservation_id: str, person_id: str | None, promises: Iterable[Promise], *, by: str, reason: str
) -> bool:
    """Let exactly what a reservation promises of doors be in force; tells whether anything changed by it.

    Args:
        tx: the transaction; the reservation is held in it.
        reservation_id: whose promises.
        person_id: of a member of staff; None: the reservation's party is let in.
        promises: everything that it promises now; those of keys are left out.
        by: who did what led to this.
        reason: why grants end by it.
    """
    promised = tuple(promises)
    wanted = list_wanted_grants(reservation_id, person_id, promised, list_site_areas(tx) if promised else {})
    standing: dict[WantedGrant, list[str]] = {}
    for grant in list_grants_of_source(tx, GrantSource.reservation, reservation_id):
        standing.setdefault(_read(grant), []).append(grant.id)
    over = [id_ for held, ids in standing.items() for id_ in (ids[1:] if held in wanted else ids)]
    end_grants(tx, over, by=by, reason=reason)
    new = sorted(wanted - standing.keys())
    if any(each.person_id == party_id(reservation_id) for each in new):
        save_party(tx, reservation_id)
    for each in new:
        _give(tx, reservation_id, each, by=by)
    if new and person_id is None:
        save_card_bounds(tx, party_id(reservation_id), (new[0].valid_from, new[0].valid_until))
    has_moved = _carry_out_code(tx, reservation_id, find_code_times(person_id, promised), opens=bool(wanted))
    changed = bool(over or new) or has_moved
    if changed:
        insert_notices(tx, [Notice(DOOR_PROMISED, reservation_id, "{}")])
    return changed


def _carry_out_code(tx: Tx, reservation_id: str, times: tuple[datetime, datetime] | None, *, opens: bool) -> bool:
    """Let the code open when it is to; without a drawn one it stays missing, until somebody looks for it again."""
    code = list_party_codes(tx, [reservation_id]).get(reservation_id)
    wanted = times if opens else None
    if opens_as_wanted(code, wanted):
        return False
    if wanted is None:
        if code is not None:
            shut_code(tx, code)
        return True
    drawn = take_code(tx, reservation_id) if code is None else DrawnCode(code.token, code.code_id)
    if drawn is None:
        return False
    open_by_code(tx, drawn, save_party(tx, reservation_id), *wanted)
    return True


def _read(grant: Grant) -> WantedGrant:
    return WantedGrant(grant.subject_id, grant.level_id, grant.valid_from, grant.valid_until)


def _give(tx: Tx, reservation_id: str, wanted: WantedGrant, *, by: str) -> None:
    """Give a grant by a name made of what it is; one that ended before is given anew under another name."""
    told = f"{reservation_id} {wanted.person_id} {wanted.level_id} {wanted.valid_from} {wanted.valid_until}"
    number = 0
    while not insert_grant(tx, _grant(f"{told} {number}", reservation_id, wanted, by=by)):
        number += 1


def _grant(told: str, reservation_id: str, wanted: WantedGrant, *, by: str) -> Grant:
    return Grant(
        id=f"res-{sha256(told.encode()).hexdigest()[:32]}",
        subject_kind=SubjectKind.person.value,
        subject_id=wanted.person_id,
        level_id=wanted.level_id,
        source=GrantSource.reservation.value,
        reason="",
        given_by=by,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        source_id=reservation_id,
    )

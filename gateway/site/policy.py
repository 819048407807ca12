"""From the site's files and the centre's people to a policy snapshot: schedules become windows, bounds become one.

Pure: the same inputs give the same snapshot.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial

from domain.access.policy import AccessPoint, Area, Credential, DoorHours, Level, PolicySnapshot
from domain.access.rights import NO_RIGHTS, Rights
from domain.civil import instant
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, ScheduleId
from domain.key_boxes import KeyBox, KeyRight
from gateway.site.cabinets import CabinetDescription
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription, AreaDescription
from gateway.site.schedules import expand_schedule, special_days_of
from store.rights import CardFacts, PolicyInputs

Bounds = tuple[datetime | None, datetime | None]
"""From when (inside) until when (no longer inside); None is no bound."""


def derive_policy(
    site: Site, inputs: PolicyInputs, *, version: int, issued_at: datetime, first_on: date, days: int
) -> PolicySnapshot:
    """Give the snapshot of the site and its people.

    Args:
        site: the description; its schedules are weekly hours in JST.
        inputs: cards, grants and holidays; grants of levels that the site does not define open nothing.
        version: the snapshot's number.
        issued_at: when it is issued.
        first_on: the first JST day whose openings are expanded (and the evening before, if it reaches into it).
        days: how many days are expanded.
    """
    special_days = special_days_of(site, inputs.holidays)
    return PolicySnapshot(
        version,
        issued_at,
        areas={AreaId(area.id): _area(area) for area in site.areas},
        points={AccessPointId(point.id): _point(point) for point in site.access_points},
        schedules={
            ScheduleId(schedule.id): expand_schedule(schedule, special_days, first_on=first_on, days=days)
            for schedule in site.schedules
        },
        levels={
            level_id: Level(
                level_id,
                {AccessPointId(point): ScheduleId(held) for point, held in site.points_of(level).items()},
                level.emergency,
                level.during,
                None if level.minutes is None else timedelta(minutes=level.minutes),
            )
            for level_id, level in ((LevelId(level.id), level) for level in site.levels)
        },
        credentials=derive_credentials(
            [LevelId(level.id) for level in site.levels], inputs, [cabinet.id for cabinet in site.cabinets]
        ),
        doors={
            DoorId(door.id): DoorHours(DoorId(door.id), ScheduleId(door.unlocked), door.first_card)
            for door in site.doors
            if door.unlocked is not None
        },
        shelter_doors=frozenset(DoorId(door) for door in site.shelter_doors),
        cabinets={cabinet.id: _box(cabinet, inputs) for cabinet in site.cabinets},
    )


def derive_credentials(
    levels: Collection[LevelId], inputs: PolicyInputs, cabinets: Collection[str] = ()
) -> dict[CredentialToken, Credential]:
    """Give the cards with their holders' rights, in the order of the inputs.

    Levels that are not among ``levels`` open nothing and take nothing: they are left out (``list_undefined_levels``).
    So are rights to keys that hang in none of ``cabinets``.
    """
    targets = {hook.target for each in cabinets for hook in inputs.hooks.get(each, ())}
    keys = {who: tuple(each for each in rights if each.target in targets) for who, rights in inputs.keys.items()}
    defined = frozenset(levels)
    bounds = lru_cache(None)(_employed)  # few dates and few sets of rights, many cards
    rights = lru_cache(None)(partial(_defined_rights, defined))
    return {
        card.token: _credential(
            card,
            rights(inputs.rights.get(card.person_id, NO_RIGHTS)),
            bounds(card.joined_on, card.left_on),
            keys.get(card.person_id, ()),
        )
        for card in inputs.cards
    }


def list_undefined_levels(site: Site, inputs: PolicyInputs) -> list[LevelId]:
    """Give the levels that people were granted or denied and the site does not define: they open and take nothing."""
    named = {level for rights in set(inputs.rights.values()) for level in _levels_of(rights)}
    return sorted(named - {level.id for level in site.levels})


def _levels_of(rights: Rights) -> tuple[LevelId, ...]:
    return (*rights.levels, *(dated.level for dated in rights.dated), *rights.denied)


def _defined_rights(defined: frozenset[LevelId], rights: Rights) -> Rights:
    return Rights(
        tuple(level for level in rights.levels if level in defined),
        tuple(dated for dated in rights.dated if dated.level in defined),
        tuple(level for level in rights.denied if level in defined),
    )


def _area(area: AreaDescription) -> Area:
    return Area(
        AreaId(area.id),
        area.offline_age_max,
        area.on_journal_failure,
        area.on_stale,
        area.passback,
        None if area.passback_minutes is None else timedelta(minutes=area.passback_minutes),
        area.occupancy_max,
        area.two_person,
    )


def _point(point: AccessPointDescription) -> AccessPoint:
    return AccessPoint(
        AccessPointId(point.id),
        DoorId(point.door),
        AreaId(point.area_from),
        AreaId(point.area_to),
        point.minimum_assurance,
        point.egress,
        point.attendance,
        None if point.pin is None else ScheduleId(point.pin),
    )


def _box(cabinet: CabinetDescription, inputs: PolicyInputs) -> KeyBox:
    """Give a cabinet with what is at home on the hooks that it has."""
    hung = inputs.hooks.get(cabinet.id, ())
    return KeyBox(
        cabinet.id,
        timedelta(minutes=cabinet.offline_minutes_max),
        cabinet.minimum_assurance,
        cabinet.shelter,
        tuple(hook for hook in hung if hook.position <= cabinet.positions),
    )


def _employed(joined_on: date | None, left_on: date | None) -> Bounds:
    """Give when an employment begins and ends; its last day counts in full."""
    begins_at = None if joined_on is None else instant(joined_on, 0).astimezone(UTC)
    ends_at = None if left_on is None else instant(left_on + timedelta(days=1), 0).astimezone(UTC)
    return begins_at, ends_at


def _credential(card: CardFacts, rights: Rights, employed: Bounds, keys: tuple[KeyRight, ...]) -> Credential:
    """A card is valid while both its own bounds and its holder's employment hold."""
    begins_at, ends_at = employed
    if card.valid_from is not None:
        begins_at = card.valid_from if begins_at is None else max(begins_at, card.valid_from)
    if card.valid_until is not None:
        ends_at = card.valid_until if ends_at is None else min(ends_at, card.valid_until)
    return Credential(
        card.person_id,
        rights.levels,
        card.status,
        begins_at,
        ends_at,
        card.pin,
        card.duress_pin,
        card.escorted,
        card.passback_exempt,
        card.extended,
        rights.dated,
        rights.denied,
        keys,
    )

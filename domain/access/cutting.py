"""What one controller needs of a policy: its own access points and what they rest on, and no rights elsewhere.

At the points that stay, the cut policy decides as the whole one does. A card without any right there stays as a bare
token with its status: a door must know a lost card, and tell a colleague without rights from a stranger, but need not
know who it is.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from domain.access.change import PolicyChange
from domain.access.policy import ALWAYS, Credential, Level, PolicySnapshot
from domain.ids import AccessPointId, LevelId, PersonId, ScheduleId

NOBODY = PersonId("nobody")
"""Stands for the holder of a card that has no right at any of a controller's points."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One policy's structure for one controller, which levels are left of it, and what hangs in its cabinets."""

    structure: PolicySnapshot
    levels: frozenset[LevelId]
    targets: frozenset[str] = frozenset()

    def credential(self, whole: Credential) -> Credential:
        """Give what the controller needs of a card."""
        levels = _left(whole.levels, self.levels)
        dated = tuple(each for each in whole.dated if each.level in self.levels)
        keys = tuple(each for each in whole.keys if each.target in self.targets)
        if not levels and not dated and not keys:
            return Credential(NOBODY, (), whole.status, whole.valid_from, whole.valid_until)
        return replace(whole, levels=levels, dated=dated, denied=_left(whole.denied, self.levels), keys=keys)


@lru_cache(maxsize=4096)
def _left(levels: tuple[LevelId, ...], kept: frozenset[LevelId]) -> tuple[LevelId, ...]:
    return tuple(level for level in levels if level in kept)


def cut_structure(policy: PolicySnapshot, points: Collection[AccessPointId], cabinets: Collection[str] = ()) -> Cut:
    """Cut everything but the credentials down to a controller's access points and key cabinets.

    Those that the policy does not know are passed over.
    """
    kept_boxes = {each: policy.cabinets[each] for each in cabinets if each in policy.cabinets}
    kept_points = {point: policy.points[point] for point in points if point in policy.points}
    levels = {
        level.id: replace(level, points={point: held for point, held in level.points.items() if point in kept_points})
        for level in policy.levels.values()
        if not level.points.keys().isdisjoint(kept_points)
    }
    areas = {area for point in kept_points.values() for area in (point.area_from, point.area_to)}
    doors = {point.door for point in kept_points.values()}
    structure = replace(
        policy,
        areas={area: policy.areas[area] for area in areas},
        points=kept_points,
        levels=levels,
        doors={door: hours for door, hours in policy.doors.items() if door in doors},
        credentials={},
        shelter_doors=policy.shelter_doors & doors,
        cabinets=kept_boxes,
    )
    named = set(_schedules_of(structure, levels.values()))
    schedules = {schedule: held for schedule, held in policy.schedules.items() if schedule in named}
    targets = frozenset(hook.target for box in kept_boxes.values() for hook in box.hooks)
    return Cut(replace(structure, schedules=schedules), frozenset(levels), targets)


def _schedules_of(policy: PolicySnapshot, levels: Collection[Level]) -> Iterator[ScheduleId]:
    for level in levels:
        yield from level.points.values()
    yield from (point.pin or ALWAYS for point in policy.points.values())
    yield from (hours.unlocked for hours in policy.doors.values())


def cut_policy(
    policy: PolicySnapshot, points: Collection[AccessPointId], cabinets: Collection[str] = ()
) -> PolicySnapshot:
    """Give a controller's part of a policy."""
    cut = cut_structure(policy, points, cabinets)
    credentials = {token: cut.credential(credential) for token, credential in policy.credentials.items()}
    return replace(cut.structure, credentials=credentials)


def cut_change(change: PolicyChange, cut: Cut, *, structure: bool) -> PolicyChange:
    """Give a controller's part of a change that leaves its levels as they are; ``structure`` sends the rest anew.

    Where a level came or went for the controller every card may look different: give it the whole policy instead.
    """
    return replace(
        change,
        structure=cut.structure if structure else None,
        credentials={token: held and cut.credential(held) for token, held in change.credentials.items()},
    )

"""Who holds which levels, from when until when: grants to persons, departments and groups, and the denials that win.

A department's grant reaches whoever has a post in it or anywhere below; a group's reaches its members. What a person
holds is dated by both: the grant's time and the membership's. Instants: the first is inside, the last no longer is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.access.policy import DatedLevel
from domain.ids import LevelId, PersonId


class PersonKind(StrEnum):
    """What a person is to the city. Whoever is no staff has a sponsor who answers for him."""

    staff = "staff"
    contractor = "contractor"
    visitor = "visitor"
    party = "party"  # holds a reservation


class PostKind(StrEnum):
    """What a post is: the regular one (本務), one more beside it (兼務), or standing in for a head (代理)."""

    regular = "regular"
    concurrent = "concurrent"
    acting = "acting"


class SubjectKind(StrEnum):
    """Whom a grant or a denial is about."""

    person = "person"
    department = "department"
    group = "group"


class GrantSource(StrEnum):
    """Whose word a grant is; only its source ends it, or a leaver's operation."""

    hr = "hr"
    desk = "desk"
    visit = "visit"
    reservation = "reservation"
    emergency = "emergency"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, a department with everything below, or a group."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A level given to a subject, or by a denial taken from it; None is no bound."""

    subject: Subject
    level: LevelId
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's time in a department (by whatever post) or in a group; None is no bound."""

    person: PersonId
    subject: Subject
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person holds: levels without an end in sight, levels with dates, and levels that are denied now."""

    levels: tuple[LevelId, ...] = ()
    dated: tuple[DatedLevel, ...] = ()
    denied: tuple[LevelId, ...] = ()


NO_RIGHTS = Rights()

Span = tuple[datetime | None, datetime | None]
_Given = tuple[LevelId, Span]


def derive_rights(
    grants: Iterable[Entitlement],
    denials: Iterable[Entitlement],
    memberships: Iterable[Membership],
    parents: Mapping[str, str],
    now: datetime,
) -> dict[PersonId, Rights]:
    """Give what each person holds from ``now`` on; persons who hold nothing and are denied nothing are left out.

    What is over is left out and what has begun has no beginning any more, so that the same rights are the same value.
    A level held without bounds is not given once more with dates. A denial counts only while it holds: denials are
    dated by civil days, so whoever keeps the result derives it anew when a day begins.

    Args:
        grants: levels that are given.
        denials: levels whose points and hours are taken.
        memberships: who belongs where.
        parents: department → the department above it; a circle is cut where it closes.
        now: the instant from which the result is to hold.
    """
    levels = spread_entitlements(grants, memberships := tuple(memberships), parents)
    denied = spread_entitlements(denials, memberships, parents)
    worked_out: dict[tuple[tuple[_Given, ...], tuple[_Given, ...]], Rights] = {}  # few combinations, many people
    rights: dict[PersonId, Rights] = {}
    for person in levels.keys() | denied.keys():
        key = tuple(levels.get(person, ())), tuple(denied.get(person, ()))
        found = worked_out.get(key)
        if found is None:
            found = worked_out[key] = Rights(*_split(key[0], now), _holding(key[1], now))
        if found != NO_RIGHTS:
            rights[person] = found
    return rights


def spread_entitlements(
    entitlements: Iterable[Entitlement], memberships: Iterable[Membership], parents: Mapping[str, str]
) -> dict[PersonId, list[tuple[LevelId, Span]]]:
    """Give the levels with their times that reach each person, in no order; empty times are left out."""
    given: dict[Subject, list[_Given]] = defaultdict(list)
    for each in entitlements:
        if each.valid_from is None or each.valid_until is None or each.valid_from < each.valid_until:
            given[each.subject].append((each.level, (each.valid_from, each.valid_until)))
    reached: dict[PersonId, list[_Given]] = {
        PersonId(subject.id): list(held) for subject, held in given.items() if subject.kind is SubjectKind.person
    }
    above: dict[Subject, list[_Given]] = {}
    for member in memberships:
        held = above.get(member.subject)
        if held is None:
            held = above[member.subject] = [one for subject in _up(member.subject, parents) for one in given[subject]]
        if held:
            reached.setdefault(member.person, []).extend(_meet(held, (member.valid_from, member.valid_until)))
    return reached


def list_below(department: str, parents: Mapping[str, str]) -> frozenset[str]:
    """Give a department with all that lie below it."""
    own = Subject(SubjectKind.department, department)
    below = (name for name in parents if own in _up(Subject(SubjectKind.department, name), parents))
    return frozenset((department, *below))


def _up(subject: Subject, parents: Mapping[str, str]) -> list[Subject]:
    """A subject with the departments above it, lowest first."""
    if subject.kind is not SubjectKind.department:
        return [subject]
    names = [subject.id]
    while (above := parents.get(names[-1])) is not None and above not in names:
        names.append(above)
    return [Subject(SubjectKind.department, name) for name in names]


def _meet(held: Iterable[_Given], span: Span) -> Iterator[_Given]:
    if span == (None, None):
        yield from held
        return
    for level, other in held:
        begins_at = _latest(span[0], other[0])
        ends_at = span[1] if other[1] is None else other[1] if span[1] is None else min(span[1], other[1])
        if begins_at is None or ends_at is None or begins_at < ends_at:
            yield level, (begins_at, ends_at)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return other if one is None else one if other is None else max(one, other)


def _split(held: Iterable[_Given], now: datetime) -> tuple[tuple[LevelId, ...], tuple[DatedLevel, ...]]:
    always: set[LevelId] = set()
    dated: set[tuple[LevelId, Span]] = set()
    for level, (began_at, ends_at) in held:
        begins_at = None if began_at is None or began_at <= now else began_at
        if begins_at is None and ends_at is None:
            always.add(level)
        elif ends_at is None or ends_at > now:
            dated.add((level, (begins_at, ends_at)))
    bounded = sorted((each for each in dated if each[0] not in always), key=_by_level_and_time)
    return tuple(sorted(always)), tuple(DatedLevel(level, *span) for level, span in bounded)


def _by_level_and_time(given: _Given) -> tuple[LevelId, float, float]:
    level, (begins_at, ends_at) = given
    return (
        level,
        float("-inf") if begins_at is None else begins_at.timestamp(),
        float("inf") if ends_at is None else ends_at.timestamp(),
    )


def _holding(held: Iterable[_Given], now: datetime) -> tuple[LevelId, ...]:
    return tuple(sorted({level for level, span in held if DatedLevel(level, *span).holds(now)}))

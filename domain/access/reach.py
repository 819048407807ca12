"""Which doors whose cards open, counted: what a change gives and takes before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.access.policy import ALWAYS, Credential, CredentialStatus, PolicySnapshot
from domain.ids import AccessPointId, LevelId, PersonId

_Rights = tuple[tuple[LevelId, ...], tuple[LevelId, ...], tuple[LevelId, ...]]

Points = frozenset[AccessPointId]
NOWHERE: Points = frozenset()


@dataclass(frozen=True, slots=True)
class PersonsReach:
    """How many (card, access point) pairs of a person come and go."""

    person: PersonId
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class ReachChange:
    """What a change does to rights, in (card, access point) pairs.

    ``held`` are those of before; ``persons`` those of whom any come or go, the greatest losses first.
    """

    held: int
    gained: int
    lost: int
    persons: tuple[PersonsReach, ...]


def compare_reach(before: PolicySnapshot, after: PolicySnapshot) -> ReachChange:
    """Count the pairs that an active card has in one policy and not in the other.

    A point counts where any level, dated ones among them, gives it a schedule that holds at some instant, and no level
    that is denied always takes it. Dates and hours do not count: a narrower schedule loses no pair.
    """
    was, now = _Reach(before), _Reach(after)
    held = 0
    persons: dict[PersonId, tuple[int, int]] = {}
    for token in before.credentials.keys() | after.credentials.keys():
        old, new = before.credentials.get(token), after.credentials.get(token)
        had, has = was.points(old), now.points(new)
        held += len(had)
        if had != has:
            person = (old or new or _NOBODYS).person
            gained, lost = persons.get(person, (0, 0))
            persons[person] = gained + len(has - had), lost + len(had - has)
    ordered = sorted(persons.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    changes = tuple(PersonsReach(person, gained, lost) for person, (gained, lost) in ordered)
    return ReachChange(held, sum(each.gained for each in changes), sum(each.lost for each in changes), changes)


_NOBODYS = Credential(PersonId("nobody"), ())


class _Reach:
    """The points of each set of rights, reckoned once: a city has few of them."""

    def __init__(self, policy: PolicySnapshot) -> None:
        self._policy = policy
        self._known: dict[_Rights, Points] = {}

    def points(self, credential: Credential | None) -> Points:
        if credential is None or credential.status not in (CredentialStatus.active, CredentialStatus.issued):
            return NOWHERE
        rights = credential.levels, tuple(dated.level for dated in credential.dated), credential.denied
        if rights not in self._known:
            given = {point for level in (*rights[0], *rights[1]) for point in self._opened(level)}
            self._known[rights] = frozenset(given.difference(*map(self._barred, rights[2])))
        return self._known[rights]

    def _opened(self, level: LevelId) -> Iterator[AccessPointId]:
        for point, schedule in self._policy.levels[level].points.items():
            if schedule == ALWAYS or self._policy.schedules[schedule].opens_at:
                yield point

    def _barred(self, level: LevelId) -> Points:
        """Give the points that a denied level takes at every hour."""
        points = self._policy.levels[level].points
        return frozenset(point for point, schedule in points.items() if schedule == ALWAYS)

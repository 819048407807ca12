"""Which rules hold from when, and what changed from each to the next; pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from contract.dated_profiles import GroundedProfiles
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.hr.profile_view import FieldView, name_profile, view_profile


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of the rules; ``from_on`` is None of the first, ``until_on`` of the last.

    ``changes`` are the fields that differ from the version before; of each, ``default`` is what it was.
    """

    from_on: date | None
    until_on: date | None
    title: str
    changes: tuple[FieldView, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Tell whether the version is the one of a day."""
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


def view_versions(profiles: GroundedProfiles, phrases: Phrases) -> tuple[VersionView, ...]:
    """Tell every version, the latest first; a city whose rules never changed has one."""
    held = [(None, profiles.first), *profiles.later]
    begins = [from_on for from_on, _ in profiles.later]
    found = []
    for number, (from_on, grounded) in enumerate(held):
        until_on = begins[number] - timedelta(days=1) if number < len(begins) else None
        before = held[number - 1][1] if number else grounded
        fields = (field for each in view_profile(grounded, before, before, phrases).values() for field in each)
        changes = tuple(field for field in fields if field.default)
        found.append(VersionView(from_on, until_on, name_profile(grounded.profile.title, phrases.language), changes))
    return tuple(reversed(found))

"""A city's profiles with the days from which they hold, as both settings files name them.

``profile`` is what held first, each of ``profiles`` takes the place of the one before on its first day. A version has
no last day, so nothing lies between two of them and no day has two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo

from contract.attendance_profile import SHIPPED, GroundedProfile, find_profile
from domain.attendance.profile import DatedProfiles, FormerProfile, InForce


def _readable(named: str, info: ValidationInfo) -> str:
    """Give a shipped name, or the path of a file counted from the settings' folder; it must be a profile."""
    folder = (info.context or {}).get("folder", Path())
    found = named if named in SHIPPED else str(Path(folder, named))
    find_profile(found, Path())
    return found


def _first_of_month(on: date) -> date:
    if on.day != 1:
        raise ValueError(
            f"{on} は月の初日ではありません。月は一つの規則で数えます / "
            f"expected the first day of a month, such as {on.replace(day=1)}: a month is counted by one profile"
        )
    return on


ProfileName = Annotated[str, AfterValidator(_readable)]
"""``hagi``, ``lsa`` or the path of a city's own file."""


class ProfileVersion(BaseModel):
    """``[[profiles]]``: a profile, and the first day on which it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_on: Annotated[date, AfterValidator(_first_of_month)]
    profile: ProfileName


def _in_order(versions: tuple[ProfileVersion, ...]) -> tuple[ProfileVersion, ...]:
    for number, (one, other) in enumerate(pairwise(versions), start=1):
        if other.from_on == one.from_on:
            raise ValueError(
                f"{number}.from_on: {one.from_on} の規則が二つあります / two profiles hold from {one.from_on} on; "
                "expected each day once"
            )
        if other.from_on < one.from_on:
            raise ValueError(
                f"{number}.from_on: {one.from_on} より後の日を指定してください / "
                f"expected a day after {one.from_on}: the profiles stand in order"
            )
    return versions


ProfileVersions = Annotated[tuple[ProfileVersion, ...], AfterValidator(_in_order)]


def require_first(versions: Sequence[ProfileVersion], *, is_named: bool) -> None:
    """Refuse versions before which nothing is said to have held.

    Raises:
        ValueError: there are versions, and ``profile`` is not named.
    """
    if versions and not is_named:
        raise ValueError(
            f"profile: {versions[0].from_on} より前の規則を指定してください / "
            f"expected the profile that held before {versions[0].from_on}"
        )


@dataclass(frozen=True, slots=True)
class GroundedProfiles:
    """The profiles of a city with what their fields rest on: the first, and each later one with its first day."""

    first: GroundedProfile
    later: tuple[tuple[date, GroundedProfile], ...] = ()

    @property
    def rules(self) -> InForce:
        """Give what is counted by."""
        if not self.later:
            return self.first.profile
        held = [self.first, *(each for _, each in self.later)]
        before = (
            FormerProfile(from_on - timedelta(days=1), grounded.profile)
            for (from_on, _), grounded in zip(self.later, held, strict=False)
        )
        return DatedProfiles(tuple(before), held[-1].profile)

    def on(self, day: date) -> GroundedProfile:
        """Give what holds on a day."""
        return next((grounded for from_on, grounded in reversed(self.later) if from_on <= day), self.first)


def read_profiles(first: str, later: Sequence[ProfileVersion] = ()) -> GroundedProfiles:
    """Read a city's profiles, as settings name them.

    Raises:
        ProfileFileError: one cannot be read any more.
    """
    return GroundedProfiles(
        find_profile(first, Path()), tuple((each.from_on, find_profile(each.profile, Path())) for each in later)
    )

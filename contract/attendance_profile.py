"""A city's attendance rules as a TOML file: checked whole, and refused by the path of each wrong field."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from contract.profile_faults import parse_profile
from contract.profile_file import Certainty, ProfileFile
from domain.attendance.profile import Profile

FOLDER = Path(__file__).parent / "profiles"
SHIPPED = ("hagi", "lsa")


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a field has its value."""

    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class GroundedProfile:
    """A profile and, by field, what each value rests on."""

    profile: Profile
    grounds: Mapping[str, Ground]


def read_profile(path: Path) -> GroundedProfile:
    """Read a profile's file.

    Raises:
        ProfileFileError: it cannot be read, is not TOML, or fields are wrong; every one is named by its path.
    """
    file = parse_profile(path, ProfileFile)
    grounds = {name: Ground(clause.source, clause.certainty) for name, clause in file.clauses().items()}
    return GroundedProfile(file.profile(), MappingProxyType(grounds))


@lru_cache(maxsize=1)
def shipped_profiles() -> Mapping[str, GroundedProfile]:
    """Give the shipped profiles by name."""
    return MappingProxyType({name: read_profile(FOLDER / f"{name}.toml") for name in SHIPPED})


def shipped_profile(name: str) -> Profile:
    """Give a shipped profile's values: ``hagi``, the ordinance model of a city, or ``lsa``, plain national law."""
    return shipped_profiles()[name].profile


def find_profile(named: str, folder: Path) -> GroundedProfile:
    """Give a shipped profile by its name, or a city's own by the path of its file, relative to ``folder``.

    Raises:
        ProfileFileError: there is no such profile or file, or it is wrong.
    """
    return shipped_profiles().get(named) or read_profile(folder / named)

"""A city whose rules change: from a month on fifteen minutes of a stay more are asked about."""

from dataclasses import replace
from datetime import date

from contract.attendance_profile import GroundedProfile, shipped_profiles
from contract.dated_profiles import GroundedProfiles
from tests.pages.city import City


def change_rules(city: City, from_on: date, **fields: object) -> None:
    """Let other rules hold in the city from a day on."""
    usual = shipped_profiles()["hagi"]
    profile = replace(usual.profile, name="city-new", title="新しい条例 / new ordinance", **fields)  # type: ignore[arg-type]
    city.context.profiles = GroundedProfiles(usual, ((from_on, GroundedProfile(profile, usual.grounds)),))
    city.context.rules = replace(city.context.rules, profiles=city.context.profiles.rules)

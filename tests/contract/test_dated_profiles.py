"""Profiles with days of force: read in their order, what leaves a day without one or with two refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from contract.attendance_profile import FOLDER, shipped_profiles
from contract.dated_profiles import (
    GroundedProfiles,
    ProfileName,
    ProfileVersion,
    ProfileVersions,
    read_profiles,
    require_first,
)
from domain.attendance.profile import held_since

HAGI, LSA = (shipped_profiles()[name] for name in ("hagi", "lsa"))
APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


class _Settings(BaseModel):
    profile: ProfileName = "hagi"
    profiles: ProfileVersions = ()


def check(folder: Path, **said: Any) -> _Settings:
    return _Settings.model_validate(said, context={"folder": folder})


def version(on: str, profile: str = "lsa") -> dict[str, str]:
    return {"from_on": on, "profile": profile}


def test_each_holds_from_its_day_until_the_next(tmp_path: Path) -> None:
    text = (FOLDER / "hagi.toml").read_text(encoding="utf-8").replace('name = "hagi"', 'name = "city-2026"')
    (tmp_path / "city-2026.toml").write_text(text, encoding="utf-8")
    said = check(tmp_path, profile="hagi", profiles=[version("2026-04-01", "city-2026.toml"), version("2026-07-01")])
    found = read_profiles(said.profile, said.profiles)
    held = [found.on(day).profile.name for day in (date(2020, 1, 1), date(2026, 3, 31), APRIL, date(2026, 6, 30), JULY)]
    assert held == ["hagi", "hagi", "city-2026", "city-2026", "lsa"]
    assert [held_since(found.rules, day) for day in (date(2026, 3, 31), APRIL, JULY)] == [None, APRIL, JULY]


def test_one_profile_holds_for_all_time(tmp_path: Path) -> None:
    said = check(tmp_path)
    assert read_profiles(said.profile, said.profiles).rules == HAGI.profile


@given(st.lists(st.integers(0, 60), max_size=4, unique=True), st.dates(date(2019, 1, 1), date(2026, 12, 31)))
def test_what_counts_and_what_it_rests_on_are_the_same(months: list[int], day: date) -> None:
    later = tuple((date(2020 + number // 12, number % 12 + 1, 1), (LSA, HAGI)[number % 2]) for number in sorted(months))
    profiles = GroundedProfiles(HAGI, later)
    assert profiles.rules.on(day) == profiles.on(day).profile
    since = held_since(profiles.rules, day)
    assert since == max((from_on for from_on, _ in later if from_on <= day), default=None)


@pytest.mark.parametrize(
    ("versions", "where", "words"),
    [
        ([version("2026-04-02")], ("profiles", 0, "from_on"), "2026-04-02 は月の初日ではありません"),
        ([version("2026-04-02")], ("profiles", 0, "from_on"), "such as 2026-04-01"),
        ([version("2026-04-01"), version("2026-04-01")], ("profiles",), "1.from_on: 2026-04-01 の規則が二つあります"),
        ([version("2026-07-01"), version("2026-04-01")], ("profiles",), "1.from_on: 2026-07-01 より後の日"),
        ([version("2026-04-01", "edo.toml")], ("profiles", 0, "profile"), "edo.toml"),
        ([version("spring")], ("profiles", 0, "from_on"), "date"),
        ([{"from_on": "2026-04-01"}], ("profiles", 0, "profile"), "required"),
        ([{**version("2026-04-01"), "until_on": "2026-06-30"}], ("profiles", 0, "until_on"), "not permitted"),
    ],
)
def test_a_wrong_version_is_named(
    tmp_path: Path, versions: list[dict[str, str]], where: tuple[str | int, ...], words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        check(tmp_path, profiles=versions)
    (fault,) = refused.value.errors()
    assert fault["loc"] == where
    assert words in fault["msg"]


def test_what_held_before_the_first_version_is_named_too() -> None:
    versions = TypeAdapter(tuple[ProfileVersion, ...]).validate_python([version("2026-04-01")])
    require_first(versions, is_named=True)
    require_first((), is_named=False)
    with pytest.raises(ValueError, match=r"profile: 2026-04-01 より前の規則を指定してください"):
        require_first(versions, is_named=False)

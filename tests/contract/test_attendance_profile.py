"""A city's rules as a file: the shipped ones are the rules in use; a wrong one is refused by every wrong field."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from contract.attendance_profile import FOLDER, SHIPPED, find_profile, read_profile, shipped_profiles
from contract.profile_faults import BYTES_MAX, ProfileFileError
from contract.profile_file import Certainty, ProfileFile
from contract.profile_schema import profile_schema
from domain.attendance.profile import Profile

HAGI = (FOLDER / "hagi.toml").read_text(encoding="utf-8")
SCHEMA = json.loads(profile_schema()["attendance_profile.schema.json"])


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = HAGI
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = tmp_path / "city.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(file: Path) -> dict[str, str]:
    with pytest.raises(ProfileFileError) as refused:
        read_profile(file)
    return {fault.field: fault.expected for fault in refused.value.faults}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_field_names_its_source_and_how_sure_it_is(name: str) -> None:
    grounds = shipped_profiles()[name].grounds
    assert set(grounds) == {field.name for field in fields(Profile)} - {"name", "title"}
    assert all(ground.source[0] in "RL" and ";" in ground.source for ground in grounds.values())
    assert {ground.certainty for ground in grounds.values()} <= set(Certainty)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_fits_the_schema_that_it_names(name: str) -> None:
    path = FOLDER / f"{name}.toml"
    first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert json.loads((FOLDER / first.removeprefix("#:schema ")).resolve().read_text(encoding="utf-8")) == SCHEMA
    Draft202012Validator(SCHEMA).validate(tomllib.loads(path.read_text(encoding="utf-8")))


def test_a_citys_own_file(tmp_path: Path) -> None:
    file = changed(tmp_path, ('name = "hagi"', 'name = "nagato"'), ("value = 2325", "value = 2400"))
    assert find_profile("city.toml", tmp_path) == read_profile(file)
    profile = read_profile(file).profile
    assert (profile.name, profile.swap_week_threshold_minutes) == ("nagato", 2400)
    assert find_profile("lsa", tmp_path).profile == shipped_profiles()["lsa"].profile


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ('"ordinance"', '"flexible"', "counting.value", "次のいずれかにしてください / "),
        ("year_start = { value = 4", "year_start = { value = 13", "year_start.value", "12 以下にしてください / "),
        ("year_start = { value = 4", 'year_start = { value = "4"', "year_start.value", "整数にしてください / "),
        ("swap_in_60h = { value = false", "swap_in_60h = { value = 0", "swap_in_60h.value", "true か false "),
        ("swap_in_60h = {", "swap_in_60 = {", "swap_in_60", "この項目はありません。"),
        ("swap_in_60h = {", "swap_in_60 = {", "swap_in_60h", "必須の項目がありません / "),
        ('monday = "08:30-17:15', 'monday = "17:15-08:30', "week.value.monday", "値が正しくありません / "),
        ('value.sunday = "rest"\n', "", "week.value.sunday", "必須の項目がありません / "),
        ("weekday_day = 125", "weekday_day = 124", "rates.value.weekday_day", "125 以上にしてください / "),
        ("weekday_night = 175", "weekday_night = 170", "raised_rates.value.weekday_night", "175 以上にしてください / "),
        ("retention_years = { value = 5", "retention_years = { value = 2", "retention_years.value", "3 以上"),
        ("month_cap_minutes = { value = 2700", "month_cap_minutes = { value = 2701", "month_cap_minutes.value", "2700"),
        ('source = "R17; 労基法109, 附則143（当分の間3年）"', 'source = ""', "retention_years.source", "値が正しく"),
        ('source = "R17; 労基法109, 附則143（当分の間3年）", ', "", "retention_years.source", "必須の項目がありません"),
        ('name = "hagi"', 'name = "../hagi"', "name", "値が正しくありません / "),
        ("{ value = 480, ", "{ value = 480, unit = 1, ", "statutory_day_minutes.unit", "この項目はありません。"),
        ("over_minutes = 360", "over_minutes = 500", "file", "break_steps: 時間の短い順に"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(tmp_path: Path, before: str, after: str, field: str, said: str) -> None:
    told = faults(changed(tmp_path, (before, after)))
    assert said in told[field]
    assert " / " in told[field]


@pytest.mark.parametrize("minutes", [0, 5, 15, 30])
def test_r12_rounding_single_days_is_refused(tmp_path: Path, minutes: int) -> None:
    file = changed(
        tmp_path, ("daily_rounding_minutes = { value = 1,", f"daily_rounding_minutes = {{ value = {minutes},")
    )
    assert faults(file) == {
        "daily_rounding_minutes.value": "日ごとの端数処理はできません。1 にしてください（昭63.3.14 基発150）"
        " / days are counted to the minute; expected 1 (R12)"
    }


def test_r12_dropping_half_hours_without_raising_them_is_refused(tmp_path: Path) -> None:
    file = changed(tmp_path, ("pay_rounding_minutes = { value = 30", "pay_rounding_minutes = { value = 31"))
    assert list(faults(file)) == ["pay_rounding_minutes.value"]


def test_every_wrong_field_is_told_at_once(tmp_path: Path) -> None:
    told = faults(changed(tmp_path, ("weekday_day = 125", "weekday_day = 1"), ("value = 2325", "value = -1")))
    assert list(told) == ["swap_week_threshold_minutes.value", "rates.value.weekday_day"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name = ", "TOML として読めません / not TOML"),
        (b"\xff", "UTF-8 ではありません / not UTF-8"),
        (b"a = 1\na = 2", "TOML として読めません / not TOML"),
        (b"# " + b"x" * BYTES_MAX, "大きすぎます / larger than 256 KiB"),
        (b"a = " + b"[" * 100_000, "TOML として読めません / not TOML"),
    ],
)
def test_what_is_no_profile(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "city.toml"
    file.write_bytes(content)
    assert faults(file)["file"].startswith(said)


def test_a_missing_file_and_an_unknown_name(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.toml")["file"].startswith("読めません / cannot be read: ")
    with pytest.raises(ProfileFileError, match="edo: file: 読めません"):
        find_profile("edo", tmp_path)


@pytest.mark.parametrize("wrong", [{"year_start": 4}, {"week": []}, {"flex": True}])
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({**tomllib.loads(HAGI), **wrong})


@given(st.integers(-10, 5000), st.integers(-10, 60), st.integers(0, 400))
def test_the_schema_and_the_reader_agree_on_numbers(stay: int, rounding: int, rate: int) -> None:
    told = tomllib.loads(HAGI)
    told["stay_threshold_minutes"]["value"] = stay
    told["pay_rounding_minutes"]["value"] = rounding
    told["rates"]["value"]["weekday_day"] = rate
    is_right = 0 <= stay <= 1440 and 1 <= rounding <= 30 and rate >= 125
    assert Draft202012Validator(SCHEMA).is_valid(told) is is_right
    if not is_right:
        with pytest.raises(ValidationError):
            ProfileFile.model_validate(told)
        return
    profile = ProfileFile.model_validate(told).profile()
    assert (profile.stay_threshold_minutes, profile.pay_rounding_minutes) == (stay, rounding)
    assert profile.rates["weekday_day"] == rate

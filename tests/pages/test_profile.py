"""The rules to be read: every field, its ground, what the city chose, and an anchor for every rule that a why names."""

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from contract.attendance_profile import GroundedProfile, read_profile, shipped_profiles
from contract.leave_kind_file import shipped_leave_rules
from contract.profile_file import ProfileFile
from gateway.operations.identity.roles import Role
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.hr.profile_view import GROUPS, rules_of, view_kinds, view_profile
from gateway.pages.words import Language

SHIPPED = shipped_profiles()


def _row(text: str, field: str) -> str:
    row = text.split(f'id="field-{field}"')[1].split("</tr>", maxsplit=1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", row.partition(">")[2]).split())


def test_every_field_has_its_place_its_value_and_its_ground(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/attendance/profile").text
    fields = set(ProfileFile.model_fields) - {"name", "title"}
    assert {name for names in GROUPS.values() for name in names} == fields
    assert set(re.findall(r'id="field-(\w+)"', text)) == fields
    assert _row(text, "stay_threshold_minutes").startswith("退勤後の在庁を乖離とする長さ 15分 既定のまま R14; 労働時間")
    assert "△ 市が定める" in _row(text, "stay_threshold_minutes")
    assert "◎ 法令で定まる" in _row(text, "statutory_day_minutes")
    assert "既定" not in _row(text, "statutory_day_minutes")  # the law settles it: nothing to choose
    assert "違う 1日8時間・週40時間を超えた分を数える" in _row(text, "counting")
    assert "05:00" in _row(text, "night_ends_minute")
    assert "6:00を超えるとき 45分" in _row(text, "break_steps")


def test_every_rule_that_a_ground_names_can_be_reached(sign_in_as) -> None:
    text = sign_in_as(Role.auditor).get("/attendance/profile").text
    anchors = set(re.findall(r'id="rule-(\w+)"', text))
    assert set(re.findall(r'href="#rule-(\w+)"', text)) <= anchors
    assert anchors >= {f"R{number}" for number in range(1, 20)} | {f"L{number}" for number in range(1, 24)}


def test_kinds_of_leave_stand_with_their_grounds(sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/attendance/profile").text
    for kind in shipped_leave_rules().kinds:
        assert f'id="kind-{kind}"' in text


@pytest.mark.parametrize("language", Language)
def test_every_value_can_be_said_of_either_profile(language: Language) -> None:
    phrases = Phrases(language)
    for profile in SHIPPED.values():
        groups = view_profile(profile, SHIPPED["hagi"], SHIPPED["lsa"], phrases)
        assert all(field.value and field.source for fields in groups.values() for field in fields)
    assert len(view_kinds(shipped_leave_rules(), phrases)) == len(shipped_leave_rules().kinds)


def test_what_a_city_changed_stands_beside_the_default() -> None:
    usual = SHIPPED["hagi"]
    own = GroundedProfile(replace(usual.profile, stay_threshold_minutes=30), MappingProxyType(dict(usual.grounds)))
    groups = view_profile(own, usual, SHIPPED["lsa"], Phrases(Language.ja))
    (field,) = (each for each in groups["punches"] if each.name == "stay_threshold_minutes")
    assert (field.value, field.default, field.law) == (("30分",), ("15分",), ("15分",))
    assert field.is_choice


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ("R5, L7–L9; 労基法37", ("R5", "L7", "L8", "L9")),
        ("R14, R15; 同ガイドライン", ("R14", "R15")),
        ("昭63.1.1 基発1（R3）", ("R3",)),
        ("勤務時間条例", ()),
    ],
)
def test_a_ground_names_its_rules(source: str, rules: tuple[str, ...]) -> None:
    assert rules_of(source) == rules


def test_a_city_s_own_file_is_shown(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "contract/profiles"
    text = (folder / "hagi.toml").read_text(encoding="utf-8").replace('name = "hagi"', 'name = "machi"')
    file = tmp_path / "machi.toml"
    file.write_text(text, encoding="utf-8")
    groups = view_profile(read_profile(file), SHIPPED["hagi"], SHIPPED["lsa"], Phrases(Language.ja))
    assert not any(field.default for fields in groups.values() for field in fields)


def test_it_is_for_people_who_signed_in(client) -> None:
    assert client.get("/attendance/profile").status_code == 303

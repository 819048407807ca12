"""``sekisho attendance``: the form of case files, exactly; a malformed file is refused whole with the field's path."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contract.attendance_profile import FOLDER
from sekisho.attendance import app

STAY_OF_30 = "stay_threshold_minutes = { value = 30"

SEED = """
cases:
- id: "seed-2025-11-13"
  profile: hagi                      # a shipped profile, or {base: hagi, <field>: <value>}
  staff: {employment: full_time, manager: false, workplace: ordinary}
  period: 2025-11
  holidays: [2025-11-03, 2025-11-23, 2025-11-24]
  shifts:
    2025-11-13: "08:30-17:15 break 12:00-13:00"
    2025-11-22: rest
  swaps: [{worked_on: 2025-11-15, off_on: 2025-11-19, part: full}]
  compensatory: [{worked_on: 2025-11-03, off_on: 2025-11-10}]
  leave: [{on: 2025-11-12, kind: annual, from: "08:30", to: "10:30"}]
  orders: [{from: "2025-11-13 17:15", to: "2025-11-13 20:30", breaks: []}]
  taps:
  - {at: "2025-11-13 08:20", direction: in, point: entrance}
  - {at: "2025-11-13 20:30", direction: out, point: entrance}
"""

DAY = {
    "in": "08:20", "out": "20:30", "late": 0, "early_leave": 0,
    "worked": 670, "regular": 465, "overtime": 195, "overtime_shown": "3.15",
    "classes": {"weekday_day": 195}, "beyond_statutory": 180,
    "divergences": [], "missing": [],
}  # fmt: skip
PERIOD = {
    "overtime": 195, "overtime_shown": "3.15",
    "classes": {"weekday_day": 195}, "after_60h": {}, "pay_hours": {"125": 3},
    "limits": [], "intervals": [],
}  # fmt: skip


def run(tmp_path: Path, text: str, *options: str, command: tuple[str, ...] = ("evaluate",)) -> Any:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, [*command, str(file), *options])


def evaluate(tmp_path: Path, **case: Any) -> dict[str, Any]:
    """One case, as JSON, with what every case needs."""
    said = {"id": "c", "profile": "hagi", "period": "2025-11", "holidays": [], **case}
    told = run(tmp_path, json.dumps({"cases": [said]}))
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)[0]


def taps(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"at": at, "direction": direction, "point": "entrance"} for at, direction in pairs]


THIRTEENTH = taps(("2025-11-13 08:20", "in"), ("2025-11-13 20:30", "out"))


def test_the_documents_own_example(tmp_path: Path) -> None:
    told = run(tmp_path, SEED)
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout) == [{"id": "seed-2025-11-13", "days": {"2025-11-13": DAY}, "period": PERIOD}]


def test_why_adds_a_ledger_that_touches(tmp_path: Path) -> None:
    day = json.loads(run(tmp_path, SEED, "--why").stdout)[0]["days"]["2025-11-13"]
    ledger = day.pop("ledger")
    assert day == DAY
    assert [(row["from"], row["to"], row["class"], row["rate"], row["rule"]) for row in ledger] == [
        ("08:20", "08:30", "unordered", 0, "L19"),
        ("08:30", "12:00", "regular", 100, "L1"),
        ("12:00", "13:00", "break", 0, "R7"),
        ("13:00", "17:15", "regular", 100, "L1"),
        ("17:15", "20:30", "weekday_day", 125, "L4"),
    ]
    assert ledger[-1]["order"] == "2025-11-13 17:15 - 2025-11-13 20:30"
    assert ledger[-1]["taps"] == ["2025-11-13 08:20", "2025-11-13 20:30"]


def test_the_calendar_stands_in_for_absent_holidays(tmp_path: Path) -> None:
    case = {
        "id": "h", "profile": "hagi", "period": "2025-11",
        "orders": [{"from": "2025-11-24 08:30", "to": "2025-11-24 17:15"}],
        "taps": taps(("2025-11-24 08:30", "in"), ("2025-11-24 17:15", "out")),
    }  # fmt: skip
    told = json.loads(run(tmp_path, json.dumps({"cases": [case]})).stdout)[0]
    assert told["period"]["classes"] == {"holiday_regular": 465}
    assert evaluate(tmp_path, **{**case, "holidays": []})["period"]["classes"] == {}


def test_times_past_midnight_and_with_offsets_are_one_axis(tmp_path: Path) -> None:
    orders = [{"from": "2025-11-13 17:15", "to": "2025-11-13 26:00", "breaks": ["25:00-25:30"]}]
    one = evaluate(tmp_path, orders=orders, taps=taps(("2025-11-13 08:30", "in"), ("2025-11-13 26:00", "out")))
    other = evaluate(
        tmp_path, orders=orders, taps=taps(("2025-11-12 23:30+00:00", "in"), ("2025-11-13T17:00:59Z", "out"))
    )
    assert one == other
    day = one["days"]["2025-11-13"]
    assert (day["out"], day["overtime"], day["classes"]) == ("26:00", 495, {"weekday_day": 285, "weekday_night": 210})


def test_moments_are_written_out(tmp_path: Path) -> None:
    told = evaluate(
        tmp_path,
        orders=[{"from": "2025-11-12 17:15", "to": "2025-11-12 24:00"}],
        taps=taps(
            ("2025-11-12 08:30", "in"),
            ("2025-11-12 24:00", "out"),
            ("2025-11-13 08:30", "in"),
            ("2025-11-13 17:15", "out"),
        ),
    )
    assert told["period"]["intervals"] == [{"from": "2025-11-13 00:00", "to": "2025-11-13 08:30", "minutes": 510}]


def test_divergences_and_missing_punches(tmp_path: Path) -> None:
    told = evaluate(
        tmp_path, taps=taps(("2025-11-13 08:20", "in"), ("2025-11-14 08:30", "in"), ("2025-11-14 17:45", "out"))
    )
    first, second = told["days"]["2025-11-13"], told["days"]["2025-11-14"]
    assert first["missing"] == [{"direction": "out", "candidate": None}]
    assert first["divergences"] == [{"kind": "missing_out", "minutes": 0, "from": "08:20", "to": None}]
    assert second["divergences"] == [{"kind": "unordered_stay", "minutes": 30, "from": "17:15", "to": "17:45"}]


def test_overrides_by_name(tmp_path: Path) -> None:
    def kinds(**overrides: Any) -> list[str]:
        told = evaluate(
            tmp_path,
            profile={"base": "hagi", **overrides},
            taps=taps(("2025-11-13 08:00", "in"), ("2025-11-13 17:35", "out")),
        )
        return [item["kind"] for item in told["days"]["2025-11-13"]["divergences"]]

    assert kinds() == ["unordered_early", "unordered_stay"]
    assert kinds(stay_threshold_minutes=20) == ["unordered_early"]
    assert kinds(early_threshold_minutes=30) == ["unordered_stay"]


def test_a_manager_is_told_worked_minutes_and_special_duty(tmp_path: Path) -> None:
    told = evaluate(
        tmp_path, staff={"manager": True}, taps=taps(("2025-11-15 09:00", "in"), ("2025-11-15 15:01", "out"))
    )
    day = told["days"]["2025-11-15"]
    assert (day["special_duty"], day["worked"], day["overtime"], day["classes"]) == ("over_6h", 361, 0, {})
    assert told["period"]["pay_hours"] == {}


def test_a_week_as_period_counts_what_lies_before_it(tmp_path: Path) -> None:
    told = evaluate(tmp_path, period={"from": "2025-11-14", "to": "2025-11-14"}, taps=THIRTEENTH)
    assert told["days"] == {}
    assert told["period"]["overtime"] == 0


def test_json_and_several_cases_in_order(tmp_path: Path) -> None:
    cases = [{"id": name, "profile": "lsa", "period": "2025-11", "taps": THIRTEENTH} for name in ("b", "a", "c")]
    told = run(tmp_path, json.dumps({"cases": cases}))
    assert [answer["id"] for answer in json.loads(told.stdout)] == ["b", "a", "c"]


GOOD: dict[str, Any] = {"id": "c", "profile": "hagi", "period": "2025-11"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": 13}, "cases[1].id"),
        ({"colour": "red"}, "cases[1].colour"),
        ({"profile": "edo"}, "cases[1].profile.base"),
        ({"profile": {"base": "hagi", "night": 1}}, "cases[1].profile.night"),
        ({"profile": {"base": "hagi", "year_start": 13}}, "cases[1].profile.year_start"),
        ({"profile": {"base": "hagi", "year_start": "4"}}, "cases[1].profile.year_start"),
        ({"profile": {"base": "hagi", "swap_in_60h": "yes"}}, "cases[1].profile.swap_in_60h"),
        ({"profile": {"base": "hagi", "date_change": "29:00"}}, "cases[1].profile.date_change"),
        ({"profile": {"base": "hagi", "date_change": None}}, "cases[1].profile.date_change"),
        ({"profile": {"base": "hagi", "stay_threshold_minutes": -1}}, "cases[1].profile.stay_threshold_minutes"),
        ({"profile": {"base": "hagi", "swap_week_threshold": 2325}}, "cases[1].profile.swap_week_threshold"),
        ({"staff": {"employment": "casual"}}, "cases[1].staff.employment"),
        ({"staff": {"manager": 1}}, "cases[1].staff.manager"),
        ({"period": "2025-13"}, "cases[1].period"),
        ({"period": "2025"}, "cases[1].period"),
        ({"period": {"from": "2025-11-02", "to": "2025-11-01"}}, "cases[1].period.to"),
        ({"holidays": ["2025-02-31"]}, "cases[1].holidays[0]"),
        ({"holidays": None}, "cases[1].holidays"),
        ({"shifts": {"2025-11-13": "17:15-08:30"}}, "cases[1].shifts.2025-11-13"),
        ({"shifts": {"2025-11-13": "08:30-17:15 break 07:00-09:00"}}, "cases[1].shifts.2025-11-13"),
        ({"shifts": {"2025-11-13": "off"}}, "cases[1].shifts.2025-11-13"),
        ({"shifts": {"13 Nov": "rest"}}, "cases[1].shifts.13 Nov"),
        ({"swaps": [{"worked_on": "2025-11-15"}]}, "cases[1].swaps[0].off_on"),
        ({"swaps": [{"worked_on": "2025-11-15", "off_on": "2025-11-19", "part": "half"}]}, "cases[1].swaps[0].part"),
        ({"swaps": [{"worked_on": "2025-11-13", "off_on": "2025-11-19"}]}, "cases[1].swaps[0].worked_on"),
        ({"compensatory": [{"worked_on": "2025-11-13", "off_on": "2025-11-19"}]}, "cases[1].compensatory[0].worked_on"),
        ({"leave": [{"on": "2025-11-13", "kind": "nap"}]}, "cases[1].leave[0].kind"),
        ({"leave": [{"on": "2025-11-13", "kind": "annual", "from": "10:00"}]}, "cases[1].leave[0]"),
        ({"leave": [{"on": "2025-11-13", "kind": "annual", "from": 10, "to": "11:00"}]}, "cases[1].leave[0].from"),
        ({"orders": [{"from": "2025-11-13 20:30", "to": "2025-11-13 20:30"}]}, "cases[1].orders[0].to"),
        ({"orders": [{"from": "2025-11-13 17:15", "to": "20:30"}]}, "cases[1].orders[0].to"),
        (
            {"orders": [{"from": "2025-11-13 17:15", "to": "2025-11-13 20:30", "breaks": ["19:30-19:00"]}]},
            "cases[1].orders[0].breaks[0]",
        ),
        (
            {"orders": [{"from": "2025-11-13 17:15", "to": "2025-11-13 20:30", "breaks": ["12:00-13:00"]}]},
            "cases[1].orders[0].breaks",
        ),
        ({"taps": [{"at": "2025-11-13 0820", "direction": "in"}]}, "cases[1].taps[0].at"),
        ({"taps": [{"at": "2025-11-13 08:60", "direction": "in"}]}, "cases[1].taps[0].at"),
        ({"taps": [{"at": "2025-11-31 08:20", "direction": "in"}]}, "cases[1].taps[0].at"),
        ({"taps": [{"at": "0001-01-01 08:20", "direction": "in"}]}, "cases[1].taps[0].at"),
        ({"taps": [{"at": "2025-11-13 08:20", "direction": "IN"}]}, "cases[1].taps[0].direction"),
        ({"taps": [{"at": "2025-11-13 08:20"}]}, "cases[1].taps[0].direction"),
        ({"taps": [{"at": "2025-11-13 08:20", "direction": "in", "point": "roof"}]}, "cases[1].taps[0].point"),
        ({"taps": {}}, "cases[1].taps"),
    ],
)
def test_a_malformed_field_refuses_the_file_whole_and_names_its_path(
    tmp_path: Path, change: dict[str, Any], path: str
) -> None:
    told = run(tmp_path, json.dumps({"cases": [GOOD, {**GOOD, **change}]}))
    assert told.exit_code == 2
    assert told.stdout == ""
    assert told.stderr.startswith(f"cases.yaml: {path}: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file"),
        ("[]", "file"),
        ("{}", "cases"),
        ("cases: [}", "file:1"),
        ("cases: []\ncases: []", "file:2"),
        ("cases:\n- {id: a, id: b}", "file:2"),
        ("cases: !!python/object/apply:os.getcwd []", "file:1"),
        ("cases: " + "[" * 400_000, "file:1: 入れ子"),
        ("cases: [{? [a, b] : c}]", "file:1"),
    ],
)
def test_what_is_no_case_file(tmp_path: Path, text: str, said: str) -> None:
    told = run(tmp_path, text)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"cases.yaml: {said}")


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["evaluate", str(tmp_path / "none.yaml")]).exit_code == 2
    (tmp_path / "b.yaml").write_bytes(b"cases: \xff")
    assert CliRunner().invoke(app, ["evaluate", str(tmp_path / "b.yaml")]).exit_code == 2


def test_profiles_tell_every_field_with_its_source() -> None:
    told = json.loads(CliRunner().invoke(app, ["profiles"]).stdout)
    assert [profile["name"] for profile in told] == ["hagi", "lsa"]
    assert all(field["source"] for profile in told for field in profile["fields"])


def test_diff_shows_what_changes_between_two_profiles(tmp_path: Path) -> None:
    told = run(tmp_path, SEED, command=("diff", "hagi", "lsa"))
    changes = {item["path"]: (item["hagi"], item["lsa"]) for item in json.loads(told.stdout)[0]["changes"]}
    assert changes["period.overtime"] == (195, 180)
    assert changes["period.classes.within_statutory"] == (None, 15)
    assert run(tmp_path, SEED, command=("diff", "hagi", "edo")).exit_code == 2


def test_a_citys_own_profile_is_listed_and_compared(tmp_path: Path) -> None:
    city = tmp_path / "city.toml"
    city.write_text(
        (FOLDER / "hagi.toml").read_text(encoding="utf-8").replace("stay_threshold_minutes = { value = 15", STAY_OF_30),
        encoding="utf-8",
    )
    listed = json.loads(CliRunner().invoke(app, ["profiles", str(city)]).stdout)
    assert [profile["name"] for profile in listed] == ["hagi"]
    assert {key: value for key, value in listed[0]["fields"][3].items() if key != "source"} == {
        "field": "stay_threshold_minutes",
        "value": 30,
    }
    late = {**GOOD, "taps": taps(("2025-11-13 08:30", "in"), ("2025-11-13 17:45", "out"))}
    told = run(tmp_path, json.dumps({"cases": [late]}), command=("diff", "hagi", str(city)))
    assert [change["path"] for change in json.loads(told.stdout)[0]["changes"]] == ["days.2025-11-13.divergences"]


def test_a_wrong_profile_is_refused_by_its_fields(tmp_path: Path) -> None:
    city = tmp_path / "city.toml"
    city.write_text("name = 1\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["profiles", str(city)])
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("city.toml: name: 文字列にしてください / ")
    assert "city.toml: week: 必須の項目がありません / " in told.stderr

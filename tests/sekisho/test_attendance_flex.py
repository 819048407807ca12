"""Flexible hours asked of ``sekisho attendance`` (L20): by the shipped rules, and by a city that adopted them."""

import json
import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from contract.attendance_profile import FOLDER
from sekisho.attendance import app

WEEK = ("2025-11-10", "2025-11-11", "2025-11-12", "2025-11-13", "2025-11-14")
CASE = {
    "id": "flexible",
    "profile": "hagi",
    "period": {"from": "2025-11-09", "to": "2025-11-15"},
    "holidays": [],
    "shifts": dict.fromkeys(WEEK, "flex 08:30-17:15 break 12:00-13:00"),
    "taps": [
        {"at": f"{day} {clock}", "direction": direction}
        for day in WEEK
        for clock, direction in (("09:30", "in"), ("18:00", "out"))
    ],
}


def own_rules(folder: Path) -> Path:
    text = (FOLDER / "hagi.toml").read_text(encoding="utf-8")
    for name, value in (("adopted", "true"), ("period_weeks", "1"), ("period_from_on", '"2025-11-02"')):
        text, found = re.subn(rf"(flex_{name} = {{ value = )[^,]+", rf"\g<1>{value}", text)
        assert found == 1
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file


def run(folder: Path, *command: str) -> Any:
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": [CASE]}), encoding="utf-8")
    told = CliRunner().invoke(app, [*command, str(file)])
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)[0]


def test_where_nobody_adopted_them_the_days_are_ordinary_ones(tmp_path: Path) -> None:
    told = run(tmp_path, "evaluate")
    day = told["days"]["2025-11-12"]
    assert (day["late"], [each["kind"] for each in day["divergences"]]) == (60, ["unordered_stay", "flex_not_adopted"])
    assert "settlements" not in told["period"]


def test_a_city_that_adopts_them_sees_what_changes(tmp_path: Path) -> None:
    changes = {each["path"]: each for each in run(tmp_path, "diff", "hagi", str(own_rules(tmp_path)))["changes"]}
    own = str(tmp_path / "own.toml")
    assert changes["days.2025-11-12.late"][own] == 0
    assert changes["days.2025-11-12.regular"][own] == 450
    (one,) = changes["period.settlements"][own]
    assert one == {
        "from": "2025-11-09", "to": "2025-11-15", "state": "settled", "due": 2325, "worked": 2250, "leave": 0,
        "balance": -75,
    }  # fmt: skip
    assert changes["days.2025-11-15"][own]["divergences"] == [
        {"kind": "flex_shortage", "minutes": 75, "from": None, "to": None}
    ]


def test_the_rules_are_listed_with_their_grounds() -> None:
    told = CliRunner().invoke(app, ["profiles"])
    fields = {each["field"]: each for each in json.loads(told.stdout)[0]["fields"]}
    assert (fields["flex_adopted"]["value"], fields["flex_period_from_on"]["value"]) == (False, "2026-03-29")
    assert "人事院規則15-14 3" in fields["flex_period_weeks"]["source"]

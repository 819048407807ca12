"""``sekisho access evaluate``: nothing is guessed; a malformed file is refused whole with the path of the bad field."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sekisho.access import app
from tests.sekisho.access_cases import building, change, run, tap


def put(path: str, value: Any) -> dict[str, Any]:
    """A building in which the field at a dotted path is this."""
    scenario: dict[str, Any] = {
        **building(special_days={"holidays": []}, denials=[{"person": "p1", "points": []}]),
        "events": [tap("08:00", "main_in"), change("08:01"), tap("08:02", "main_out")],
    }
    where: Any = scenario
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in above:
        where = where[part]
    where[last] = value
    return scenario


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("colour", 1, "colour"),
    ("id", "x", "id"),
    ("areas.hall.colour", 1, "areas.hall.colour"),
    ("areas.hall", None, "areas.hall"),
    ("areas", None, "areas"),
    ("areas", [], "areas"),
    ("areas.hall.antipassback", {"minutes": 3}, "areas.hall.antipassback.mode"),
    ("areas.hall.antipassback", {"mode": "medium"}, "areas.hall.antipassback.mode"),
    ("areas.hall.antipassback", {"mode": "hard", "minutes": -1}, "areas.hall.antipassback.minutes"),
    ("areas.hall.antipassback", {"mode": "hard", "minutes": 1.5}, "areas.hall.antipassback.minutes"),
    ("areas.hall.antipassback", None, "areas.hall.antipassback"),
    ("areas.hall.occupancy", {}, "areas.hall.occupancy.max"),
    ("areas.hall.occupancy", {"max": "4"}, "areas.hall.occupancy.max"),
    ("areas.hall.occupancy", {"max": -1}, "areas.hall.occupancy.max"),
    ("areas.hall.two_person", "yes", "areas.hall.two_person"),
    ("doors.main.interlock", 3, "doors.main.interlock"),
    ("doors.main.open", True, "doors.main.open"),
    ("access_points.main_in.door", "gate", "access_points.main_in.door"),
    ("access_points.main_in.from", "moon", "access_points.main_in.from"),
    ("access_points.main_in.to", "moon", "access_points.main_in.to"),
    ("access_points.main_in.minimum_assurance", 4, "access_points.main_in.minimum_assurance"),
    ("access_points.main_in.minimum_assurance", True, "access_points.main_in.minimum_assurance"),
    ("access_points.bare", {"from": "hall", "to": "office"}, "access_points.bare.door"),
    ("schedules.day.from", "7.30", "schedules.day.from"),
    ("schedules.day.from", 450, "schedules.day.from"),
    ("schedules.day.to", "19:60", "schedules.day.to"),
    ("schedules.day.days", ["mon"], "schedules.day.days"),
    ("schedules.bare", {"from": "07:00", "to": "08:00"}, "schedules.bare.rrule"),
    ("schedules.day.except", ["feasts"], "schedules.day.except[0]"),
    ("schedules.day.rrule", 5, "schedules.day.rrule"),
    ("special_days.holidays", ["2025-13-01"], "special_days.holidays[0]"),
    ("special_days.holidays", ["2025-11-03 00:00"], "special_days.holidays[0]"),
    ("levels.all.0.points", ["main_in", "nowhere"], "levels.all[0].points[1]"),
    ("levels.all.0.schedule", "nights", "levels.all[0].schedule"),
    ("levels.all", {"points": []}, "levels.all"),
    ("levels.all.0", {"schedule": "day"}, "levels.all[0].points"),
    ("persons.p1.levels", ["none"], "persons.p1.levels[0]"),
    ("persons.p1.name", "田中", "persons.p1.name"),
    ("credentials.c1.person", "p9", "credentials.c1.person"),
    ("credentials.c1.status", "sleeping", "credentials.c1.status"),
    ("credentials.c1.assurance", "2", "credentials.c1.assurance"),
    ("credentials.c9", {"assurance": 2}, "credentials.c9.person"),
    ("denials.0.person", "p9", "denials[0].person"),
    ("denials.0.level", "all", "denials[0]"),
    ("denials.0", {"points": []}, "denials[0]"),
    ("denials.0", {"person": "p1"}, "denials[0].points"),
    ("denials.0", {"level": "none", "points": []}, "denials[0].level"),
    ("denials.0.points", ["nowhere"], "denials[0].points[0]"),
    ("denials.0.schedule", "nights", "denials[0].schedule"),
    ("threat_level", "panic", "threat_level"),
    ("threat_level", None, "threat_level"),
    ("events.0.point", "nowhere", "events[0].point"),
    ("events.0.at", "08:00", "events[0].at"),
    ("events.0.at", "2025-11-13 08:03", "events[1].at"),
    ("events.0.at", "2025-11-13T08:03+09:00", "events[1].at"),
    ("events.0.taken", "no", "events[0].taken"),
    ("events.0.assurance", 2, "events[0].assurance"),
    ("events.0.set", {}, "events[0]"),
    ("events.0", {"at": "2025-11-13 08:00", "point": "main_in"}, "events[0]"),
    ("events.0", {"at": "2025-11-13 08:00", "credential": "c1"}, "events[0]"),
    ("events.0", {"at": "2025-11-13 08:00"}, "events[0]"),
    ("events.0", {"point": "main_in", "credential": "c1"}, "events[0].at"),
    ("events.1.set", {"threat_level": "panic"}, "events[1].set.threat_level"),
    ("events.1.set", {"doors": {"gate": "open"}}, "events[1].set.doors.gate"),
    ("events.1.set", {"doors": {"main": "ajar"}}, "events[1].set.doors.main"),
    ("events.1.set", {"credentials": {"c9": {"status": "lost"}}}, "events[1].set.credentials.c9"),
    ("events.1.set", {"credentials": {"c1": {}}}, "events[1].set.credentials.c1.status"),
    (
        "events.1.set",
        {"credentials": {"c1": {"person": "p2", "status": "lost"}}},
        "events[1].set.credentials.c1.person",
    ),
    ("events.1.set", {"persons": {}}, "events[1].set.persons"),
    ("events.1.taken", True, "events[1]"),
)


@pytest.mark.parametrize(("path", "value", "field"), WRONG)
def test_the_bad_field_is_named(tmp_path: Path, path: str, value: Any, field: str) -> None:
    told = run(tmp_path, json.dumps(put(path, value)))
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"cases.yaml: {field}: "), told.stderr


def test_the_form_that_is_spoiled_here_is_right(tmp_path: Path) -> None:
    assert run(tmp_path, json.dumps(put("threat_level", "normal"))).exit_code == 0


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "file"),
        ("[]", "file"),
        ("5", "file"),
        ("areas: [", "file:2"),
        ("areas: {}\nareas: {}", "file:2"),
        ("cases: {}", "cases"),
        ("cases: [{}]", "cases[0].id"),
        ("cases: [{id: 5}]", "cases[0].id"),
        ("{cases: [], areas: {}}", "areas"),
        (
            "cases: [{id: a}, {id: b, events: [{at: 2025-11-13 08:00, point: x, credential: y}]}]",
            "cases[1].events[0].point",
        ),
        ("areas: {hall: {}\x00}", "file"),
        ('{"cases": [{"id": "\\ud800"}]}', "file:1"),
        ("persons: {1: {}}", "persons[1]"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, field: str) -> None:
    told = run(tmp_path, text)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"cases.yaml: {field}: "), told.stderr


def test_one_bad_case_refuses_the_whole_file(tmp_path: Path) -> None:
    good = {"id": "a", **building(), "events": [tap("08:00", "main_in")]}
    told = run(tmp_path, json.dumps({"cases": [good, {**good, "id": "b", "threat_level": "panic"}]}))
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("cases.yaml: cases[1].threat_level: ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["evaluate", str(tmp_path / "none.yaml")])
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("none.yaml: file: ")


@pytest.mark.parametrize("indent", [None, "\t", 2])
def test_json_is_read_as_json(tmp_path: Path, indent: str | int | None) -> None:
    told = run(tmp_path, json.dumps({"areas": {"屋上😀": {}}}, indent=indent))
    assert told.exit_code == 0, told.stderr


def test_a_key_said_twice_in_json_is_named_by_its_line(tmp_path: Path) -> None:
    told = run(tmp_path, '{"areas": {},\n "areas": {}}')
    assert told.exit_code == 2
    assert told.stderr.startswith("cases.yaml: file:2: ")


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    told = run(tmp_path, "[" * 100_000)
    assert told.exit_code == 2

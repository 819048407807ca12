"""``sekisho access evaluate``: what the words of a case file mean, sentence by sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sekisho.access_cases import building, change, evaluate, reasons, run, tap

EXAMPLE = """
areas: {outside: {}, hall: {antipassback: {mode: hard, minutes: null}}, server_room: {antipassback: {mode: soft, minutes: 10}, two_person: true, occupancy: {max: 4}}}
doors: {main: {}, d2: {interlock: vestibule}}
access_points:                       # one side of a door
  main_in:  {door: main, from: outside, to: hall, minimum_assurance: 1}
  main_out: {door: main, from: hall, to: outside}
schedules:
  office: {rrule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", from: "07:30", to: "19:00", except: [holidays]}
special_days: {holidays: [2025-11-03]}
levels: {staff: [{points: [main_in, main_out], schedule: office}]}
persons: {p1: {levels: [staff], valid: ["2025-04-01", "2026-03-31"]}}
credentials: {c1: {person: p1, assurance: 2, status: active, valid: ["2025-04-01 00:00", null]}}
denials: []                          # {person|level, points, schedule}; a denial wins over any grant
threat_level: normal                 # lockdown | evacuation | shelter
events:
- {at: "2025-11-13 08:20", point: main_in, credential: c1}
- {at: "2025-11-13 08:21", set: {threat_level: lockdown}}
- {at: "2025-11-13 08:22", point: main_in, credential: c1, taken: false}   # granted but not entered
"""  # noqa: E501 (the document's own line)

GRANTED, WAITING = "granted", "two_person_waiting"


def test_the_documents_own_example(tmp_path: Path) -> None:
    told = run(tmp_path, EXAMPLE)
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout) == [
        {"granted": True, "reason": "granted", "rule": "staff/office", "soft": []},
        {"granted": False, "reason": "threat_level", "rule": "threat_level", "soft": []},
    ]


def test_several_cases_answer_by_their_ids(tmp_path: Path) -> None:
    one = {"id": "one", **building(), "events": [tap("08:00", "main_in"), change("08:01", threat_level="lockdown")]}
    told = run(tmp_path, json.dumps({"cases": [one, {"id": "two"}]}))
    assert told.exit_code == 0, told.stderr
    answer = {"granted": True, "reason": "granted", "rule": "all/always", "soft": []}
    assert json.loads(told.stdout) == [{"id": "one", "events": [answer]}, {"id": "two", "events": []}]


def test_one_scenario_answers_by_a_list_alone(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "{}").stdout) == []


def scheduled(**schedule: Any) -> dict[str, Any]:
    given = {"rrule": "FREQ=DAILY", "from": "07:30", "to": "19:00", **schedule}
    return building(
        schedules={"s": given},
        levels={"all": [{"points": ["main_in"], "schedule": "s"}]},
        special_days={"holidays": ["2025-11-24"], "closing": ["2025-11-13"]},
    )


@pytest.mark.parametrize(
    ("clock", "told"),
    [("07:29", "out_of_schedule"), ("07:30", GRANTED), ("18:59", GRANTED), ("19:00", "out_of_schedule")],
)
def test_a_window_holds_from_its_first_minute_up_to_but_not_including_its_last(
    tmp_path: Path, clock: str, told: str
) -> None:
    assert reasons(tmp_path, scheduled(), tap(clock, "main_in")) == [told]


@pytest.mark.parametrize(
    ("rrule", "day", "held"),
    [
        ("FREQ=DAILY", "2025-11-16", True),
        ("FREQ=DAILY;INTERVAL=1", "2025-11-16", True),
        ("FREQ=DAILY;BYMONTH=12", "2025-11-16", False),
        ("FREQ=WEEKLY;BYDAY=MO,TU", "2025-11-18", True),
        ("FREQ=WEEKLY;BYDAY=MO,TU", "2025-11-19", False),
        ("BYDAY=TU;FREQ=WEEKLY", "2025-11-18", True),
        ("freq=weekly;byday=tu", "2025-11-18", True),
        ("FREQ=MONTHLY;BYDAY=2SA,4SA", "2025-11-22", True),
        ("FREQ=MONTHLY;BYDAY=2SA,4SA", "2025-11-15", False),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2025-11-28", True),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "2025-11-17", True),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "2025-11-04", True),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "2025-11-11", False),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2025-11-30", True),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2025-11-28", True),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2025-11-27", False),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=20", "2025-11-20", True),
        ("FREQ=YEARLY;BYYEARDAY=-1", "2025-12-31", True),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2025-12-29", True),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2028-02-29", True),
        ("FREQ=DAILY;UNTIL=20251120", "2025-11-20", True),
        ("FREQ=DAILY;UNTIL=20251120", "2025-11-21", False),
        ("FREQ=DAILY;UNTIL=20251119T223000Z", "2025-11-20", True),
        ("FREQ=DAILY;UNTIL=20251119T222959Z", "2025-11-20", False),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "2025-11-20", False),
    ],
)
def test_a_schedule_holds_on_the_days_of_its_rule(tmp_path: Path, rrule: str, day: str, held: bool) -> None:
    told = reasons(tmp_path, scheduled(rrule=rrule), tap(f"{day} 08:00", "main_in"))
    assert told == [GRANTED if held else "out_of_schedule"]


@pytest.mark.parametrize(
    "rrule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=MINUTELY",
        "BYDAY=MO",
        "FREQ=DAILY;COUNT=5",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "DTSTART=20250101;FREQ=DAILY",
        "DTSTART:20250101T000000\\nRRULE:FREQ=DAILY",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=4",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=MONTHLY;BYYEARDAY=3",
        "FREQ=MONTHLY;BYWEEKNO=3;BYDAY=MO",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;UNTIL=2025",
        "FREQ=DAILY;UNTIL=20250231",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;WKST=1",
        "FREQ=DAILY;",
        "FREQ=DAILY;X=1",
        "daily",
    ],
)
def test_a_rule_that_is_none_or_needs_a_first_day_is_malformed(tmp_path: Path, rrule: str) -> None:
    told = run(tmp_path, json.dumps(scheduled(rrule=rrule)))
    assert told.exit_code == 2
    assert "schedules.s.rrule: " in told.stderr


@pytest.mark.parametrize(("opens", "closes"), [("08:00", "08:00"), ("22:00", "06:00")])
def test_a_window_that_ends_before_it_begins_is_malformed(tmp_path: Path, opens: str, closes: str) -> None:
    told = run(tmp_path, json.dumps(scheduled(**{"from": opens, "to": closes})))
    assert (told.exit_code, told.stdout) == (2, "")
    assert "schedules.s.to: " in told.stderr


def test_an_overnight_window_reaches_into_the_next_day(tmp_path: Path) -> None:
    night = scheduled(**{"rrule": "FREQ=WEEKLY;BYDAY=TH", "from": "22:00", "to": "30:00"})
    told = reasons(
        tmp_path,
        night,
        tap("2025-11-13 05:00", "main_in"),
        tap("2025-11-13 22:00", "main_in"),
        tap("2025-11-14 05:59", "main_in"),
        tap("2025-11-14 06:00", "main_in"),
        tap("2025-11-14 22:00", "main_in"),
    )
    assert told == ["out_of_schedule", GRANTED, GRANTED, "out_of_schedule", "out_of_schedule"]


def test_except_takes_away_the_windows_that_begin_on_a_listed_day(tmp_path: Path) -> None:
    night = scheduled(**{"from": "22:00", "to": "30:00", "except": ["holidays", "closing"]})
    told = reasons(
        tmp_path,
        night,
        tap("2025-11-13 05:00", "main_in"),  # began on the 12th
        tap("2025-11-13 23:00", "main_in"),
        tap("2025-11-14 05:00", "main_in"),  # would have begun on the 13th
        tap("2025-11-14 23:00", "main_in"),
        tap("2025-11-24 23:00", "main_in"),
    )
    assert told == [GRANTED, "out_of_schedule", "out_of_schedule", GRANTED, "out_of_schedule"]


@pytest.mark.parametrize(
    ("valid", "at", "told"),
    [
        (["2025-11-13", "2025-11-13"], "2025-11-12 23:59", "not_yet_active"),
        (["2025-11-13", "2025-11-13"], "2025-11-13 00:00", GRANTED),
        (["2025-11-13", "2025-11-13"], "2025-11-13 23:59", GRANTED),
        (["2025-11-13", "2025-11-13"], "2025-11-14 00:00", "expired"),
        (["2025-11-13 08:00", "2025-11-13 09:00"], "2025-11-13 07:59", "not_yet_active"),
        (["2025-11-13 08:00", "2025-11-13 09:00"], "2025-11-13 08:00", GRANTED),
        (["2025-11-13 08:00", "2025-11-13 09:00"], "2025-11-13 09:00", "expired"),
        ([None, "2025-11-13"], "1950-01-01 00:00", GRANTED),
        (["2025-11-13", None], "2199-01-01 00:00", GRANTED),
        ([None, None], "2025-11-13 00:00", GRANTED),
        (["2025-11-13 08:00", "2025-11-13"], "2025-11-13 12:00", GRANTED),
        (["2025-11-13T08:00+00:00", None], "2025-11-13 16:59", "not_yet_active"),
        (["2025-11-13T08:00+00:00", None], "2025-11-13 17:00", GRANTED),
    ],
)
@pytest.mark.parametrize("section", ["persons", "credentials"])
def test_dates_are_whole_days_and_times_hold_up_to_the_last(
    tmp_path: Path, section: str, valid: list[str | None], at: str, told: str
) -> None:
    scenario = building()
    scenario[section][{"persons": "p1", "credentials": "c1"}[section]]["valid"] = valid
    assert reasons(tmp_path, scenario, tap(at, "main_in")) == [told]


@pytest.mark.parametrize(
    "valid",
    [
        ["2025-11-14", "2025-11-13"],
        ["2025-11-13 09:00", "2025-11-13 08:00"],
        ["2025-11-14 00:00", "2025-11-13"],
        ["2025-11-13", "2025-11-12 23:59"],
        ["2025-11-13"],
        "2025-11-13",
        ["2025-11-13", 5],
        ["2025-02-30", None],
    ],
)
@pytest.mark.parametrize(("section", "name"), [("persons", "p1"), ("credentials", "c1")])
def test_a_first_bound_after_the_last_is_malformed(tmp_path: Path, section: str, name: str, valid: Any) -> None:
    scenario = building()
    scenario[section][name]["valid"] = valid
    told = run(tmp_path, json.dumps(scenario))
    assert (told.exit_code, told.stdout) == (2, "")
    assert f"{section}.{name}.valid" in told.stderr


@pytest.mark.parametrize("status", ["suspended", "lost", "stolen", "revoked"])
def test_a_cards_status_is_the_reason(tmp_path: Path, status: str) -> None:
    scenario = building()
    scenario["credentials"]["c1"]["status"] = status
    assert reasons(tmp_path, scenario, tap("08:00", "main_in")) == [status]


def test_set_changes_a_cards_status_from_then_on(tmp_path: Path) -> None:
    told = reasons(
        tmp_path,
        building(),
        tap("08:00", "main_in"),
        change("08:01", credentials={"c1": {"status": "lost"}}),
        tap("08:02", "main_in"),
        tap("08:02", "main_in", "c2"),
        change("08:03", credentials={"c1": {"status": "active"}}),
        tap("08:04", "main_in"),
    )
    assert told == [GRANTED, "lost", GRANTED, GRANTED]


def test_an_unknown_card_is_an_answer(tmp_path: Path) -> None:
    (answer,) = evaluate(tmp_path, building(), tap("08:00", "main_in", "nobody"))
    assert answer == {"granted": False, "reason": "unknown_credential", "rule": "credentials", "soft": []}


def test_the_rule_names_level_and_schedule(tmp_path: Path) -> None:
    scenario = building(
        schedules={
            "day": {"rrule": "FREQ=DAILY", "from": "07:00", "to": "19:00"},
            "night": {"rrule": "FREQ=DAILY", "from": "19:00", "to": "31:00"},
            "always": {"rrule": "FREQ=DAILY", "from": "12:00", "to": "13:00"},
        },
        levels={
            "staff": [{"points": ["main_in"], "schedule": "day"}, {"points": ["main_in"], "schedule": "night"}],
            "noon": [{"points": ["main_out"], "schedule": "always"}],
        },
        persons={"p1": {"levels": ["staff", "noon"]}},
        credentials={"c1": {"person": "p1"}},
    )
    answers = evaluate(
        tmp_path,
        scenario,
        tap("08:00", "main_in"),
        tap("11:00", "main_out"),
        tap("12:00", "main_out"),
        tap("20:00", "main_in"),
    )
    assert [answer["rule"] for answer in answers] == [
        "staff/day", "levels.noon[0].schedule", "noon/always", "staff/night"
    ]  # fmt: skip


@pytest.mark.parametrize("whom", [{"person": "p1"}, {"level": "all"}])
def test_a_denial_wins_over_any_grant(tmp_path: Path, whom: dict[str, str]) -> None:
    denial = {**whom, "points": ["office_in"], "schedule": "day"}
    answers = evaluate(
        tmp_path,
        building(denials=[denial]),
        tap("07:00", "office_in"),
        tap("08:00", "office_in"),
        tap("08:00", "main_in"),
        tap("08:00", "office_in", "c2"),
    )
    others = GRANTED if "person" in whom else "no_access_rights"
    assert [answer["reason"] for answer in answers] == [GRANTED, "no_access_rights", GRANTED, others]
    assert answers[1]["rule"] == "denials[0]"


def test_a_denial_without_schedule_is_always(tmp_path: Path) -> None:
    scenario = building(denials=[{"person": "p1", "points": ["main_in"]}])
    assert reasons(tmp_path, scenario, tap("03:00", "main_in")) == ["no_access_rights"]


def test_no_rule_for_the_point_is_no_right(tmp_path: Path) -> None:
    scenario = building(levels={"all": [{"points": ["main_in"]}]})
    (answer,) = evaluate(tmp_path, scenario, tap("08:00", "office_in"))
    assert (answer["reason"], answer["rule"]) == ("no_access_rights", "persons.p1.levels")


def test_assurance_counts_at_the_point(tmp_path: Path) -> None:
    scenario = building()
    scenario["credentials"]["c1"]["assurance"] = 1
    told = reasons(
        tmp_path, scenario, tap("08:00", "vault_in"), tap("08:00", "vault_in", "c2"), tap("08:00", "main_in")
    )
    assert told == ["assurance_too_low", GRANTED, GRANTED]


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("normal", [GRANTED, GRANTED, GRANTED]),
        ("lockdown", ["threat_level", GRANTED, "threat_level"]),
        ("evacuation", ["threat_level", GRANTED, "threat_level"]),
        ("shelter", [GRANTED, GRANTED, GRANTED]),
    ],
)
def test_lockdown_and_evacuation_refuse_what_does_not_lead_outside(tmp_path: Path, level: str, told: list[str]) -> None:
    taps = [tap("08:00", "main_in"), tap("08:00", "main_out"), tap("08:00", "office_out")]
    assert reasons(tmp_path, building(threat_level=level), *taps) == told
    assert reasons(tmp_path, building(), change("07:59", threat_level=level), *taps) == told


def test_a_threat_level_ends(tmp_path: Path) -> None:
    told = reasons(
        tmp_path,
        building(threat_level="lockdown"),
        tap("08:00", "main_in"),
        change("08:01", threat_level="normal"),
        tap("08:02", "main_in"),
    )
    assert told == ["threat_level", GRANTED]


def vestibule() -> dict[str, Any]:
    return building(doors={"main": {"interlock": "v"}, "inner": {"interlock": "v"}, "strong": {"interlock": "w"}})


def test_a_point_is_refused_while_another_door_of_its_group_is_open(tmp_path: Path) -> None:
    answers = evaluate(
        tmp_path,
        vestibule(),
        tap("08:00", "office_in"),  # doors begin closed
        change("08:01", doors={"main": "open"}),
        tap("08:02", "office_in"),
        tap("08:02", "office_out"),
        tap("08:02", "main_in"),  # its own door
        tap("08:02", "vault_in"),  # another group
        change("08:03", doors={"main": "closed"}),
        tap("08:04", "office_in"),
    )
    told = [answer["reason"] for answer in answers]
    assert told == [GRANTED, "interlock", "interlock", GRANTED, GRANTED, GRANTED]
    assert answers[1]["rule"] == "doors.main.interlock"


def test_doors_without_a_group_never_interlock(tmp_path: Path) -> None:
    assert reasons(tmp_path, building(), change("08:00", doors={"main": "open"}), tap("08:01", "office_in")) == [
        GRANTED
    ]


def test_all_of_set_holds_at_once(tmp_path: Path) -> None:
    what = {"threat_level": "shelter", "doors": {"main": "open"}, "credentials": {"c2": {"status": "stolen"}}}
    told = reasons(
        tmp_path, vestibule(), change("08:00", **what), tap("08:00", "office_in"), tap("08:00", "main_in", "c2")
    )
    assert told == ["interlock", "stolen"]


def test_cases_know_nothing_of_each_other(tmp_path: Path) -> None:
    one = {"id": "a", **building(), "events": [change("08:00", threat_level="lockdown")]}
    other = {"id": "b", **building(), "events": [tap("08:00", "main_in")]}
    told = run(tmp_path, json.dumps({"cases": [one, other]}))
    assert [answer["granted"] for answer in json.loads(told.stdout)[1]["events"]] == [True]

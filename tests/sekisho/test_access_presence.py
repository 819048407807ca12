"""``sekisho access evaluate``: who is where, sentence by sentence; the order of reasons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sekisho.access_cases import building, change, evaluate, reasons, tap

GRANTED, WAITING = "granted", "two_person_waiting"
Scenario = dict[str, Any]


def area(**rules: Any) -> Scenario:
    """The office has these rules."""
    return building(areas={"outside": {}, "hall": {}, "vault": {}, "office": rules})


def passback(mode: str = "hard", minutes: int | None = None) -> Scenario:
    return area(antipassback={"mode": mode, "minutes": minutes})


def test_whoever_is_inside_violates_wherever_the_reader_stands(tmp_path: Path) -> None:
    told = reasons(
        tmp_path, passback(), tap("08:00", "office_in"), tap("08:01", "office_in"), tap("08:01", "office_back")
    )
    assert told == [GRANTED, "passback", "passback"]


def test_only_the_area_entered_counts(tmp_path: Path) -> None:
    """The hall has no rule: coming into it twice is nothing, whatever the area left asks for."""
    told = reasons(tmp_path, passback(), tap("08:00", "main_in"), tap("08:01", "main_in"), tap("08:02", "office_out"))
    assert told == [GRANTED, GRANTED, GRANTED]


def test_a_place_is_the_persons_not_the_cards(tmp_path: Path) -> None:
    scenario = passback()
    scenario["credentials"]["spare"] = {"person": "p1"}
    told = reasons(tmp_path, scenario, tap("08:00", "office_in"), tap("08:01", "office_in", "spare"))
    assert told == [GRANTED, "passback"]


def test_another_persons_place_is_nothing_to_me(tmp_path: Path) -> None:
    assert reasons(tmp_path, passback(), tap("08:00", "office_in"), tap("08:01", "office_in", "c2")) == [
        GRANTED,
        GRANTED,
    ]


def test_an_unknown_place_violates_nothing(tmp_path: Path) -> None:
    assert reasons(tmp_path, passback(), tap("08:00", "office_out"), tap("08:01", "office_in")) == [GRANTED, GRANTED]


def test_a_place_is_unknown_until_a_grant_that_was_taken(tmp_path: Path) -> None:
    told = reasons(
        tmp_path,
        passback(),
        tap("08:00", "office_in", taken=False),
        tap("08:01", "office_in", taken=True),
        tap("08:02", "office_in"),
    )
    assert told == [GRANTED, GRANTED, "passback"]


@pytest.mark.parametrize("mode", ["soft", "hard"])
def test_with_minutes_a_violation_is_one_only_while_less_have_passed(tmp_path: Path, mode: str) -> None:
    answers = evaluate(
        tmp_path, passback(mode, 10), tap("08:00", "office_in"), tap("08:09", "office_in", taken=False),
        tap("08:10", "office_in"),
    )  # fmt: skip
    first, within, after = answers
    assert (first["soft"], after["soft"], after["granted"]) == ([], [], True)
    if mode == "hard":
        assert (within["reason"], within["rule"]) == ("passback", "areas.office.antipassback")
    else:
        assert (within["granted"], within["reason"], within["soft"]) == (True, GRANTED, ["passback"])


def test_a_refused_attempt_does_not_start_the_time_again(tmp_path: Path) -> None:
    told = reasons(
        tmp_path, passback("hard", 10), tap("08:00", "office_in"), tap("08:08", "office_in"), tap("08:10", "office_in")
    )
    assert told == [GRANTED, "passback", GRANTED]


def test_a_granted_and_taken_entry_does(tmp_path: Path) -> None:
    answers = evaluate(
        tmp_path, passback("soft", 10), tap("08:00", "office_in"), tap("08:05", "office_in"), tap("08:14", "office_in"),
        tap("08:30", "office_in"),
    )  # fmt: skip
    assert [answer["soft"] for answer in answers] == [[], ["passback"], ["passback"], []]


def test_leaving_ends_it(tmp_path: Path) -> None:
    told = reasons(
        tmp_path, passback("hard", 10), tap("08:00", "office_in"), tap("08:01", "office_out"), tap("08:02", "office_in")
    )
    assert told == [GRANTED] * 3


def test_leaving_and_coming_back_within_one_minute(tmp_path: Path) -> None:
    """Within a minute the order of the file counts."""
    told = reasons(
        tmp_path,
        passback(),
        tap("08:00", "office_in"),
        tap("08:00", "office_out"),
        tap("08:00", "office_in"),
        tap("08:00", "office_in"),
        tap("08:00", "office_out"),
        tap("08:00", "office_in"),
    )
    assert told == [GRANTED, GRANTED, GRANTED, "passback", GRANTED, GRANTED]


def test_a_refused_way_out_is_no_leaving(tmp_path: Path) -> None:
    scenario = passback() | {"denials": [{"person": "p1", "points": ["office_out"]}]}
    told = reasons(tmp_path, scenario, tap("08:00", "office_in"), tap("08:01", "office_out"), tap("08:02", "office_in"))
    assert told == [GRANTED, "no_access_rights", "passback"]


def test_without_minutes_it_never_fades(tmp_path: Path) -> None:
    far = tap("2027-03-01 08:00", "office_in")
    assert reasons(tmp_path, passback(), tap("08:00", "office_in"), far) == [GRANTED, "passback"]
    scenario = area(antipassback={"mode": "hard"})
    assert reasons(tmp_path, scenario, tap("08:00", "office_in"), far) == [GRANTED, "passback"]


TWO = {"two_person": True}


def test_the_first_of_two_waits_and_both_are_then_inside(tmp_path: Path) -> None:
    scenario = area(two_person=True, antipassback={"mode": "hard", "minutes": None})
    answers = evaluate(
        tmp_path,
        scenario,
        tap("08:00", "office_in"),
        tap("08:01", "office_in", "c2"),
        tap("08:02", "office_in"),
        tap("08:02", "office_in", "c2"),
        tap("08:03", "office_in", "c3"),
    )
    assert [answer["reason"] for answer in answers] == [WAITING, GRANTED, "passback", "passback", GRANTED]
    assert answers[0]["rule"] == "areas.office.two_person"


def test_after_a_minute_nobody_waits_any_more(tmp_path: Path) -> None:
    told = reasons(tmp_path, area(**TWO), tap("08:00", "office_in"), tap("08:02", "office_in", "c2"),
                   tap("08:03", "office_in"))  # fmt: skip
    assert told == [WAITING, WAITING, GRANTED]


def test_they_meet_at_one_access_point(tmp_path: Path) -> None:
    told = reasons(tmp_path, area(**TWO), tap("08:00", "office_in"), tap("08:00", "office_back", "c2"))
    assert told == [WAITING, WAITING]


def test_they_are_different_persons_not_cards(tmp_path: Path) -> None:
    scenario = area(**TWO)
    scenario["credentials"]["spare"] = {"person": "p1"}
    assert reasons(tmp_path, scenario, tap("08:00", "office_in"), tap("08:00", "office_in", "spare")) == [
        WAITING,
        WAITING,
    ]


def test_each_must_be_allowed_to_enter(tmp_path: Path) -> None:
    scenario = area(**TWO) | {"denials": [{"person": "p1", "points": ["office_in"]}]}
    told = reasons(
        tmp_path, scenario, tap("08:00", "office_in"), tap("08:00", "office_in", "c2"), tap("08:01", "office_in")
    )
    assert told == ["no_access_rights", WAITING, "no_access_rights"]


def test_while_two_are_inside_nobody_waits(tmp_path: Path) -> None:
    told = reasons(
        tmp_path,
        area(**TWO),
        tap("08:00", "office_in"),
        tap("08:00", "office_in", "c2"),
        tap("09:00", "office_in", "c3"),
        tap("09:01", "office_in"),  # one of the three, whose place it is already
        tap("09:02", "office_out"),
        tap("09:03", "office_out", "c2"),
        tap("09:04", "office_in", "c4"),  # only p3 is inside
    )
    assert told == [WAITING, GRANTED, GRANTED, GRANTED, GRANTED, GRANTED, WAITING]


def test_one_of_the_two_inside_comes_again(tmp_path: Path) -> None:
    told = reasons(tmp_path, area(**TWO), tap("08:00", "office_in"), tap("08:00", "office_in", "c2"),
                   tap("09:00", "office_in"))  # fmt: skip
    assert told == [WAITING, GRANTED, GRANTED]


def test_a_grant_not_taken_brings_nobody_in(tmp_path: Path) -> None:
    told = reasons(
        tmp_path,
        area(**TWO),
        tap("08:00", "office_in"),
        tap("08:00", "office_in", "c2", taken=False),
        tap("08:05", "office_in", "c3"),
    )
    assert told == [WAITING, GRANTED, WAITING]


def test_an_area_takes_so_many_other_persons(tmp_path: Path) -> None:
    answers = evaluate(
        tmp_path,
        area(occupancy={"max": 2}),
        tap("08:00", "office_in"),
        tap("08:01", "office_in"),  # without the one who asks
        tap("08:02", "office_in", "c2"),
        tap("08:03", "office_in", "c3"),
        tap("08:04", "office_in", "c2"),
        tap("08:05", "office_out"),
        tap("08:06", "office_in", "c3"),
    )
    told = [answer["reason"] for answer in answers]
    assert told == [GRANTED, GRANTED, GRANTED, "occupancy_max", GRANTED, GRANTED, GRANTED]
    assert answers[3]["rule"] == "areas.office.occupancy.max"


def test_occupancy_counts_persons_not_cards_and_places_not_grants(tmp_path: Path) -> None:
    scenario = area(occupancy={"max": 1})
    scenario["credentials"]["spare"] = {"person": "p1"}
    told = reasons(
        tmp_path,
        scenario,
        tap("08:00", "office_in", "c2", taken=False),
        tap("08:01", "office_in"),
        tap("08:02", "office_in", "spare"),
        tap("08:03", "office_in", "c2"),
    )
    assert told == [GRANTED, GRANTED, GRANTED, "occupancy_max"]


Change = Callable[[Scenario], object]

PEELED: tuple[tuple[str, Change], ...] = (
    ("stolen", lambda s: s["credentials"]["c1"].update(status="lost")),
    ("lost", lambda s: s["credentials"]["c1"].update(status="revoked")),
    ("revoked", lambda s: s["credentials"]["c1"].update(status="suspended")),
    ("suspended", lambda s: s["credentials"]["c1"].update(status="active")),
    ("not_yet_active", lambda s: s["credentials"]["c1"].update(valid=[None, None])),
    ("expired", lambda s: s["persons"]["p1"].pop("valid")),
    ("threat_level", lambda s: s.update(threat_level="normal")),
    ("no_access_rights", lambda s: s.update(denials=[])),
    ("out_of_schedule", lambda s: s["levels"]["late"][0].pop("schedule")),
    ("assurance_too_low", lambda s: s["credentials"]["c1"].update(assurance=3)),
    ("interlock", lambda s: s["doors"]["inner"].pop("interlock")),
    ("occupancy_max", lambda s: s["areas"]["office"].pop("occupancy")),
    (WAITING, lambda s: s["areas"]["office"].pop("two_person")),
)


def test_of_several_reasons_the_first_is_given(tmp_path: Path) -> None:
    """Everything but a place speaks against a tap; one objection after the other is taken away."""
    scenario = area(occupancy={"max": 0}, two_person=True)
    scenario["doors"] = {"main": {"interlock": "v"}, "inner": {"interlock": "v"}, "strong": {}}
    scenario["access_points"]["office_back"]["minimum_assurance"] = 3
    scenario |= {
        "threat_level": "lockdown",
        "denials": [{"person": "p1", "points": ["office_back"]}],
        "levels": {"all": [], "late": [{"points": ["office_back"], "schedule": "day"}]},
    }
    scenario["persons"]["p1"] = {"levels": ["late"], "valid": [None, "2025-01-01"]}
    scenario["credentials"]["c1"] |= {"status": "stolen", "valid": ["2030-01-01", None]}
    tried = change("00:00", doors={"main": "open"}), tap("03:00", "office_back")
    for reason, take_away in PEELED:
        assert reasons(tmp_path, scenario, *tried) == [reason]
        take_away(scenario)
    assert reasons(tmp_path, scenario, *tried) == [GRANTED]


def test_the_reasons_that_rest_on_places_come_in_order(tmp_path: Path) -> None:
    scenario = area(antipassback={"mode": "hard", "minutes": None}, occupancy={"max": 1}, two_person=True)
    scenario["doors"] = {"main": {"interlock": "v"}, "inner": {"interlock": "v"}, "strong": {}}
    told = reasons(
        tmp_path,
        scenario,
        tap("08:00", "office_in"),
        tap("08:00", "office_in", "c2"),
        change("08:01", doors={"main": "open"}),
        tap("08:02", "office_in"),  # inside already, one other person inside
        change("08:03", doors={"main": "closed"}),
        tap("08:04", "office_in"),
        tap("08:05", "office_out", "c2"),
        tap("08:06", "office_in", "c3"),  # one is inside: full, and alone
    )
    assert told == [WAITING, GRANTED, "interlock", "passback", GRANTED, "occupancy_max"]


def test_an_unknown_card_comes_before_the_threat(tmp_path: Path) -> None:
    assert reasons(tmp_path, building(threat_level="lockdown"), tap("08:00", "main_in", "x")) == ["unknown_credential"]

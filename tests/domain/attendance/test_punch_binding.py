"""Punch binding, phrase by phrase: debounce, duty-day cut, windows, nights, long duties, several sites, by hand."""

from dataclasses import replace

from domain.attendance.facts import MANUAL, Direction, Punch
from domain.attendance.month import derive_month
from domain.attendance.shift_text import parse_shift
from tests.domain.attendance.questions import ask, at, facts, here, on, order, tap, told


def stretches(month: object, day: int) -> list[tuple[int, int]]:
    found = month.days[day - 1].assessment  # type: ignore[attr-defined]
    return [(each.starts - at(day, "0:00"), each.ends - at(day, "0:00")) for each in found.stretches]


def none_at(day: int, clock: str, second: int) -> Punch:
    return replace(tap(day, clock), tick=second * 1_000_000, ref=f"{clock}:{second}")


def test_a_card_held_twice_within_the_debounce_is_one_punch() -> None:
    taps = [none_at(13, "08:20", 10), none_at(13, "08:21", 5), none_at(13, "17:20", 0)]
    assert stretches(ask(taps=taps), 13) == [(500, 1040)]
    turned = ask(taps=taps, debounce_seconds=30)
    assert stretches(turned, 13) == [(500, 501)]
    assert [item.direction for item in turned.days[12].missing] == ["out"]


def test_the_duty_day_is_cut_at_the_date_change() -> None:
    taps = [tap(13, "08:20", "in"), tap(14, "04:59", "out")]
    assert ask(taps=taps).days[12].out_minute == 28 * 60 + 59
    alone = ask(taps=[tap(14, "04:59", "out")])
    assert [item.direction for item in alone.days[12].missing] == ["in"]


def test_an_arrival_shortly_before_a_start_belongs_to_it_also_across_the_cut() -> None:
    month = ask(taps=here(13, "04:30", "14:00"), shifts={13: "06:00-14:00"})
    assert (month.days[12].in_minute, month.days[12].worked_minutes) == (270, 570)


def test_who_goes_out_in_a_duty_comes_back_to_it_whatever_the_cut() -> None:
    deep = {on(12): parse_shift("rest"), on(13): parse_shift("00:30-09:15 break 04:00-05:00")}
    taps = [tap(13, "00:20", "in"), tap(13, "04:35", "out"), tap(13, "04:55", "in"), tap(13, "09:20", "out")]
    month = derive_month(replace(facts(taps=taps), shifts=deep))
    assert (month.days[12].regular_minutes, told(month, 12), told(month, 13)) == (465, [], [])
    fire = {on(13): parse_shift("08:30-32:30 break 12:00-13:00, 22:00-28:30"), on(14): parse_shift("off_duty")}
    taps = [tap(13, "08:25", "in"), tap(14, "05:10", "out"), tap(14, "05:25", "in"), tap(14, "08:35", "out")]
    month = derive_month(replace(facts(taps=taps), shifts=fire))
    assert (month.days[12].regular_minutes, told(month, 13), told(month, 14)) == (24 * 60 - 450 - 15, [], [])


def test_a_shift_over_midnight_is_one_duty() -> None:
    month = ask(taps=[tap(13, "21:50", "in"), tap(14, "07:05", "out")], shifts={13: "22:00-31:00", 14: "rest"})
    assert month.days[12].regular_minutes == 540
    assert not month.days[13].has_facts


def test_a_day_and_night_at_the_fire_station_is_one_duty_and_the_next_day_is_off_duty() -> None:
    fire = {on(13): parse_shift("08:30-32:30 break 12:00-13:00, 24:00-30:00"), on(14): parse_shift("off_duty")}
    asked = facts(taps=[tap(13, "08:15", "in"), tap(14, "10:45", "out")], orders=[order(14, "08:30", "10:30")])
    month = derive_month(replace(asked, shifts=fire))
    duty = month.days[12]
    assert (duty.regular_minutes, duty.late_minutes, duty.early_leave_minutes) == (24 * 60 - 420, 0, 0)
    assert duty.classes == {"night_regular": 120, "weekday_day": 120}
    assert told(month, 13) == told(month, 14) == []


def test_a_roster_has_duty_on_holidays_and_a_week_has_not() -> None:
    station = replace(parse_shift("08:30-17:15 break 12:00-13:00"), on_holidays=True)
    month = derive_month(
        replace(facts(taps=here(24, "08:30", "18:15"), orders=[order(24, "17:15", "18:15")]), shifts={on(24): station})
    )
    assert month.days[23].classes == {"holiday_regular": 465, "restday_day": 60}
    late = derive_month(replace(facts(taps=here(24, "09:00", "17:15")), shifts={on(24): station}))
    assert late.days[23].late_minutes == 30
    assert ask(taps=here(24, "08:30", "17:15")).days[23].classes == {}


def test_a_split_shift_has_two_parts_and_a_gap_that_is_nobodys() -> None:
    parts = parse_shift("07:00-10:00 / 16:00-19:30")

    def split(*taps: Punch, orders: tuple[object, ...] = ()) -> object:
        return derive_month(replace(facts(taps=taps, orders=orders), shifts={on(13): parts}))  # type: ignore[arg-type]

    month = split(*here(13, "06:55", "10:05"), *here(13, "15:50", "19:30"))
    day = month.days[12]  # type: ignore[attr-defined]
    assert (day.regular_minutes, day.late_minutes, day.early_leave_minutes, day.divergences) == (390, 0, 0, ())
    assert day.scheduled_minute == (420, 1170)
    lost = split(*here(13, "07:10", "09:40"), *here(13, "16:20", "19:30")).days[12]  # type: ignore[attr-defined]
    assert (lost.late_minutes, lost.early_leave_minutes) == (30, 20)
    stayed = split(*here(13, "07:00", "19:30"), orders=(order(13, "10:00", "12:00"),)).days[12]  # type: ignore[attr-defined]
    assert stayed.classes == {"weekday_day": 120}
    assert [(item.kind, item.minutes) for item in stayed.divergences] == [("unordered_stay", 240)]


def test_entrances_of_several_sites_bind_alike_and_their_doors_are_evidence() -> None:
    taps = [tap(13, "08:20", "in"), tap(13, "13:10", "in"), tap(13, "20:30", interior=True), tap(13, "17:15", "out")]
    month = ask(taps=taps)
    assert stretches(month, 13) == [(500, 1035)]
    assert told(month, 13) == [("interior_after_out", 195)]


def test_a_missing_punch_has_a_candidate_and_is_never_filled_in() -> None:
    month = ask(taps=[tap(13, "08:20", "in"), tap(13, "17:40", interior=True)], orders=[order(13, "17:15", "17:40")])
    assert [(item.direction, item.candidate_minute) for item in month.days[12].missing] == [("out", 17 * 60 + 40)]
    assert month.days[12].classes == {}


def test_a_punch_by_hand_completes_the_day_and_is_marked() -> None:
    by_hand = Punch(at(13, "17:40"), Direction.clock_out, ref=f"{MANUAL}a1")
    month = ask(taps=[tap(13, "08:20", "in"), by_hand], orders=[order(13, "17:15", "17:40")])
    assert (month.days[12].classes, month.days[12].by_hand) == ({"weekday_day": 25}, True)
    assert not ask(taps=here(13, "08:20", "17:15")).days[12].by_hand


def test_a_tap_of_an_uncertain_clock_pays_nothing_and_is_an_open_question() -> None:
    doubtful = replace(tap(13, "20:30", "out"), doubtful=True)
    month = ask(taps=[tap(13, "08:20", "in"), doubtful], orders=[order(13, "17:15", "20:30")])
    assert told(month, 13) == [("missing_out", 0), ("uncertain_clock", 0)]
    assert month.overtime_minutes == 0
    alone = ask(taps=[doubtful])
    assert told(alone, 13) == [("uncertain_clock", 0)]

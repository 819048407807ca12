"""The reference's short cases C1–C7, door cases V1–V6 and what the seed screen settles, S1–S5."""

from datetime import date

from domain.attendance.facts import Employment, Leave, Staff, Swap
from tests.domain.attendance.questions import ask, here, order, tap, told
from tests.profiles import LSA


def test_c1_rest_day_into_a_weekday_changes_class_at_midnight() -> None:
    month = ask(taps=here(16, "19:55", "27:00"), orders=[order(16, "20:00", "27:00")])
    assert month.classes == {"restday_day": 120, "restday_night": 120, "weekday_night": 180}
    assert month.days[15].out_minute == 27 * 60
    assert month.days[16].overtime_minutes == 0


def test_c2_swap_inside_the_week_pays_nothing() -> None:
    taps = [punch for day in (9, 10, 11, 13, 14) for punch in here(day, "08:25", "17:15")]
    month = ask(taps=taps, swaps=(Swap(date(2025, 11, 9), date(2025, 11, 12)),))
    assert month.classes == {}
    assert month.regular_minutes == 2325


def test_c3_half_swap_across_weeks() -> None:
    month = ask(
        taps=[*here(15, "08:25", "13:30"), *here(18, "08:25", "13:15")],
        swaps=(Swap(date(2025, 11, 15), date(2025, 11, 18), 240),),
    )
    assert month.classes == {"swap_week": 240}
    assert (month.days[17].early_leave_minutes, month.days[17].regular_minutes) == (0, 225)
    assert told(month, 15) == []


def test_c3_whoever_works_the_four_hours_through_has_worked_them_by_12_30() -> None:
    month = ask(taps=here(15, "08:25", "12:30"), swaps=(Swap(date(2025, 11, 15), date(2025, 11, 18), 240),))
    assert month.classes == {"swap_week": 240}
    assert (month.days[14].early_leave_minutes, told(month, 15)) == (0, [])


def test_c4_part_time_up_to_a_full_day() -> None:
    month = ask(
        staff=Staff(Employment.part_time),
        shifts={13: "09:00-15:45/12:00-13:00"},
        taps=here(13, "08:55", "18:45"),
        orders=[order(13, "15:45", "18:45")],
    )
    assert month.classes == {"parttime_day": 120, "weekday_day": 60}
    assert month.pay_hours == {"100": 2, "125": 1}


def test_c5_leave_then_overtime() -> None:
    said = {
        "taps": here(13, "10:30", "18:15"),
        "orders": [order(13, "17:15", "18:15")],
        "leave": (Leave(date(2025, 11, 13), "annual", 510, 630),),
    }
    city, law = ask(**said), ask(**said, profile=LSA)
    assert (city.classes, city.days[12].late_minutes) == ({"weekday_day": 60}, 0)
    assert (law.overtime_minutes, law.classes) == (0, {"within_statutory": 60})
    assert law.days[12].worked_minutes == 6 * 60 + 45


def test_c6_late_then_stay() -> None:
    month = ask(taps=here(13, "09:30", "18:15"))
    assert (month.days[12].late_minutes, month.overtime_minutes) == (60, 0)
    assert told(month, 13) == [("unordered_stay", 60)]


def test_c7_night_standby_without_an_order_is_no_overtime() -> None:
    month = ask(taps=here(13, "08:25", "32:30"))
    assert month.overtime_minutes == 0
    assert told(month, 13) == [("unordered_stay", 15 * 60 + 15)]


def test_v1_stay_of_30_without_an_order() -> None:
    assert told(ask(taps=here(13, "08:25", "17:45")), 13) == [("unordered_stay", 30)]


def test_v2_fifteen_minutes_are_not_flagged() -> None:
    assert told(ask(taps=here(13, "08:25", "17:30")), 13) == []
    assert told(ask(taps=here(13, "08:25", "17:31")), 13) == [("unordered_stay", 16)]


def test_v3_an_interior_door_after_the_last_out() -> None:
    taps = [*here(13, "08:25", "17:15"), tap(13, "21:05", interior=True)]
    assert told(ask(taps=taps), 13) == [("interior_after_out", 230)]


def test_v4_over_claim_pays_what_was_present() -> None:
    month = ask(taps=here(13, "08:25", "19:00"), orders=[order(13, "17:15", "20:30")])
    assert told(month, 13) == [("over_claim", 90)]
    assert month.overtime_minutes == 105


def test_v5_early_without_an_order() -> None:
    assert told(ask(taps=here(13, "07:40", "17:15")), 13) == [("unordered_early", 50)]
    assert told(ask(taps=here(13, "08:15", "17:15")), 13) == []


def test_v6_a_missing_out_is_never_filled_in() -> None:
    taps = [tap(13, "08:25", "in"), tap(13, "11:00", interior=True), tap(13, "16:40", interior=True)]
    month = ask(taps=taps, orders=[order(13, "17:15", "20:30")])
    day = month.days[12]
    assert [(item.direction, item.candidate_minute) for item in day.missing] == [("out", 16 * 60 + 40)]
    assert told(month, 13) == [("missing_out", 0)]
    assert (day.in_minute, day.out_minute, day.overtime_minutes) == (505, None, 0)


def test_v6_a_missing_in_has_the_first_interior_door_as_candidate() -> None:
    taps = [tap(13, "09:10", interior=True), tap(13, "11:00", interior=True), tap(13, "20:30", "out")]
    month = ask(taps=taps, orders=[order(13, "17:15", "20:30")])
    assert [(item.direction, item.candidate_minute) for item in month.days[12].missing] == [("in", 550)]
    assert month.overtime_minutes == 0


def test_s1_overtime_begins_at_the_regular_end() -> None:
    assert ask(taps=here(13, "08:20", "20:30"), orders=[order(13, "17:00", "20:30")]).overtime_minutes == 195


def test_s2_minutes_before_the_start_never_count_without_an_order() -> None:
    assert ask(taps=here(17, "08:24", "20:00"), orders=[order(17, "17:15", "20:00")]).overtime_shown == "2.45"


def test_s3_no_rest_is_taken_off_after_the_regular_end() -> None:
    assert ask(taps=here(13, "08:20", "24:00"), orders=[order(13, "17:15", "24:00")]).overtime_minutes == 405


def test_s4_single_minutes_count() -> None:
    assert ask(taps=here(13, "08:20", "20:12"), orders=[order(13, "17:15", "20:30")]).overtime_shown == "2.57"


def test_s5_overtime_is_order_and_presence() -> None:
    assert ask(taps=here(13, "08:20", "20:37"), orders=[order(13, "17:15", "20:30")]).overtime_shown == "3.15"
    assert ask(taps=here(13, "08:20", "20:30"), orders=[order(13, "17:30", "20:30")]).overtime_shown == "3.00"
    assert ask(orders=[order(13, "17:15", "20:30")]).overtime_minutes == 0


def test_out_and_in_again_within_a_minute_is_no_repeat() -> None:
    month = ask(taps=[*here(13, "08:25", "12:00"), *here(13, "12:00", "17:15")])
    assert (month.days[12].regular_minutes, told(month, 13)) == (465, [])


def test_a_repeated_punch_is_the_same_punch() -> None:
    taps = [tap(13, "08:25", "in"), tap(13, "08:26", "in"), tap(13, "17:15", "out"), tap(13, "17:16", "out")]
    day = ask(taps=taps).days[12]
    assert (day.in_minute, day.out_minute, day.missing, day.divergences) == (505, 1035, (), ())


def test_a_repeated_out_much_later_is_told() -> None:
    month = ask(taps=[*here(13, "08:25", "17:15"), tap(13, "20:00", "out")])
    assert told(month, 13) == [("interior_after_out", 165)]
    assert month.days[12].out_minute == 1035


def test_a_forgotten_out_does_not_turn_the_next_morning_around() -> None:
    month = ask(taps=[tap(13, "08:25"), tap(14, "08:20"), tap(14, "17:15")])
    assert [punch.direction for punch in month.days[12].missing] == ["out"]
    assert (month.days[13].in_minute, month.days[13].out_minute) == (500, 1035)


def test_only_interior_doors_saw_the_person() -> None:
    month = ask(taps=[tap(13, "09:00", interior=True), tap(13, "16:00", interior=True)])
    assert [(punch.direction, punch.candidate_minute) for punch in month.days[12].missing] == [
        ("in", 540),
        ("out", 960),
    ]


def test_more_than_two_days_in_a_row_are_two_missing_punches() -> None:
    month = ask(taps=[tap(10, "08:25", "in"), tap(13, "17:15", "out")])
    assert [punch.direction for punch in month.days[9].missing] == ["out"]
    assert [punch.direction for punch in month.days[12].missing] == ["in"]
    assert month.worked_minutes == 0


def test_an_early_shift_takes_its_arrival_from_before_the_date_change() -> None:
    month = ask(taps=here(13, "04:50", "13:45"), shifts={13: "05:30-13:45"})
    assert (month.days[12].in_minute, month.days[12].regular_minutes, told(month, 13)) == (
        290,
        495,
        [("unordered_early", 40)],
    )
    assert month.days[11].in_minute is None


def test_an_orders_break_inside_regular_hours_takes_nothing_away() -> None:
    month = ask(taps=here(13, "08:30", "20:30"), orders=[order(13, "16:00", "20:30", ("16:30", "17:00"))])
    assert (month.days[12].worked_minutes, month.days[12].regular_minutes, month.overtime_minutes) == (660, 465, 195)

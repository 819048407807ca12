"""What stored words are called on paper; documents of a Japanese city are Japanese."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

WEEKDAYS = "月火水木金土日"

DAY_KINDS: Mapping[str, str] = MappingProxyType(
    {"work": "", "rest": "週休日", "statutory_rest": "法定休日", "holiday": "休日"}
)

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "weekday_day": "超過勤務（平日）",
        "weekday_night": "超過勤務（平日・深夜）",
        "restday_day": "超過勤務（週休日）",
        "restday_night": "超過勤務（週休日・深夜）",
        "parttime_day": "超過勤務（短時間・日中）",
        "parttime_night": "超過勤務（短時間・深夜）",
        "within_statutory": "法定内の残業",
        "within_statutory_night": "法定内の残業（深夜）",
        "statutory_rest": "法定休日の勤務",
        "statutory_rest_night": "法定休日の勤務（深夜）",
        "holiday_regular": "休日勤務",
        "night_regular": "夜間勤務",
        "swap_week": "週休日の振替",
    }
)

DIVERGENCES: Mapping[str, str] = MappingProxyType(
    {
        "unordered_stay": "命令のない在庁",
        "unordered_early": "命令のない早出",
        "over_claim": "在庁のない命令",
        "interior_after_out": "退勤後の入室",
        "computer_after_out": "退勤後の端末使用",
        "computer_before_in": "出勤前の端末使用",
        "uncertain_clock": "時計の不確かな打刻",
        "missing_out": "退勤の打刻なし",
        "missing_in": "出勤の打刻なし",
        "impossible_order": "数えられない命令",
        "swap_out_of_window": "振替の期間外",
        "flex_shortage": "清算期間の不足",
        "flex_excess": "清算期間の超過",
        "flex_not_adopted": "フレックス未採用",
    }
)

LEAVE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "annual": "年次有給休暇",
        "sick": "病気休暇",
        "special": "特別休暇",
        "care": "介護休暇",
        "care_hours": "介護時間",
        "childcare": "育児休業",
        "exempt": "職務専念義務の免除",
        "absence": "欠勤",
    }
)


def name_of(names: Mapping[str, str], word: str) -> str:
    """Give a word's name; one that nobody named here stands as it is stored, for it must not vanish from paper."""
    return names.get(word, word)


def weekday(on: date) -> str:
    """Give the day of the week in one character."""
    return WEEKDAYS[on.weekday()]

"""The words of a request's faults, Japanese first: the field, what was expected, what to do, the values behind it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from domain.attendance.request_fault import RequestFault, Why
from domain.civil import format_clock
from domain.telling import add_values, name_field

WORDS: Mapping[Why, tuple[str, str]] = MappingProxyType(
    {
        Why.ends_before_start: ("終わりは始まりより後にしてください", "expected an end after the start"),
        Why.too_long: ("長すぎます。短くしてください", "too long; ask for less"),
        Why.no_reason: ("理由を入力してください", "expected a reason; write one"),
        Why.month_closed: (
            "締めた月です。人事に修正を依頼してください",
            "the month is closed; ask HR to put it right",
        ),
        Why.not_employed: ("在職していない日です。日を直してください", "not employed on that day; choose another"),
        Why.overlaps_order: (
            "時間外勤務命令と重なります。時間を変えてください",
            "overlaps an overtime order; choose another time",
        ),
        Why.overlaps_leave: ("休暇と重なります。日時を変えてください", "overlaps leave; choose another time"),
        Why.overlaps_swap: ("振替・代休日と重なります。日を変えてください", "overlaps a swap; choose another day"),
        Why.overlaps_request: (
            "処理中の申請と重なります。先の申請を取り下げるか、日時を変えてください",
            "overlaps a request that waits; withdraw that one or choose another time",
        ),
        Why.inside_regular_hours: (
            "正規の勤務時間の内です。外の時間にしてください",
            "inside regular hours; expected a time outside them",
        ),
        Why.outside_regular_hours: (
            "正規の勤務時間の外です。内の時間にしてください",
            "outside regular hours; expected a time inside them",
        ),
        Why.begun: ("すでに始まっています。事後の申請にしてください", "it has begun; apply for it afterwards"),
        Why.not_yet: ("まだ終わっていません。終了後に申請してください", "it is not over; apply for it afterwards"),
        Why.break_outside: ("休憩は時間の内にしてください", "expected breaks inside the time"),
        Why.day_off: ("勤務のない日です。勤務日を選んでください", "nothing is due on that day; choose a day of work"),
        Why.not_a_day_off: ("週休日ではありません。週休日を選んでください", "no rest day; choose a rest day"),
        Why.not_a_holiday: ("休日ではありません。休日を選んでください", "no holiday; choose a holiday"),
        Why.outside_window: ("期間の外です。期間内の日時にしてください", "outside the time allowed; choose one inside"),
        Why.too_many_days_on_end: (
            "連続勤務の日数を超えます。別の日にしてください",
            "too many days of work on end; choose another day",
        ),
        Why.unknown_kind: ("その種別はありません。一覧から選んでください", "no such kind; choose one of the list"),
        Why.not_by_the_hour: (
            "時間単位では取れません。一日または半日にしてください",
            "not to be taken by the hour; take a day or, where it may be, a half",
        ),
        Why.only_by_the_hour: ("時間単位で申請してください", "expected hours; say from when to when"),
        Why.hourly_cap: (
            "時間単位の年間の限度を超えます。一日または半日にしてください",
            "more by the hour than a year allows; take a day or a half",
        ),
        Why.day_share: ("一日の限度を超えます。短くしてください", "more of one day than allowed; ask for less"),
        Why.event_days: (
            "同じ事由で取った休暇と合わせて限度を超えます。短くするか、別の事由なら人事に相談してください",
            "more for one event than allowed, with what was taken before; ask for less, or see HR for another event",
        ),
        Why.unit: ("単位に合いません。単位どおりにしてください", "not in whole units; ask for whole ones"),
        Why.balance: ("残りが足りません。残りの内にしてください", "more than what is left; ask for less"),
        Why.no_such_divergence: (
            "その乖離は今はありません。画面を更新してください",
            "there is no such divergence now; look again",
        ),
        Why.no_such_tap: (
            "その打刻は今は勤務の打刻ではありません。画面を更新してください",
            "no such tap counts on that day now; look again",
        ),
        Why.for_managers_no_overtime: (
            "管理職に時間外勤務の命令はありません。特別勤務として扱ってください",
            "managers have no overtime; treat it as special duty",
        ),
        Why.nothing_raised: (
            "その月に代休時間の対象はありません。月を変えてください",
            "the month gives no hours off; choose another",
        ),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "種別",
        "on": "日",
        "from_on": "開始日",
        "until_on": "終了日",
        "starts_minute": "開始時刻",
        "ends_minute": "終了時刻",
        "minute": "時刻",
        "direction": "出退勤",
        "tap": "打刻",
        "breaks": "休憩",
        "reason": "理由",
        "worked_on": "勤務する日",
        "off_on": "休む日",
        "part_minutes": "時間数",
        "period": "月",
        "person_id": "職員",
        "id": "申請番号",
    }
)
"""The fields of requests in Japanese; in English a field bears its own name."""

_VALUES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "on": ("日", "day"),
        "first": ("最初", "first"),
        "last": ("最後", "last"),
        "first_year": ("最初の年", "first year"),
        "last_year": ("最後の年", "last year"),
        "period": ("月", "month"),
        "kind": ("種別", "kind"),
        "asked_minutes": ("申請", "asked"),
        "left_minutes": ("残り", "left"),
        "most_minutes": ("上限", "most"),
        "most_days": ("上限日数", "most days"),
        "asked_days": ("合わせた日数", "days together"),
        "most_characters": ("上限文字数", "most characters"),
        "unit_minutes": ("単位", "unit"),
        "day_minutes": ("一日", "day's length"),
        "starts_minute": ("開始", "start"),
        "ends_minute": ("終了", "end"),
        "minute": ("時刻", "time"),
    }
)


def tell_fault(fault: RequestFault) -> str:
    """Give a fault's words: ``開始日: 残りが足りません。…（残り 6:45） / from_on: more than what is left; … ``."""
    return name_field(FIELDS, fault.field, describe_fault(fault))


def describe_fault(fault: RequestFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field: what is wrong, what to do, the values behind."""
    values = ((name, _written(name, value)) for name, value in fault.values.items())
    return add_values(WORDS[fault.why], ((_VALUES.get(name, (name, name)), (text, text)) for name, text in values))


def _written(name: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and name.endswith("_minutes"):
        return f"{value // 60}:{value % 60:02d}"
    if isinstance(value, int) and (name.endswith("minute") or name in {"first", "last"}):
        return format_clock(value)
    return str(value)

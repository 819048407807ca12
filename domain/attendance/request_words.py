"""A request's faults in words, Japanese and English: the field, what was expected, what to do, the values."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from domain.attendance.request_fault import RequestFault, Why
from domain.civil import format_clock

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "id": "受付番号 / id",
        "person_id": "職員 / person",
        "on": "対象日 / day",
        "from_on": "開始日 / first day",
        "until_on": "終了日 / last day",
        "worked_on": "勤務する日 / day to work",
        "off_on": "休む日 / day off",
        "starts_minute": "開始時刻 / start",
        "ends_minute": "終了時刻 / end",
        "minute": "時刻 / time",
        "direction": "出退勤 / in or out",
        "kind": "種別 / kind",
        "period": "対象月 / month",
        "part_minutes": "振替の時間 / part of the day",
        "breaks": "休憩 / breaks",
        "reason": "理由 / reason",
    }
)
"""The fields of requests, as people call them."""

WORDS: Mapping[Why, str] = MappingProxyType(
    {
        Why.ends_before_start: "開始より後を指定してください / expected an end after the start; choose a later one",
        Why.too_long: "長すぎます。短くするか分けてください / longer than allowed; shorten or divide it",
        Why.no_reason: "理由を入力してください / expected a reason; write one",
        Why.month_closed: (
            "締め済みの月です。人事に修正を依頼してください / the month is closed; ask HR to put it right"
        ),
        Why.not_employed: "在職期間の日を指定してください / expected a day within the employment; choose another",
        Why.overlaps_order: (
            "命令済みの時間外と重なります。時間を変えてください / overtime is ordered then; change the time"
        ),
        Why.overlaps_leave: (
            "休暇と重なります。休暇を取り消すか日時を変えてください / leave stands then; cancel it or change the time"
        ),
        Why.overlaps_swap: (
            "振替・代休がある日です。別の日を指定してください / a swap or 代休日 holds that day; choose another"
        ),
        Why.overlaps_request: (
            "申請中のものと重なります。取り下げるか変えてください / a request waits for it; withdraw or change it"
        ),
        Why.inside_regular_hours: (
            "正規の勤務時間の外を指定してください / expected a time outside regular hours; change it"
        ),
        Why.outside_regular_hours: (
            "正規の勤務時間の中を指定してください / expected a time in regular hours; change it"
        ),
        Why.begun: (
            "すでに始まっています。事後に申請してください / it has begun; expected a coming time, else apply afterwards"
        ),
        Why.not_yet: (
            "まだ来ていない時刻です。過ぎてから申請してください / it is still to come; apply once it is over"
        ),
        Why.break_outside: (
            "休憩は時間内に重ならず指定してください / expected breaks inside, apart from each other; change them"
        ),
        Why.day_off: "勤務日を指定してください / expected a day of work; choose another",
        Why.not_a_day_off: "週休日を指定してください / expected a rest day; choose another",
        Why.not_a_holiday: "休日を指定してください / expected a holiday or rest day; choose another",
        Why.outside_window: (
            "指定できる範囲の外です。範囲内にしてください / outside what is allowed; choose within it"
        ),
        Why.too_many_days_on_end: (
            "連続勤務が長すぎます。別の日にしてください / too many days of work on end; choose another day"
        ),
        Why.unknown_kind: "一覧から選んでください / expected one of the list; choose from it",
        Why.not_by_the_hour: (
            "時間単位では取れません。一日か半日にしてください / not by the hour; take a day or half a day"
        ),
        Why.only_by_the_hour: "時間単位で指定してください / expected hours of a day; give start and end",
        Why.hourly_cap: (
            "時間単位の上限を超えます。一日か半日にしてください / beyond the year's hours; take a day or half a day"
        ),
        Why.day_share: "一日の上限を超えます。短くしてください / more of one day than allowed; shorten it",
        Why.unit: "取れる単位にしてください / expected the unit in which it is taken; change the times",
        Why.balance: "残りが足りません。短くしてください / more than what is left; shorten it",
        Why.no_such_divergence: (
            "その乖離はもうありません。画面を更新してください / the day has no such divergence; look again"
        ),
        Why.for_managers_no_overtime: (
            "管理職員の時間外は週休日・休日に限ります / of a manager only days off are ordered; choose one"
        ),
        Why.nothing_raised: (
            "終わった月の60時間超がありません。月を変えてください / "
            "no raised overtime in a month that is over; change it"
        ),
    }
)
"""Each reason's words: what was expected and what to do."""

VALUES: Mapping[str, str] = MappingProxyType(
    {
        "on": "日 / day",
        "first": "から / from",
        "first_on": "から / from",
        "first_year": "から / from",
        "last": "まで / to",
        "last_on": "まで / to",
        "last_year": "まで / to",
        "from_on": "開始 / start",
        "starts_minute": "開始 / start",
        "ends_minute": "終了 / end",
        "minute": "時刻 / time",
        "period": "月 / month",
        "kind": "種別 / kind",
        "days": "日数 / days",
    }
)
"""What the values of a fault are called; those that begin with ``most`` are what is allowed at most."""


def describe_fault(fault: RequestFault) -> str:
    """Give a fault's words: the field, what was expected and what to do, then its values."""
    field = FIELDS.get(fault.field, fault.field)
    values = ", ".join(_describe_value(name, value) for name, value in fault.values.items())
    return f"{field}: {WORDS[fault.why]}" + (f" ({values})" if values else "")


def _describe_value(name: str, value: object) -> str:
    said = VALUES.get(name) or _amount(name)
    if isinstance(value, date):
        return f"{said} {value.isoformat()}"
    if isinstance(value, int) and "minute" in name and value >= 0:
        return f"{said} {format_clock(value)}"
    return f"{said} {value}"


def _amount(name: str) -> str:
    if name.startswith("most") or name.endswith("_max"):
        return "上限 / at most"
    if name.startswith("left"):
        return "残り / left"
    if name.startswith("unit"):
        return "単位 / unit"
    return "値 / value" if not name.startswith("day_") else "一日 / a day"

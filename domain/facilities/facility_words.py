"""The words of faults in a facility's definition, Japanese first: thing, field, what was expected, what to do."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.facilities.facility_fault import FacilityFault, Flaw, Thing

WORDS: Mapping[Flaw, tuple[str, str]] = MappingProxyType(
    {
        Flaw.bad_id: (
            "英小文字・数字・- _ で 63 字までにしてください",
            "expected up to 63 small letters, digits, - and _",
        ),
        Flaw.id_taken: ("同じ番号がすでにあります。別の番号にしてください", "that id is taken; choose another"),
        Flaw.bad_text: ("1〜{most} 字の一行で入力してください", "expected one line of 1 to {most} characters"),
        Flaw.out_of_range: ("{least}〜{most} にしてください", "expected {least} to {most}"),
        Flaw.not_below: ("{other} より大きくしてください", "expected more than {other}"),
        Flaw.no_multiple: (
            "予約の単位（{step} 分）の倍数にしてください",
            "expected a multiple of the room's step, {step} minutes",
        ),
        Flaw.no_spaces: (
            "区画がありません。組み合わせる部屋を選んでください",
            "made of nothing; choose the rooms that it is made of",
        ),
        Flaw.unknown_facility: ("{name} という施設はありません", "there is no facility {name}"),
        Flaw.unknown_department: (
            "{name} という所属はありません。所属を選び直してください",
            "there is no department {name}; choose another",
        ),
        Flaw.unknown_room: (
            "{name} という部屋はこの施設にありません。先に部屋を登録してください",
            "the facility has no room {name}; register it first",
        ),
        Flaw.unknown_class: (
            "{name} という利用者区分はありません。先に区分を登録してください",
            "there is no user class {name}; register it first",
        ),
        Flaw.unknown_login: (
            "{name} というアカウントはありません",
            "there is no account {name}",
        ),
        Flaw.no_weekday: ("曜日を1つ以上選んでください", "expected at least one weekday"),
        Flaw.no_month: ("月は 1〜12 にしてください", "expected months of 1 to 12"),
        Flaw.no_nth: ("第1〜第5、または最終を選んでください", "expected the 1st to 5th, or the last"),
        Flaw.no_such_day: ("暦にある月日にしてください（例 12-29）", "expected a day of the calendar (12-29)"),
        Flaw.half_a_time: (
            "開始と終了を両方入力するか、両方空にしてください",
            "expected both a beginning and an end, or neither",
        ),
        Flaw.buffers_collide: (
            "{other} との間が {gap} 分で、準備・片付けの {buffer} 分に足りません。どちらかを直してください",
            "{gap} minutes between it and {other}, less than the {buffer} of preparation and clean-up; change either",
        ),
        Flaw.same_slot: (
            "{other} と同じ曜日・時刻です。どちらかを終了してください",
            "the same weekdays and times as {other}; end one of them",
        ),
        Flaw.outside_hours: (
            "開館時間の外です（{weekdays}）。時刻か曜日、または開館時間を直してください",
            "outside the hours on {weekdays}; change its times or weekdays, or the hours",
        ),
        Flaw.overlaps: (
            "{other} と期間が重なります。どちらかの期間を区切ってください",
            "holds on the same days as {other}; bound one of them",
        ),
        Flaw.never_opens: (
            "締切が受付開始より前で、予約できる日がありません。どちらかを直してください",
            "it closes before it opens, so nobody can ever book; change either",
        ),
        Flaw.no_block_days: ("停止する日数を 1 以上にしてください", "expected at least 1 day of blocking"),
        Flaw.part_of: (
            "{other} の一部です。先に {other} の組み合わせを直してください",
            "{other} is made of it; change that one first",
        ),
        Flaw.in_use: (
            "これからの予約が {count} 件あります。先に予約を移すか取り消してください",
            "{count} reservations to come stand on it; move or cancel them first",
        ),
        Flaw.retired: ("終了しています。新しく登録してください", "it is retired; register a new one"),
        Flaw.no_hours: (
            "開館時間がありません。登録するまで予約できません",
            "no hours yet; nothing can be reserved until there are",
        ),
        Flaw.no_window: (
            "予約の受付期間がありません。登録するまで予約できません",
            "no booking window yet; nobody can book until there is one",
        ),
        Flaw.no_terms: (
            "利用条件がありません。登録するまで予約できません",
            "no terms yet; nothing can be reserved until there are",
        ),
        Flaw.no_way: ("入室方法を1つ以上選んでください", "expected at least one way in"),
        Flaw.unknown_area: (
            "{name} という区域はサイトの設定にありません。区域を選び直すか、先に設定に加えてください",
            "the site's description has no area {name}; choose another, or add it there first",
        ),
        Flaw.no_area: (
            "カードやコードで入る部屋には区域が必要です。区域を選ぶか、入室方法を変えてください",
            "a room entered by card or code needs an area; choose one, or change the way in",
        ),
        Flaw.no_level: (
            "サイトの設定で区域 {name} に booked_level（予約者に与える権限）がありません。設定に加えてください",
            "the site's description names no booked_level for the area {name}; add it there",
        ),
        Flaw.no_code_reader: (
            "区域 {name} の扉にQRコードを読むリーダーがありません。加えるか、入室方法からQRコードを外してください",
            "no door into the area {name} reads a QR code; add a scanner, or take the code from the ways in",
        ),
    }
)
"""Each flaw in Japanese and English: what was expected, and what to do."""

THINGS: Mapping[Thing, tuple[str, str]] = MappingProxyType(
    {
        Thing.facility: ("施設", "facility"),
        Thing.room: ("部屋", "room"),
        Thing.room_order: ("部屋の並び", "order of rooms"),
        Thing.equipment: ("備品", "equipment"),
        Thing.slot: ("利用区分", "slot"),
        Thing.opening: ("開館時間", "hours"),
        Thing.closure: ("休館日", "closure"),
        Thing.special_days: ("臨時の開館・休館", "special days"),
        Thing.window: ("受付期間", "booking window"),
        Thing.quota: ("予約の上限", "quota"),
        Thing.terms: ("利用条件", "terms"),
        Thing.entry: ("入室方法", "way in"),
        Thing.user_class: ("利用者区分", "user class"),
        Thing.duty: ("担当", "duty"),
    }
)
"""What a fault is about, in Japanese and English."""

FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "id": ("番号", "id"),
        "name": ("名称", "name"),
        "name_en": ("英語名", "English name"),
        "department_id": ("所管課", "department"),
        "operator": ("指定管理者", "operator"),
        "facility_id": ("施設", "facility"),
        "room_id": ("部屋", "room"),
        "user_class": ("利用者区分", "user class"),
        "login": ("アカウント", "account"),
        "capacity": ("定員", "capacity"),
        "spaces": ("組み合わせ", "made of"),
        "step_minutes": ("予約の単位（分）", "step in minutes"),
        "minutes_min": ("最短（分）", "least minutes"),
        "minutes_max": ("最長（分）", "most minutes"),
        "before_minutes": ("準備（分）", "preparation in minutes"),
        "after_minutes": ("片付け（分）", "clean-up in minutes"),
        "retired_on": ("終了日", "retired on"),
        "units": ("数", "units"),
        "places": ("定員（口）", "places"),
        "position": ("並び順", "position"),
        "weekdays": ("曜日", "weekdays"),
        "months": ("月", "months"),
        "nths": ("第何曜日", "which of the month"),
        "from_minute": ("開始時刻", "from"),
        "to_minute": ("終了時刻", "to"),
        "from_day": ("最初の月日", "first day of the year"),
        "to_day": ("最後の月日", "last day of the year"),
        "first_on": ("最初の日", "first day"),
        "last_on": ("最後の日", "last day"),
        "reason": ("理由", "reason"),
        "valid_from": ("適用開始日", "in force from"),
        "valid_until": ("適用終了日", "in force until"),
        "opens_before": ("受付開始（何か月・何日前）", "opens so long before"),
        "opens_day": ("受付開始の日", "day of opening"),
        "opens_minute": ("受付開始の時刻", "time of opening"),
        "closes": ("受付の締切", "closing"),
        "desk_closes": ("窓口での締切", "closing at the desk"),
        "most": ("上限", "most"),
        "cancel": ("取消の期限", "cancel until"),
        "no_shows_to_block": ("停止までの不使用回数", "no-shows to a block"),
        "no_show_days": ("不使用を数える日数", "days in which no-shows count"),
        "block_days": ("停止する日数", "days of blocking"),
        "no_show_after_minutes": ("不使用とするまで（分）", "minutes to a no-show"),
        "tentative_minutes": ("仮押さえ（分）", "minutes held"),
        "area_id": ("区域", "area"),
        "ways": ("入室方法", "ways in"),
        "early_minutes": ("準備の前に入れる時間（分）", "minutes before preparation"),
        "late_minutes": ("片付けの後に入れる時間（分）", "minutes after clean-up"),
    }
)
"""The fields in Japanese and English."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def tell_fault(fault: FacilityFault) -> str:
    """Give a fault's words: ``部屋 hall・定員: 1〜9999 にしてください / room hall · capacity: expected 1 to 9999``."""
    japanese, english = describe_fault(fault)
    thing, thing_en = THINGS[fault.thing]
    field, field_en = FIELDS[fault.field]
    return f"{thing} {fault.id}・{field}: {japanese} / {thing_en} {fault.id} · {field_en}: {english}"


def describe_fault(fault: FacilityFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its thing and field, for a place beside the field."""
    japanese, english = WORDS[fault.flaw]
    values = {name: _written(value) for name, value in fault.values.items()}
    return (
        japanese.format_map({name: text for name, (text, _) in values.items()}),
        english.format_map({name: text for name, (_, text) in values.items()}),
    )


def _written(value: object) -> tuple[str, str]:
    if isinstance(value, frozenset):
        days = sorted(value)
        return "・".join("月火水木金土日"[day] for day in days), ", ".join(_WEEKDAYS[day] for day in days)
    return str(value), str(value)

"""The words of a booking's faults, Japanese first: what is wrong or was expected, what to do; fields and periods."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.facilities.booking_fault import BookingWhy

_W = BookingWhy

WORDS: Mapping[BookingWhy, tuple[str, str]] = MappingProxyType(
    {
        _W.id_is_address: (
            "画面のアドレスに使われている語です。別の番号にしてください",
            "the word is an address of the pages; choose another id",
        ),
        _W.bad_id: (
            "番号が正しくありません。画面を開き直してください",
            "expected an id of up to 63 small letters, digits, - and _; open the page again",
        ),
        _W.unknown_room: ("その部屋はありません。一覧から選んでください", "no such room; choose one of the list"),
        _W.retired_room: (
            "{on} から利用できません。別の部屋か、それより前の日を選んでください",
            "not to be reserved from {on} on; choose another room or an earlier day",
        ),
        _W.unknown_slot: (
            "その利用区分はこの部屋にありません。一覧から選んでください",
            "the room has no such slot; choose one of the list",
        ),
        _W.retired_slot: (
            "{on} にこの利用区分はありません。別の区分を選んでください",
            "the slot does not exist on {on}; choose another",
        ),
        _W.slot_missing: (
            "この部屋は利用区分ごとの予約です。区分を選んでください",
            "this room is reserved by slots; choose one",
        ),
        _W.slot_times: (
            "利用区分の時刻と違います。{times} にしてください",
            "not the times of the slot; expected {times}",
        ),
        _W.slot_weekday: (
            "この利用区分は {weekdays} だけです。別の日か区分を選んでください",
            "the slot is on {weekdays} alone; choose another day or slot",
        ),
        _W.past: ("過ぎた日時です。これからの日時を選んでください", "in the past; choose a time to come"),
        _W.ends_before_start: ("終わりは始まりより後にしてください", "expected an end after the start"),
        _W.off_step: ("{step_minutes} 分単位にしてください", "expected a multiple of {step_minutes} minutes"),
        _W.too_short: (
            "短すぎます。{least_minutes} 分以上にしてください",
            "too short; expected at least {least_minutes} minutes",
        ),
        _W.too_long: (
            "長すぎます。{most_minutes} 分以内にしてください",
            "too long; expected at most {most_minutes} minutes",
        ),
        _W.closed: ("{on} は休館です。別の日を選んでください", "closed on {on}; choose another day"),
        _W.outside_hours: (
            "開館時間の外です。{times} の内にしてください",
            "outside the hours; choose a time within {times}",
        ),
        _W.nobody: ("1 人以上にしてください", "expected at least 1"),
        _W.over_capacity: (
            "定員は {most} 人です。人数を減らすか、広い部屋を選んでください",
            "the room holds {most}; come with fewer or choose a larger one",
        ),
        _W.no_places: ("口数を 1 以上にしてください", "expected at least 1 place"),
        _W.too_many_places: ("この区分の定員は {most} 口です", "the slot has {most} places; ask for fewer"),
        _W.places_without_slot: (
            "部屋全体の予約です。口数は空にしてください",
            "the room is reserved as a whole; leave the places empty",
        ),
        _W.purpose_missing: ("利用目的を入力してください", "expected a purpose; write one"),
        _W.text_too_long: ("{most_characters} 字以内にしてください", "expected at most {most_characters} characters"),
        _W.unknown_equipment: (
            "この施設にその備品はありません。一覧から選んでください",
            "the facility has no such equipment; choose from the list",
        ),
        _W.retired_equipment: (
            "{name} は利用できなくなりました。外してください",
            "{name} is no longer lent; leave it out",
        ),
        _W.equipment_of_other_room: (
            "{name} は別の部屋の備品です。外すか、部屋を選び直してください",
            "{name} belongs to another room; leave it out or choose that room",
        ),
        _W.equipment_twice: ("{name} が二度あります。一つにまとめてください", "{name} is named twice; name it once"),
        _W.no_units: ("{name} の数を 1 以上にしてください", "expected at least 1 of {name}"),
        _W.unknown_class: (
            "その利用者区分はありません。一覧から選んでください",
            "no such user class; choose one of the list",
        ),
        _W.other_class: (
            "登録の利用者区分と違います。区分の変更は窓口へ申し出てください",
            "not the class that you are registered as; ask the counter to change it",
        ),
        _W.reservee_missing: (
            "利用者を探して選ぶか、新しく登録してください",
            "find and choose a reservee, or register a new one",
        ),
        _W.unknown_reservee: (
            "利用者の登録がありません。先に利用者登録をしてください",
            "no such reservee; register first",
        ),
        _W.blocked: (
            "{on} まで予約を停止しています。窓口へお問い合わせください",
            "booking is blocked until {on}; ask the counter",
        ),
        _W.unconfirmed: (
            "連絡先の確認が済んでいません。届いたメールか SMS で確認してください",
            "your contact is not confirmed; follow the mail or message that you were sent",
        ),
        _W.staff_only: (
            "この施設は職員だけが予約できます。別の施設を選んでください",
            "for staff alone; choose another facility",
        ),
        _W.no_terms: (
            "{on} の利用条件がまだありません。施設の担当へお問い合わせください",
            "there are no terms for {on} yet; ask the facility",
        ),
        _W.no_window: (
            "この区分では {on} の予約を受け付けていません。窓口へお問い合わせください",
            "not open to this class on {on}; ask the counter",
        ),
        _W.not_open_yet: (
            "受付は {opens_at} からです。それまでお待ちください",
            "booking opens at {opens_at}; come back then",
        ),
        _W.window_over: (
            "受付は {closed_at} に締め切りました。窓口へお問い合わせください",
            "booking closed at {closed_at}; ask the counter",
        ),
        _W.quota_reached: (
            "予約の上限を超えます。ほかの予約を取り消すか、別の日にしてください",
            "more than one may book; cancel another reservation or choose another day",
        ),
        _W.taken: (
            "{times} は予約済みです。別の時間か部屋を選んでください",
            "taken {times}; choose another time or room",
        ),
        _W.own_overlap: (
            "ご自身の別の予約と重なります（準備・片付けを含む）。そちらを変更するか、別の時間を選んでください",
            "overlaps another reservation of your own, with its buffers; change that one or choose another time",
        ),
        _W.places_left: (
            "空きは {left} 口です。口数を減らすか、別の回を選んでください",
            "{left} places are left; ask for fewer or choose another slot",
        ),
        _W.units_left: (
            "{name} の空きは {left} です。数を減らすか、別の時間を選んでください",
            "{left} of {name} are free; ask for fewer or choose another time",
        ),
        _W.no_reservation: (
            "その予約はありません。番号を確かめてください",
            "no such reservation; check its number",
        ),
        _W.id_taken: (
            "この番号は別の予約で使われています。画面を開き直してください",
            "that id stands for another reservation; open the page again",
        ),
        _W.moved_on: (
            "見ている間に予約が変わりました。画面を更新してもう一度確かめてください",
            "the reservation changed meanwhile; look again",
        ),
        _W.wrong_state: (
            "今の状態ではできません。予約の状態を確かめてください",
            "not possible in its present state; look at where it stands",
        ),
        _W.not_yours: (
            "この予約を扱う権限がありません。施設の担当へ申し出てください",
            "not yours to do; ask whoever looks after the facility",
        ),
        _W.own_reservation: (
            "自分の予約は決裁できません。ほかの担当者に任せてください",
            "nobody decides about an own reservation; leave it to somebody else",
        ),
        _W.reason_missing: ("理由を入力してください", "expected a reason; write one"),
        _W.too_late: (
            "期限（{closed_at}）を過ぎました。窓口へ申し出てください",
            "the time for this ended at {closed_at}; ask the counter",
        ),
        _W.too_early: ("まだ早すぎます。{opens_at} からできます", "too early; possible from {opens_at}"),
        _W.hold_over: (
            "仮押さえの時間が切れました。もう一度予約してください",
            "the time for which it was held is over; book again",
        ),
        _W.no_door: (
            "この予約ではカードを貸し出せません。許可と入室方法を確かめてください",
            "no card goes with this booking; look at its permission and at how the room is entered",
        ),
        _W.no_free_card: (
            "貸し出せるカードではありません。別のカードをかざしてください",
            "not a card to lend; hold another one",
        ),
        _W.no_such_occurrence: ("{on} はこの繰り返しにありません", "{on} is no day of the series"),
        _W.occurrence_twice: ("{on} が二度あります", "{on} comes twice"),
        _W.too_many_occurrences: (
            "繰り返しは {most} 回までです。期間を短くしてください",
            "at most {most} times; choose a shorter span",
        ),
        _W.no_occurrence: (
            "この期間に繰り返しの日がありません。規則か期間を直してください",
            "the rule has no day in this span; change either",
        ),
        _W.bad_recurrence: (
            "繰り返しの規則が読めません（RFC 5545 の RRULE）。例 FREQ=WEEKLY;BYDAY=TU;COUNT=10",
            "expected a rule of RFC 5545, as FREQ=WEEKLY;BYDAY=TU;COUNT=10",
        ),
        _W.no_column: ("列 {name} がありません。見出しを直してください", "no column {name}; put the head right"),
        _W.bad_cell: ("{expected} にしてください", "expected {expected}"),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "id": "予約番号",
        "room_id": "部屋",
        "slot_id": "利用区分",
        "from_at": "開始",
        "until_at": "終了",
        "reservee_id": "利用者",
        "user_class": "利用者区分",
        "party": "人数",
        "places": "口数",
        "purpose": "利用目的",
        "units": "備品",
        "reason": "理由",
        "state": "状態",
        "version": "版",
        "token": "カード",
        "occurrences": "繰り返し",
        "file": "ファイル",
        "on": "利用日",
        "name": "氏名・団体名",
        "kind": "種類",
        "email": "メール",
        "phone": "電話",
    }
)
"""The fields of bookings in Japanese; in English a field bears its own name."""

PERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "standing": ("同時に", "at once"),
        "day": ("1日", "a day"),
        "week": ("1週", "a week"),
        "month": ("1か月", "a month"),
    }
)
"""Within what a quota counts."""

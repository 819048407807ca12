"""The words of faults about lottery rounds, waiting lists and offers, Japanese first."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from domain.facilities.round_fault import RoundFault, RoundWhy
from domain.facilities.tell_booking import format_time
from domain.telling import name_field

_W = RoundWhy

WORDS: Mapping[RoundWhy, tuple[str, str]] = MappingProxyType(
    {
        _W.bad_id: (
            "番号が正しくありません。画面を開き直してください",
            "expected an id of up to 63 small letters, digits, - and _; open the page again",
        ),
        _W.id_taken: (
            "この番号はすでに使われています。画面を開き直してください",
            "that id is taken; open the page again",
        ),
        _W.not_yours: (
            "扱う権限がありません。施設の担当へ申し出てください",
            "not yours to do; ask whoever looks after the facility",
        ),
        _W.bad_text: ("1〜{most} 字で入力してください", "expected 1 to {most} characters"),
        _W.out_of_range: ("1〜{most} にしてください", "expected 1 to {most}"),
        _W.ends_before_start: (
            "終わりは始まりと今より後にしてください",
            "expected an end after the start and after now",
        ),
        _W.lot_too_early: (
            "抽選する枠は、申込の締切から 1 時間以上後にしてください",
            "expected lots at least an hour after entering ends",
        ),
        _W.lot_twice: ("同じ番号の枠が二つあります", "two lots have one id; expected each id once"),
        _W.lots_overlap: (
            "同じ場所の枠の時間が重なっています。どちらかを外してください",
            "lots of one space overlap; leave one of them out",
        ),
        _W.no_wins: ("当選数は 1 以上にしてください", "expected at least 1 win"),
        _W.unknown_lot_room: (
            "その部屋か利用区分はこの施設にありません。一覧から選んでください",
            "the facility has no such room or slot; choose from the list",
        ),
        _W.bad_seed: (
            "乱数の種が公開したハッシュと合いません。保管した種を確かめてください",
            "the seed is not the one whose hash was published; look at the seed that was kept",
        ),
        _W.unknown_round: ("その抽選はありません。一覧から選んでください", "no such round; choose one of the list"),
        _W.not_over: (
            "申込の締切（{ends_at}）の後に抽選してください",
            "entering ends at {ends_at}; draw after that",
        ),
        _W.no_choice: ("希望を 1 つ以上選んでください", "expected at least one choice"),
        _W.too_many_choices: ("希望は {most} つまでです", "expected at most {most} choices"),
        _W.choice_twice: ("同じ希望が二度あります。外してください", "a choice comes twice; leave one out"),
        _W.unknown_lot: ("その枠はこの抽選にありません。一覧から選んでください", "no such lot; choose from the list"),
        _W.not_open_yet: (
            "申込は {opens_at} からです。それまでお待ちください",
            "entering opens at {opens_at}; come back then",
        ),
        _W.entry_over: (
            "申込は {ends_at} に締め切りました。空きが出た枠は予約できます",
            "entering ended at {ends_at}; what is left can be booked",
        ),
        _W.free_now: (
            "今あいています。キャンセル待ちではなく予約してください",
            "it is free now; book it instead of waiting",
        ),
        _W.waits_already: (
            "この日時にはすでにキャンセル待ちをしています",
            "you wait for this already; nothing more is needed",
        ),
        _W.waits_too_often: (
            "キャンセル待ちは {most} 件までです。ほかを取り下げてください",
            "one waits for at most {most} times at once; withdraw another",
        ),
        _W.unknown_waiting: (
            "そのキャンセル待ちはありません。一覧を確かめてください",
            "nobody waits under that id; look at the list",
        ),
        _W.no_longer_waits: (
            "このキャンセル待ちは終わっています。必要ならもう一度申し込んでください",
            "that waiting is over; ask again if it is still wished",
        ),
        _W.unknown_offer: ("その案内はありません。届いた案内を確かめてください", "no such offer; look at your letter"),
        _W.offer_over: (
            "この案内は終わりました。必要ならもう一度キャンセル待ちをしてください",
            "that offer is over; wait again if it is still wished",
        ),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "id": "番号",
        "facility_id": "施設",
        "name": "名称",
        "name_en": "英語の名称",
        "enter_until_at": "申込の締切",
        "choices_most": "希望の数",
        "wins_most": "当選の上限",
        "first_chances": "初めての人の当たりやすさ",
        "first_days": "初めてとみなす日数",
        "lots": "抽選する枠",
        "choices": "希望",
        "seed": "乱数の種",
        "from_at": "日時",
        "reservee_id": "利用者",
    }
)
"""The fields in Japanese; in English a field bears its own name."""


def tell_round_fault(fault: RoundFault) -> str:
    """Give a fault's words: ``希望: 1 つ以上… / choices: expected …``."""
    return name_field(FIELDS, fault.field, describe_round_fault(fault))


def describe_round_fault(fault: RoundFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field, for a place beside the field."""
    values = {name: format_time(each) if isinstance(each, datetime) else each for name, each in fault.values.items()}
    japanese, english = WORDS[fault.why]
    return japanese.format_map(values), english.format_map(values)

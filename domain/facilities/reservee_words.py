"""The words of faults about reservees, Japanese first: the field, what was expected, what to do."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy
from domain.facilities.tell_booking import format_time
from domain.telling import name_field

_W = ReserveeWhy

WORDS: Mapping[ReserveeWhy, tuple[str, str]] = MappingProxyType(
    {
        _W.bad_id: (
            "番号が正しくありません。画面を開き直してください",
            "expected an id of up to 63 small letters, digits, - and _; open the page again",
        ),
        _W.id_taken: (
            "この番号は別の利用者で使われています。画面を開き直してください",
            "that id stands for another reservee; open the page again",
        ),
        _W.name_missing: ("氏名か団体名を入力してください", "expected a name; write one"),
        _W.contact_name_missing: (
            "団体は担当者の氏名も入力してください",
            "a group names somebody who answers for it; write the name",
        ),
        _W.contact_missing: (
            "メールか電話のどちらかを入力してください",
            "expected an e-mail address or a telephone number; write one of them",
        ),
        _W.text_too_long: ("{most} 字以内にしてください", "expected at most {most} characters"),
        _W.bad_kana: ("カタカナで入力してください", "expected a reading in katakana"),
        _W.bad_email: (
            "メールアドレスの形が正しくありません。例 taro@example.jp",
            "expected an e-mail address, as taro@example.jp",
        ),
        _W.bad_phone: (
            "電話番号は 0 から始まる 10 桁か 11 桁です",
            "expected a number of 10 or 11 digits that begins with 0",
        ),
        _W.unknown_class: (
            "その利用者区分はありません。一覧から選んでください",
            "no such user class; choose one of the list",
        ),
        _W.kind_staff: (
            "職員は職員名簿から登録されます。個人か団体を選んでください",
            "staff come from the directory; choose citizen or group",
        ),
        _W.unknown_reservee: (
            "その利用者は登録されていません。検索し直してください",
            "no such reservee; search again",
        ),
        _W.moved_on: (
            "見ている間に変わりました。画面を更新してもう一度確かめてください",
            "it changed meanwhile; look again",
        ),
        _W.reason_missing: ("理由を入力してください", "expected a reason; write one"),
        _W.block_past: ("今日以降の日にしてください", "expected today or a later day"),
        _W.same_reservee: ("同じ利用者です。もう一人を選んでください", "the same reservee; choose another one"),
        _W.staff_stays: (
            "職員の登録は残す側にしてください",
            "a member of staff is the one that stays; choose the other way round",
        ),
        _W.no_merge: ("その統合はありません。履歴を確かめてください", "no such merge; look at the history"),
        _W.merge_undone: (
            "この統合はすでに取り消されたか、後の統合があります。履歴を確かめてください",
            "that merge is undone, or a later one stands on it; look at the history",
        ),
        _W.no_such_contact: (
            "その連絡先は登録されていません。先に登録してください",
            "no such contact is registered; register it first",
        ),
        _W.no_code: (
            "確認番号を送っていません。送信を押してください",
            "no code was sent; ask for one",
        ),
        _W.wrong_code: (
            "確認番号が違います。あと {left} 回入力できます",
            "not the code; {left} tries are left",
        ),
        _W.code_over: (
            "確認番号の期限（{ended_at}）が過ぎました。もう一度送ってください",
            "the code ended at {ended_at}; ask for another",
        ),
        _W.tries_over: (
            "入力できる回数を超えました。もう一度送ってください",
            "too many tries; ask for another code",
        ),
        _W.too_many_codes: (
            "送信が多すぎます。{again_at} からもう一度送れます",
            "too many codes were sent; ask again from {again_at} on",
        ),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "id": "利用者番号",
        "kind": "種類",
        "user_class": "利用者区分",
        "name": "氏名・団体名",
        "kana": "フリガナ",
        "contact_name": "担当者",
        "email": "メール",
        "phone": "電話",
        "contact": "連絡先",
        "code": "確認番号",
        "reason": "理由",
        "blocked_until": "停止の最終日",
        "stays": "残す利用者",
        "goes": "統合する利用者",
        "merge": "統合",
    }
)
"""The fields in Japanese; in English a field bears its own name."""


def tell_reservee_fault(fault: ReserveeFault) -> str:
    """Give a fault's words: ``フリガナ: カタカナで… / kana: expected …``."""
    return name_field(FIELDS, fault.field, describe_reservee_fault(fault))


def describe_reservee_fault(fault: ReserveeFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field, for a place beside the field."""
    values = {name: format_time(each) if isinstance(each, datetime) else each for name, each in fault.values.items()}
    japanese, english = WORDS[fault.why]
    return japanese.format_map(values), english.format_map(values)

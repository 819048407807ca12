"""The words of a key's faults, Japanese first: what is wrong or was expected, what to do, the values behind it."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from domain.civil import JST
from domain.keys.key_fault import KeyFault, Why
from domain.telling import add_values, name_field

WORDS: Mapping[Why, tuple[str, str]] = MappingProxyType(
    {
        Why.key_out: (
            "貸出中です。借りている人に返却か引き継ぎを頼んでください",
            "it is out; ask the holder to return it or to hand it over",
        ),
        Why.not_permitted: (
            "貸出資格がありません。予約の許可か貸出資格を先に受けてください",
            "not entitled to it; get the booking permitted or an entitlement given first",
        ),
        Why.too_early: ("まだ貸し出せません。開始時刻以降にしてください", "too early; come at or after the start"),
        Why.entitlement_over: (
            "貸出資格の期間が過ぎています。新しい資格を受けてください",
            "the entitlement is over; get a new one",
        ),
        Why.count_open: (
            "棚卸し中の鍵箱です。棚卸しを終えてから貸し出してください",
            "its cabinet is being counted; close the count first",
        ),
        Why.not_out: ("貸出中ではありません。画面を更新して確かめてください", "it is not out; look again"),
        Why.wrong_holder: (
            "借りている人が違います。借りている本人のカードをかざしてください",
            "somebody else has it; the holder's own card is needed",
        ),
        Why.retired: ("廃止した鍵です。ほかの鍵を選んでください", "it is retired; choose another key"),
        Why.lost: (
            "紛失と届け出られた鍵です。見つかった場合は「発見」を記録してください",
            "it is reported lost; if it is here, record it as found",
        ),
        Why.not_lost: ("紛失の届出がありません。返却として記録してください", "it is not lost; record a return"),
        Why.damaged: (
            "破損と届け出られた鍵です。点検を記録するか、ほかの鍵を選んでください",
            "it is reported damaged; record an inspection or choose another",
        ),
        Why.second_person_missing: (
            "二人で貸し出す鍵です。立ち会うもう一人を入力してください",
            "two persons lend it; name the second one",
        ),
        Why.same_person: (
            "同じ人は二人目になれません。別の人を入力してください",
            "one person is not two; name another one",
        ),
        Why.no_offer: (
            "この人への引き継ぎの申し出がありません。渡す人のカードを先にかざしてください",
            "it was not offered to this person; the holder's card comes first",
        ),
        Why.not_later: (
            "返却期限は今の期限より後の時刻にしてください",
            "expected a due time after the present one and after now",
        ),
        Why.due_past: ("返却期限は今より後にしてください", "expected a due time after now"),
        Why.due_late: (
            "貸出資格の期限より遅い時刻です。期限までの時刻にしてください。長く使うときは貸出後に延長してください",
            "later than the entitlement allows; choose a time until then, and extend the loan later if need be",
        ),
        Why.no_office_day: (
            "開庁日の予定が登録されていません。期限を日時で指定してください",
            "no office day is known ahead; give the due time itself",
        ),
        Why.long_loan: (
            "1か月以上の貸出には長期貸出の承認が必要です。承認を受けるか、期限を短くしてください",
            "a month or longer needs an approval of its own; get it or ask for less",
        ),
        Why.deposit_missing: (
            "保証金の要る鍵です。預かった金額を入力してください",
            "a deposit is due; enter the yen taken",
        ),
        Why.reserved_next: (
            "次に使う人がいます。その時刻より前の期限にしてください",
            "somebody else is entitled to it then; choose a time before that",
        ),
        Why.none_free: (
            "貸し出せる鍵がありません。返却を待つか、ほかの鍵を選んでください",
            "no copy is free; wait for a return or choose another key",
        ),
        Why.on_ring: ("鍵束に付いている鍵です。鍵束ごと貸し出してください", "it is on a ring; lend the ring"),
        Why.ring_empty: ("鍵束に鍵がありません。鍵を付けてください", "the ring has no copies; put some on it"),
        Why.ring_out: (
            "貸出中の鍵束です。返却されてから組み替えてください",
            "the ring or a copy is out; change it after the return",
        ),
        Why.no_reason: ("理由を入力してください", "expected a reason; write one"),
        Why.unknown: ("登録がありません。番号を確かめてください", "no such thing is registered; check the number"),
        Why.taken: ("すでに使われています。別の値にしてください", "it is another one's already; choose another"),
        Why.malformed: ("値が正しくありません。示された形で入力してください", "expected the form shown; enter it so"),
        Why.id_is_address: (
            "画面のアドレスに使われている語です。別の ID にしてください",
            "the word is an address of the pages; choose another id",
        ),
        Why.too_long: ("長すぎます。短くしてください", "too long; shorten it"),
        Why.wrong_step: (
            "今はその手続きができません。画面を更新して次の手順を確かめてください",
            "this step does not follow from here; look again which is next",
        ),
        Why.copies_out: (
            "貸出中の鍵があります。返却を受けるか、紛失を記録してから進めてください",
            "copies are out; take them back or report them lost first",
        ),
        Why.count_closed: ("終わった棚卸しです。新しく始めてください", "the count is closed; open a new one"),
        Why.reader_taken: (
            "この読取機では別の手続きが待っています。終わるのを待つか、取り消してください",
            "another one waits at this reader; wait for its end or cancel it",
        ),
        Why.same_holder: (
            "台帳ではその人が借りています。実際に持っている別の人を入力してください",
            "the ledger says so already; enter whoever really has it",
        ),
        Why.own_emergency: (
            "自分が貸した、立ち会った、または借りた貸出です。ほかの人に確認を頼んでください",
            "you lent it, stood by or borrowed it; ask somebody else to look it over",
        ),
        Why.moved_on: (
            "先にほかの人が手続きしました。画面を更新してください",
            "somebody else was quicker; look again",
        ),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "key": "鍵",
        "ring": "鍵束",
        "copy": "鍵番号",
        "cabinet": "鍵箱",
        "position": "掛け位置",
        "lock_group": "シリンダー系列",
        "opens": "開く場所",
        "custodian": "管理者",
        "photo": "写真",
        "tag": "タグ",
        "stamped": "刻印番号",
        "name": "名称",
        "maker": "作製者",
        "borrower": "借りる人",
        "second": "立ち会う人",
        "giver": "渡す人",
        "taker": "受け取る人",
        "due_at": "返却期限",
        "from_at": "開始",
        "until_at": "終了",
        "deposit_yen": "保証金",
        "early_minutes": "予約の前に貸し出せる時間",
        "master_level": "マスターの段階",
        "reason": "理由",
        "entitlement": "貸出資格",
        "approved_by": "長期貸出の承認者",
        "count": "棚卸し",
        "case": "鍵交換",
        "act": "手続き",
        "signature": "署名",
        "sheet": "引継書",
        "reader": "読取機",
        "cause": "緊急の事由",
        "id": "受付番号",
    }
)
"""The fields of keys in Japanese; in English a field bears its own name."""

_VALUES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "holder": ("借りている人", "holder"),
        "since_at": ("貸出", "since"),
        "due_at": ("返却期限", "due"),
        "from_at": ("開始", "from"),
        "until_at": ("終了", "until"),
        "asked_yen": ("必要額", "due"),
        "stamped": ("刻印番号", "stamped"),
        "most_characters": ("上限文字数", "most characters"),
        "most_bytes": ("上限バイト数", "most bytes"),
        "expected": ("正しい形", "expected"),
        "copies": ("鍵番号", "copies"),
        "opened_by": ("始めた人", "opened by"),
        "opened_at": ("開始", "opened"),
        "state": ("状態", "state"),
    }
)


def tell_fault(fault: KeyFault) -> str:
    """Give a fault's words: ``鍵: 貸出中です。…（借りている人 萩 太郎、貸出 …） / key: it is out; … ``."""
    return name_field(FIELDS, fault.field, describe_fault(fault))


def describe_fault(fault: KeyFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field: what is wrong, what to do, the values behind."""
    values = ((name, _written(value)) for name, value in fault.values.items() if value is not None)
    return add_values(WORDS[fault.why], ((_VALUES.get(name, (name, name)), (text, text)) for name, text in values))


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(JST):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)

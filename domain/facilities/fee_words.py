"""The words of what is wrong with money: Japanese first, what was expected, what to do, the values behind it."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.civil import format_clock
from domain.facilities.fee_fault import FeeFault, FeeWhy
from domain.telling import add_values

_W = FeeWhy

WORDS: Mapping[FeeWhy, tuple[str, str]] = MappingProxyType(
    {
        _W.twice: ("二度あります。一つにしてください", "stands twice; keep one"),
        _W.negative: ("負の数です。0以上にしてください", "negative; expected 0 or more"),
        _W.out_of_range: ("範囲の外です。範囲内にしてください", "out of range; expected a number inside"),
        _W.one_of_two: ("どちらか一つだけ書いてください", "expected exactly one of the two"),
        _W.subject_missing: (
            "備品・付帯の番号と料金の種類が合いません。備品と付帯料金にだけ番号を書いてください",
            "the subject does not fit the charge; name one for equipment and options alone",
        ),
        _W.band_empty: (
            "時間帯が空か、時間単位の料金ではありません。時間帯は時間単位の室料にだけ書いてください",
            "the band is empty or not of a rate by time; give bands to rates of rooms by time alone",
        ),
        _W.ends_before_start: ("終わりは始まりより後にしてください", "expected an end after the start"),
        _W.rows_overlap: (
            "同じ利用に二つの行が当たります。範囲を分けてください",
            "two rows hold for one use; part their scopes",
        ),
        _W.tables_overlap: (
            "期間が別の料金表と重なります。施行日か終了日を直してください",
            "its days overlap another table; change its first or last day",
        ),
        _W.no_source: ("根拠（条例・規則の条項）を書いてください", "expected the clause behind it; write one"),
        _W.unknown_user_class: (
            "利用者区分が料金表にありません。料金表の区分から選んでください",
            "no such user class in the fee table; choose one of it",
        ),
        _W.unknown_purpose: (
            "利用目的の区分が料金表にありません。料金表の区分から選んでください",
            "no such purpose class in the fee table; choose one of it",
        ),
        _W.unknown_room: ("施設にその室はありません。室を直してください", "no such room in the facility; correct it"),
        _W.unknown_slot: ("施設にその区分はありません。区分を直してください", "no such slot there; correct it"),
        _W.unknown_equipment: ("施設にその備品はありません。備品を直してください", "no such equipment; correct it"),
        _W.unknown_option: ("その付帯料金はありません。料金表から選んでください", "no such option; choose one of it"),
        _W.unknown_reduction: ("その減免はありません。料金表から選んでください", "no such reduction; choose one of it"),
        _W.not_for_this_use: ("この利用には当たりません。別の減免を選んでください", "not for this use; choose another"),
        _W.no_table: (
            "利用日の料金表がありません。料金表を登録してください",
            "no fee table is in force on that day; enter one",
        ),
        _W.no_rate: (
            "料金が決まっていません。料金表に行を加えてください（無料なら0円の行）",
            "no rate is given; add a row to the fee table (of 0 yen where it is free)",
        ),
        _W.no_tax_rate: ("利用日の消費税率がありません。税率を加えてください", "no tax rate for that day; add one"),
        _W.not_positive: ("1以上にしてください", "expected 1 or more"),
        _W.no_amount: (
            "額を円で入力してください。例 12,300",
            "expected an amount in yen, as 12,300",
        ),
        _W.bad_choice: ("一覧から選んでください", "expected one of the list; choose one"),
        _W.wrong_number: (
            "登録番号はTと13桁の数字です。番号を直してください",
            "expected T and thirteen digits; correct the number",
        ),
        _W.too_long: ("長すぎます。短くしてください", "too long; shorten it"),
        _W.no_reservation: ("予約がありません。番号を確かめてください", "no such reservation; check its number"),
        _W.no_facility: ("施設がありません。番号を確かめてください", "no such facility; check its number"),
        _W.not_priced: (
            "使用料がまだ計算されていません。先に計算してください",
            "it has not been priced; price it first",
        ),
        _W.priced_for_another_version: (
            "予約が変更されました。使用料を計算し直してください",
            "the reservation has changed since; price it again",
        ),
        _W.reservation_over: (
            "取り消された、または許可されなかった予約です。収納はできません",
            "cancelled, refused or expired; nothing more is paid for it",
        ),
        _W.more_than_owed: (
            "未納の額を超えます。未納額以内にしてください",
            "more than is owed; take at most what is owed",
        ),
        _W.more_than_paid: (
            "納付済みの額を超えます。納付済額以内にしてください",
            "more than was paid; give back at most what was paid",
        ),
        _W.nothing_to_refund: ("還付する額はありません", "there is nothing to give back"),
        _W.reference_missing: (
            "決済の伝票番号を入力してください",
            "expected the provider's reference; enter it from the slip",
        ),
        _W.no_entry: ("その収納はありません。番号を確かめてください", "no such entry; check its number"),
        _W.no_file: ("ファイルを選んでください", "expected a file; choose one"),
        _W.unreadable: (
            "読めません。書式と文字コードを確かめてください",
            "cannot be read; check its form and encoding",
        ),
        _W.headings_missing: (
            "見出しが一つずつ必要です。ファイルか書式を確かめてください",
            "expected each heading once; check the file or its layout",
        ),
        _W.columns_missing: ("列が足りません。ファイルを確かめてください", "columns are missing; check the file"),
        _W.sums_differ: (
            "総額から手数料を引いた額が入金額と違います。書式の手数料の列を確かめてください",
            "gross less commission is not net; check the layout's columns of commission",
        ),
        _W.no_layout: (
            "その入金明細の書式はありません。一覧から選んでください",
            "no such layout; choose one of the list",
        ),
        _W.not_correctable: (
            "訂正の行は訂正できません。新しく収納してください",
            "a correction cannot be corrected; enter a new one",
        ),
        _W.corrected_already: ("すでに訂正されています。画面を更新してください", "corrected already; look again"),
        _W.id_taken: (
            "同じ番号で別の内容が登録されています。画面を開き直してください",
            "the same id stands for something else; open the form again",
        ),
        _W.reason_missing: ("理由を入力してください", "expected a reason; write one"),
        _W.not_yours: (
            "この減免を決める権限がありません。決定者に依頼してください",
            "not yours to grant; ask whoever may",
        ),
        _W.granted_already: ("すでに決定されています", "granted already"),
        _W.closed_already: (
            "その日は締めてあります。訂正は次の日の行になります",
            "closed already; correct it by new rows",
        ),
        _W.day_to_come: ("まだ来ていない日です。今日までの日にしてください", "a day to come; expected today or before"),
        _W.earlier_day_open: ("先に前の日を締めてください", "an earlier day is open; close that one first"),
        _W.note_missing: (
            "現金に過不足があります。事情を書いてください",
            "the cash differs from the book; write what is known about it",
        ),
    }
)
"""Each reason in Japanese and English: what is wrong, or what was expected, and what to do."""

_VALUES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "row": ("行", "row"),
        "other": ("もう一つ", "the other"),
        "name": ("名", "name"),
        "count": ("数", "count"),
        "first": ("最小", "least"),
        "last": ("最大", "most"),
        "minute": ("時刻", "time"),
        "from_minute": ("開始", "start"),
        "on": ("日", "day"),
        "from_on": ("開始日", "first day"),
        "owed_yen": ("未納", "owed"),
        "paid_yen": ("納付済", "paid"),
        "expected_yen": ("帳簿", "book"),
        "counted_yen": ("実際", "counted"),
        "gross_yen": ("総額", "gross"),
        "commission_yen": ("手数料", "commission"),
        "net_yen": ("入金額", "net"),
        "most_characters": ("上限文字数", "most characters"),
        "line": ("行番号", "line"),
    }
)


def describe_fee_fault(fault: FeeFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field."""
    values = ((_VALUES.get(name, (name, name)), _written(name, value)) for name, value in fault.values.items())
    return add_values(WORDS[fault.why], values)


def tell_fee_fault(fault: FeeFault) -> str:
    """Give a fault in one line: ``yen: 負の数です。… / negative; …``."""
    japanese, english = describe_fee_fault(fault)
    return f"{fault.field}: {japanese} / {english}"


def _written(name: str, value: object) -> tuple[str, str]:
    """Write a value in Japanese and English."""
    if isinstance(value, int) and name.endswith("_yen"):
        return f"{value:,}円", f"{value:,} yen"
    if isinstance(value, int) and name.endswith("minute"):
        return format_clock(value), format_clock(value)
    return str(value), str(value)

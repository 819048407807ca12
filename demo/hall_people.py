"""Who reserves rooms of the demo's civic hall: groups, citizens, and two of the city's own staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.population import Member
from domain.facilities.reservee import Reservee, ReserveeKind
from gateway.operations.facilities.register_staff import StaffEntry, register_staff
from store.reservees import insert_reservee
from store.tx import Tx

_REGISTERED_BEFORE = timedelta(days=200)
_GROUPS = (
    ("青木合唱団", "アオキガッショウダン", "resident", "合唱の練習", ("hall", "hall-east", "meeting-1")),
    ("市民吹奏楽団", "シミンスイソウガクダン", "resident", "合奏", ("hall", "hall-east")),
    ("萩の会（茶道）", "ハギノカイ", "reduced", "茶道の稽古", ("washitsu",)),
    ("卓球クラブ・ピン", "タッキュウクラブピン", "resident", "卓球", ("gym",)),
    ("子育てサロンたんぽぽ", "コソダテサロンタンポポ", "reduced", "親子の集い", ("washitsu", "gym")),
    ("関所町内会", "セキショチョウナイカイ", "resident", "役員会", ("meeting-1", "meeting-2")),
    ("将棋同好会", "ショウギドウコウカイ", "resident", "例会", ("washitsu", "meeting-1")),
    ("バドミントン同好会", "バドミントンドウコウカイ", "resident", "練習", ("gym",)),
    ("隣町写真クラブ", "トナリマチシャシンクラブ", "other", "作品の講評会", ("meeting-1", "hall-east")),
    ("社交ダンス萩", "シャコウダンスハギ", "resident", "練習会", ("hall", "hall-east", "gym")),
    ("演劇集団 関所座", "エンゲキシュウダンセキショザ", "resident", "舞台稽古", ("hall",)),
    ("市民ミュージカルの会", "シミンミュージカルノカイ", "resident", "通し稽古", ("hall", "gym")),
)
_CITIZENS = (
    ("佐藤 花子", "サトウ ハナコ", "ピアノの練習", ("hall", "hall-east")),
    ("鈴木 一郎", "スズキ イチロウ", "勉強会", ("meeting-1", "meeting-2")),
    ("山本 由美", "ヤマモト ユミ", "絵画教室", ("meeting-1", "washitsu")),
    ("伊藤 健太", "イトウ ケンタ", "読書会", ("meeting-2", "washitsu")),
    ("渡辺 美咲", "ワタナベ ミサキ", "誕生会", ()),
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who reserves, what for, and which rooms are right for that."""

    reservee: Reservee
    purpose: str
    rooms: tuple[str, ...]


def register_guests(tx: Tx, now: datetime) -> list[Guest]:
    """Register the groups and citizens, their addresses confirmed; the last one, a citizen, wishes for nothing."""
    since = now - _REGISTERED_BEFORE
    groups = [
        Reservee(
            f"group-{number}", ReserveeKind.group, user_class, name, since, "self", kana, "代表",
            f"group{number}@example.jp", f"03000000{number:02d}", confirmed_at=since,
        )
        for number, (name, kana, user_class, *_) in enumerate(_GROUPS)
    ]  # fmt: skip
    citizens = [
        Reservee(
            f"citizen-{number}", ReserveeKind.citizen, "resident", name, since, "self", kana,
            email=f"citizen{number}@example.jp", phone=f"09000000{number:02d}", confirmed_at=since,
        )
        for number, (name, kana, *_) in enumerate(_CITIZENS)
    ]  # fmt: skip
    for each in (*groups, *citizens):
        insert_reservee(tx, each)
    told = [(purpose, rooms) for *_, purpose, rooms in (*_GROUPS, *_CITIZENS)]
    return [Guest(who, *each) for who, each in zip((*groups, *citizens), told, strict=True)]


def register_member(tx: Tx, member: Member, *, by: str) -> Reservee:
    """Register one of the city's staff."""
    return register_staff(tx, StaffEntry(member.id, member.name, member.kana, "city"), by=by)

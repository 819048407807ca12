"""The demo's civic hall: rules and fees from the example files, groups that reserve, six weeks of bookings, keys.

What has been stands as it would: booked three weeks ahead, permitted, paid at the counter, used. Some of what is to
come waits for permission.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from contract.fee_tables import read_fee_toml
from domain.civil import civil_minute, instant
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.facility import SlotKind
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.rules import FacilityRules
from domain.facilities.takings import Method
from domain.keys.key import Cabinet, Copy, Key, LockGroup, Opening, OpeningKind, Place
from gateway.bookings.acting import Acting
from gateway.bookings.facility_file import load_facility_file
from gateway.bookings.file_rules import lay_down
from gateway.fees.entries import Slip
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.give_duty import give_duty
from gateway.operations.facilities.import_facility import import_facility
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.take_fee import Payment, take_fee
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation
from gateway.operations.keys.register_key import keep_cabinet, keep_lock_group, register_copy, register_key
from gateway.site.layout import FIRMWARE_CONFIGS
from store.facility_duties import Duty
from store.reservees import insert_reservee
from store.tx import Store, Tx

HALL_FILE = FIRMWARE_CONFIGS / "facilities" / "shimin-kan.yaml"
FEES_FILE = FIRMWARE_CONFIGS / "fees" / "shimin-kan.toml"
SEED = 6
PAST_DAYS, DAYS_AHEAD = 14, 28
_BOOKED_BEFORE = timedelta(days=21)
_GROUPS = (
    ("青木合唱団", "アオキガッショウダン", "合唱の練習"),
    ("市民吹奏楽団", "シミンスイソウガクダン", "合奏"),
    ("萩の会（茶道）", "ハギノカイ", "茶道の稽古"),
    ("卓球クラブ・ピン", "タッキュウクラブピン", "卓球"),
    ("子育てサロンたんぽぽ", "コソダテサロンタンポポ", "親子の集い"),
    ("関所町内会", "セキショチョウナイカイ", "役員会"),
    ("将棋同好会", "ショウギドウコウカイ", "例会"),
    ("バドミントン同好会", "バドミントンドウコウカイ", "練習"),
    ("読み聞かせの会", "ヨミキカセノカイ", "打合せ"),
    ("社交ダンス萩", "シャコウダンスハギ", "練習会"),
)
_ROOM_KEYS = (
    ("hall", "大ホール", "Great Hall", ("hall", "hall-east", "hall-west"), 2),
    ("gym", "体育館", "Gymnasium", ("gym",), 2),
    ("meeting", "会議室", "Meeting rooms", ("meeting-1", "meeting-2"), 2),
    ("washitsu", "和室", "Tatami Room", ("washitsu",), 1),
)


@dataclass(frozen=True, slots=True)
class Counter:
    """Who books for others, and who permits."""

    desk: Acting
    decider: Acting


def open_hall(store: Store, now: datetime, *, desk: str, decider: str) -> int:
    """Lay the hall down and let it live; gives how many bookings stand.

    Args:
        store: a database without any facility.
        now: until when it has lived.
        desk: the login of the contracted desk.
        decider: the login of whoever permits.
    """
    with store.transaction(now) as tx:
        rules = _lay_down(tx, now, desk)
        groups = _register(tx, now)
    house = frozenset({rules.facility.id})
    counter = Counter(Acting(desk, desks=house), Acting(decider, decides=house))
    made = 0
    for wish in _draw_wishes(rules, groups, civil_minute(now)[0]):
        made += _live(store, wish, counter, now, number=made)
    return made


def _lay_down(tx: Tx, now: datetime, desk: str) -> FacilityRules:
    rules = lay_down(load_facility_file(HALL_FILE)[0])
    import_facility(tx, rules, by="command")
    house = rules.rules.facility.id
    keep_fees(tx, replace(read_fee_toml(FEES_FILE.read_bytes()), from_on=date(now.year - 1, 4, 1)), by="command")
    for duty in (Duty.desk, Duty.keys):
        give_duty(tx, desk, house, duty, by="command")
    keep_lock_group(tx, LockGroup(house, "市民館", "Civic Hall"))
    keep_cabinet(tx, Cabinet("hall-office", "事務室の鍵箱", "Office key box", 10, "市民館 事務室"))
    hooks = iter(range(1, 11))
    for id_, name, name_en, rooms, copies in _ROOM_KEYS:
        opens = frozenset(Opening(OpeningKind.room, room) for room in rooms)
        register_key(tx, Key(id_, name, name_en, house, opens, early_minutes=60))
        for number in range(copies):
            copy = Copy(
                f"{id_}-{number}", id_, f"{id_[0].upper()}{number + 1}", number, home=Place("hall-office", next(hooks))
            )
            register_copy(tx, f"hang-{copy.id}", copy, by="command")
    return rules.rules


def _register(tx: Tx, now: datetime) -> list[tuple[Reservee, str]]:
    since = now - timedelta(days=200)
    found = []
    for number, (name, kana, purpose) in enumerate(_GROUPS):
        phone, email = f"03000000{number:02d}", f"group{number}@example.jp"
        who = (name, since, "self", kana, "代表", email, phone)
        each = Reservee(f"group-{number}", ReserveeKind.group, "resident", *who, confirmed_at=since)
        insert_reservee(tx, each)
        found.append((each, purpose))
    return found


def _draw_wishes(rules: FacilityRules, groups: list[tuple[Reservee, str]], today: date) -> Iterator[Wish]:
    random = Random(SEED)
    for ahead in range(-PAST_DAYS, DAYS_AHEAD):
        on = today + timedelta(days=ahead)
        for room in rules.rooms:
            slots = [each for each in rules.slots_of(room.id) if each.places is None and on.weekday() in each.weekdays]
            for from_minute, to_minute, slot in _draw_times(random, slots):
                who, purpose = random.choice(groups)
                party = random.randint(2, max(2, room.capacity // 4))
                span = (instant(on, from_minute), instant(on, to_minute))
                yield Wish(room.id, *span, who.id, who.user_class, party, purpose, slot_id=slot)


def _draw_times(random: Random, slots: list[SlotKind]) -> Iterator[tuple[int, int, str | None]]:
    if slots:
        if random.random() < 0.4:
            slot = random.choice(slots)
            yield slot.from_minute, slot.to_minute, slot.id
    elif random.random() < 0.6:
        starts = random.choice((600, 780, 900, 1080))
        yield starts, min(starts + 120, 1200), None


def _live(store: Store, wish: Wish, counter: Counter, now: datetime, *, number: int) -> bool:
    """Book as somebody would have, and let it be permitted, paid and used as far as its time has come."""
    booked_at = min(wish.from_at - _BOOKED_BEFORE, now - timedelta(hours=number % 40 + 1))
    id_ = f"demo-{number:04d}"
    try:
        with store.transaction(booked_at) as tx:
            made = book_room(tx, AskedBooking(id_, wish), counter.desk)
            price_reservation(tx, id_, Wanted("general"), by=counter.desk.login)
    except BookingFaultsError:
        return False
    is_over = wish.until_at < now
    if made.state is ReservationState.applied and (is_over or number % 3):
        with store.transaction(min(booked_at + timedelta(hours=20), now)) as tx:
            decide_reservation(tx, Decision(id_, made.version, ReservationAct.permit), counter.decider)
    if is_over:
        _use(store, made, counter.desk.login, number)
    return True


def _use(store: Store, made: Reservation, by: str, number: int) -> None:
    came_at = made.from_at + timedelta(minutes=3)
    with store.transaction(came_at) as tx:
        owed = price_reservation(tx, made.id, Wanted("general"), by=by).quote.total_yen
        if owed and number % 7:
            take_fee(tx, Payment(f"pay-{made.id}", made.id, owed, Slip(Method.cash, payer="代表")), by=by)
        begin_reservation(tx, made.id, actor=Actor.desk, by=by)
    with store.transaction(made.until_at) as tx:
        complete_reservation(tx, made.id, actor=Actor.desk, by=by)

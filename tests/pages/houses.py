"""The example civic hall behind the pages: its rules and fees from the example files, bookings, keys, a library beside.

It is Thursday, 20 November 2025, 16:30. 青木合唱団 (``choir``) has the whole hall this evening and waits for Sunday's
permission; 石井 健太 has a meeting room at 17:30; 佐藤 花子 (``sato``) asks for the tatami room on Saturday; the
gymnasium was used this morning. The keys of hall, gymnasium and meeting room hang in the office's cabinet.
"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from contract.fee_tables import read_fee_toml
from domain.civil import instant, parse_clock
from domain.facilities.booking import Wish
from domain.facilities.facility import Facility, Permits, Room
from domain.facilities.opening import Opening as OpenHours
from domain.facilities.reservation import Actor, Reservation, ReservationAct
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.keys.key import Cabinet, Copy, Key, LockGroup, Opening, OpeningKind, Place
from gateway.bookings.acting import SELF, Acting
from gateway.bookings.facility_file import load_facility_file
from gateway.bookings.file_rules import lay_down
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.import_facility import import_facility
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.operations.facilities.price_reservation import Wanted, price_reservation
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation
from gateway.operations.keys.register_key import keep_cabinet, keep_lock_group, register_copy, register_key
from store.facilities import save_facility, save_room, save_space
from store.facility_duties import Duty, insert_duty
from store.facility_rules import save_rule
from store.people import Department, upsert_departments
from store.reservees import insert_reservee
from store.tx import Tx
from tests.pages.city import NOW, City

HALL_FILE = Path(__file__).parents[2] / "firmware_configs/facilities/shimin-kan.yaml"
FEES_FILE = Path(__file__).parents[2] / "firmware_configs/fees/shimin-kan.toml"

HOUSE, LIBRARY = "shimin-kan", "library"
TODAY = date(2025, 11, 20)
EARLIER = NOW - timedelta(days=14)
"""When what stands was booked."""

CHOIR, SATO, ISHII = "choir", "sato", "r-s0002"
RESERVEES = (
    Reservee(
        CHOIR, ReserveeKind.group, "resident", "青木合唱団", EARLIER, "self", "アオキガッショウダン", "青木 望",
        "aoki@example.jp", "0312345678", confirmed_at=EARLIER,
    ),
    Reservee(
        SATO, ReserveeKind.citizen, "resident", "佐藤 花子", EARLIER, "self", "サトウ ハナコ", "",
        "sato@example.jp", "", confirmed_at=EARLIER,
    ),
    Reservee(ISHII, ReserveeKind.staff, "city", "石井 健太", EARLIER, "self", "イシイ ケンタ", person_id="s0002"),
)  # fmt: skip

EVENING, SUNDAY, STAFF, TATAMI, GYM = "b-evening", "b-sunday", "b-staff", "b-tatami", "b-gym"
HALL_KEY, GYM_KEY, MEETING_KEY = "hall-key", "gym-key", "meeting-key"
TAGS = {"hall-0": "0" * 31 + "1", "hall-1": "0" * 31 + "2", "gym-0": "0" * 31 + "3", "meeting-0": "0" * 31 + "4"}

COUNTER = Acting("counter", desks=frozenset({HOUSE, LIBRARY}))
DECIDER = Acting("kancho", decides=frozenset({HOUSE, LIBRARY}))


def build_houses(city: City) -> None:
    """Put the civic hall with its bookings and keys, and a library without any, behind the pages."""
    with city.store.transaction(EARLIER) as tx:
        upsert_departments(tx, [Department("shisetsu", "施設管理課")])
        _lay_down(tx)
        for reservee in RESERVEES:
            insert_reservee(tx, reservee)
        insert_duty(tx, "madoguchi", HOUSE, Duty.desk, by="root")
        insert_duty(tx, "madoguchi", HOUSE, Duty.keys, by="root")
        put_keys(tx)
    book(city, EVENING, CHOIR, "hall", TODAY, "18:00", "22:00", slot="hall-evening", purpose="定期演奏会", party=180)
    book(city, SUNDAY, CHOIR, "hall", date(2025, 11, 23), "13:00", "17:00", slot="hall-afternoon", party=120)
    book(city, STAFF, ISHII, "meeting-1", TODAY, "17:30", "19:00", purpose="係内の打合せ", party=8)
    book(city, TATAMI, SATO, "washitsu", date(2025, 11, 22), "13:00", "15:00", purpose="茶道の稽古", party=6)
    book(city, GYM, SATO, "gym", TODAY, "09:00", "12:00", slot="gym-morning", purpose="卓球", party=20)
    for id_ in (EVENING, GYM):
        permit(city, id_)
    with city.store.transaction(instant(TODAY, parse_clock("09:02"))) as tx:
        begin_reservation(tx, GYM, actor=Actor.desk, by=COUNTER.login)
    with city.store.transaction(instant(TODAY, parse_clock("12:00"))) as tx:
        complete_reservation(tx, GYM, actor=Actor.desk, by=COUNTER.login)


def _lay_down(tx: Tx) -> None:
    told, _ = load_facility_file(HALL_FILE)
    import_facility(tx, lay_down(told), by="root")
    keep_fees(tx, replace(read_fee_toml(FEES_FILE.read_bytes()), from_on=date(2025, 4, 1)), by="root")
    save_facility(tx, Facility(LIBRARY, "図書館", "Library", "shisetsu"))
    save_space(tx, "study", LIBRARY, "study")
    save_room(tx, Room("study", LIBRARY, "学習室", "Study", ("study",), 40, permits=Permits.rule))
    save_rule(tx, LIBRARY, OpenHours("library-hours", frozenset(range(7)), 540, 1140))


def put_keys(tx: Tx) -> None:
    """Hang two keys of the hall, one of the gymnasium and one of the meeting room into a cabinet."""
    keep_lock_group(tx, LockGroup(HOUSE, "市民館", "Civic Hall"))
    keep_cabinet(tx, Cabinet("office-box", "事務室の鍵箱", "Office key box", 10, "市民館 事務室"))
    opens = {HALL_KEY: ("hall", "hall-east", "hall-west"), GYM_KEY: ("gym",), MEETING_KEY: ("meeting-1",)}
    names = {
        HALL_KEY: ("大ホール", "Great Hall"),
        GYM_KEY: ("体育館", "Gymnasium"),
        MEETING_KEY: ("第1会議室", "Meeting 1"),
    }
    hooks = iter(range(1, 11))
    for id_, rooms in opens.items():
        doors = frozenset(Opening(OpeningKind.room, room) for room in rooms)
        register_key(tx, Key(id_, *names[id_], HOUSE, doors, early_minutes=120))
        for copy_id in (each for each in TAGS if id_.startswith(each.partition("-")[0])):
            number = int(copy_id[-1])
            copy = Copy(copy_id, id_, copy_id.upper(), number, tag=TAGS[copy_id], home=Place("office-box", next(hooks)))
            register_copy(tx, f"d-{copy_id}", copy, by="root")


def book(
    city: City, id_: str, reservee_id: str, room: str, on: date, opens: str, closes: str, *,
    slot: str | None = None, purpose: str = "練習", party: int = 10,
) -> Reservation:  # fmt: skip
    """Book at the counter a fortnight ago, and price it."""
    who = next(each for each in RESERVEES if each.id == reservee_id)
    starts, ends = instant(on, parse_clock(opens)), instant(on, parse_clock(closes))
    wish = Wish(room, starts, ends, reservee_id, who.user_class, party, purpose, slot_id=slot)
    with city.store.transaction(EARLIER) as tx:
        made = book_room(tx, AskedBooking(id_, wish), COUNTER)
        price_reservation(tx, id_, Wanted("general"), by=COUNTER.login)
    return made


def permit(city: City, id_: str, version: int = 1) -> Reservation:
    """Permit a booking a fortnight ago."""
    with city.store.transaction(EARLIER + timedelta(minutes=5)) as tx:
        return decide_reservation(tx, Decision(id_, version, ReservationAct.permit), DECIDER)


def citizen(reservee_id: str = SATO) -> Acting:
    """A citizen at the own page."""
    return Acting(SELF, reservee_id=reservee_id)

"""A small city hall behind the pages: the demo site, a few people with accounts, a lived month, doors that moved."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from contract.records import (
    Body,
    DoorModeChanged,
    DoorMoved,
    ReaderReported,
    ReadFailed,
    TapObserved,
    encode_record,
)
from domain.access.watermark import Watermark
from domain.civil import instant, parse_clock
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.live import Broadcast, Update
from gateway.meaning.door_book import DoorBook, Stood
from gateway.meaning.event_words import tell
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.passwords import hash_password
from gateway.operations.identity.roles import Role
from gateway.pages.stage.stage import StageAccount, StageCard, StageReader
from gateway.settings import check_gateway_settings
from gateway.site.description import load_site
from store.alarms import Alarm, insert_alarms
from store.calendar import CalendarDay, save_year
from store.devices import DeviceStatus, insert_device, save_device_status
from store.door_states import load_door_facts, save_door_facts, save_last_taps, save_reader_facts
from store.editions import Edition, insert_edition
from store.orders import OvertimeOrder, insert_order
from store.punches import PunchFact, insert_punches
from store.records import Record, insert_records
from store.tables import department, person
from store.tx import Store, Tx
from store.watermarks import HeldJournal, save_journals

SITE_FILE = Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml"
NOW = instant(date(2025, 11, 20), parse_clock("16:30"))
PASSWORD = "見本の長いパスワード 2025"
PASSWORD_HASH = hash_password(PASSWORD)

DEPARTMENTS = (("somu", "総務課", "s0001"), ("joho", "情報政策課", "s0004"))
PEOPLE = (
    ("s0001", "青木 太郎", "アオキ タロウ", "somu"),
    ("s0002", "石井 健太", "イシイ ケンタ", "somu"),
    ("s0003", "上田 翔", "ウエダ ショウ", "somu"),
    ("s0004", "江口 花子", "エグチ ハナコ", "joho"),
    ("s0005", "髙橋 美咲", "タカハシ ミサキ", "joho"),
)
ACCOUNTS: tuple[tuple[str, str | None, Role], ...] = (
    ("ishii", "s0002", Role.employee),
    ("aoki", "s0001", Role.head),
    ("eguchi", "s0004", Role.hr),
    ("ueda", "s0003", Role.facility_admin),
    ("desk", None, Role.operator),
    ("kansa", None, Role.auditor),
    ("madoguchi", None, Role.facility_desk),
    ("security", None, Role.security),
)
LOGIN_OF = {role: login for login, _, role in ACCOUNTS}

DAYS = (  # the city's own four cells, then a missing tap and an ordinary day
    ("10", "08:30", "17:15"),
    ("11", "08:25", "17:45"),
    ("12", "08:28", "17:20"),
    ("13", "08:20", "20:30"),
    ("14", "08:27", None),
    ("17", "08:24", "20:00"),
    ("18", "08:29", "17:16"),
    ("19", "08:25", "17:18"),
    ("20", "08:21", None),
)
ORDERS = (("13", "17:15", "20:30", "議会資料の作成"), ("17", "17:15", "20:00", "住民票システムの切替え"))


class Clock:
    """A clock that tests turn."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class City:
    """The gateway's context of a test, and what can happen in the building."""

    context: GatewayContext
    clock: Clock
    _seqs: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def store(self) -> Store:
        return self.context.store

    def record(self, device: str, *bodies: Body, person: str | None = None, tell: bool = True) -> None:
        """Take records into the log as the gateway would, and tell the pages."""
        with self.store.transaction(self.clock()) as tx:
            for body in bodies:
                self._insert(tx, device, body, person)
        if tell:
            for body in bodies:
                self.context.live.publish(self._update(body, person))

    def tap(self, point: str, person: str | None, at: datetime | None = None, **changes: Any) -> None:
        """Tap a person's card (None: a card nobody has) now or at an instant of the past."""
        device = self.context.site.reader(point).device
        reason = "granted" if person else "unknown_credential"
        changes = {"granted": person is not None, "reason": reason} | changes
        token = (person or "f").encode().hex().zfill(32)
        known = {"credential": token, "technology": "simulated", "assurance": 1, "policy_version": 3}
        body = TapObserved(
            at=at or self.clock(),
            mono_ms=1,
            boot="boot-1",
            clock="synced",
            reader=point,
            access_point=point,
            rule="staff/always",
            policy_confirmed_at=at or self.clock(),
            **(known | changes),
        )
        self.record(device, body, person=person, tell=at is None)

    def move_door(self, device: str, door: str, state: str) -> None:
        stamp = {"at": self.clock(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}
        self.record(device, DoorMoved(door=door, state=state, **stamp))

    def set_mode(self, device: str, door: str, mode: str, source: str = "command") -> None:
        stamp = {"at": self.clock(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}
        self.record(device, DoorModeChanged(door=door, mode=mode, source=source, **stamp))

    def _insert(self, tx: Tx, device: str, body: Body, person: str | None) -> None:
        seq = next(self._seqs)
        line = encode_record(body)
        tap = body if isinstance(body, TapObserved) else None
        subject, word = tell(body, device)
        insert_records(
            tx,
            [
                Record(
                    device_id=device,
                    epoch=1,
                    seq=seq,
                    kind=body.kind,
                    occurred_at=body.at,
                    received_at=tx.now,
                    live=True,
                    access_point_id=getattr(body, "access_point", None),
                    credential=tap.credential if tap else None,
                    person_id=person,
                    granted=getattr(body, "granted", None),
                    reason=word,
                    subject=subject,
                    policy_version=tap.policy_version if tap else None,
                    central_reason=None,
                    fault=None,
                    hash=b"\0" * 32,
                    body=line,
                )
            ],
        )
        self._fold(tx, Stood(device, 1, seq, body.at), body)
        if tap and tap.granted and person:
            meaning = self.context.site.access_point(tap.access_point).attendance
            direction = {"in": "in", "out": "out", "presence": "none"}.get(meaning)
            if direction:
                insert_punches(tx, [PunchFact(device, 1, seq, person, tap.at, direction, tap.access_point)])
        save_journals(tx, {(DeviceId(device), 1): HeldJournal(Watermark(seq, b"\0" * 32), tx.now)})

    def _fold(self, tx: Tx, stood: Stood, body: Body) -> None:
        """Let the derived rows follow, by the gateway's own book."""
        book = DoorBook(load_door_facts(tx, device_ids={stood.device}, door_ids=()).values())
        match body:
            case DoorMoved() | DoorModeChanged():
                book.move_door(stood, body)
            case ReaderReported():
                book.report_reader(stood, body.reader, body.health, body.cause)
            case TapObserved():
                book.note_tap(stood, body.access_point)
        save_door_facts(tx, book.doors())
        save_reader_facts(tx, book.readers())
        save_last_taps(tx, book.taps())

    def _update(self, body: Body, person: str | None) -> Update:
        match body:
            case TapObserved():
                return Update("tap.recorded", person or "", "{}")
            case DoorMoved() | DoorModeChanged():
                return Update(body.kind, body.door, "{}")
            case _:
                return Update("reader.reported", "", "{}")


class FakeStage:
    """A stage whose readers answer at once, straight into the log."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.tapped: list[tuple[str, str]] = []

    def accounts(self) -> Sequence[StageAccount]:
        return [StageAccount(login, PASSWORD) for login, _, _ in ACCOUNTS]

    def cards(self) -> Sequence[StageCard]:
        staff = [StageCard(person_id, person_id, name) for person_id, name, _, _ in PEOPLE]
        return [*staff, StageCard("nobody", "", "登録のないカード", "交通系カードなど")]

    def readers(self) -> Sequence[StageReader]:
        site = self._city.context.site
        return [StageReader(each.id) for each in (*site.readers, *(cabinet.reader for cabinet in site.cabinets))]

    def tap(self, card_id: str, reader_id: str) -> None:
        self.tapped.append((card_id, reader_id))
        self._city.tap(reader_id, None if card_id == "nobody" else card_id)


def make_city(url: str, folder: Path, public_url: str = "http://127.0.0.1:8080") -> City:
    """Seed a fresh, migrated database and give the context around it."""
    secret = folder / "secret"
    secret.write_text("0" * 64)
    secret.chmod(0o600)
    settings = check_gateway_settings(
        {
            "database_url": url,
            "site_file": str(SITE_FILE),
            "signing_key_file": str(secret),
            "site_key_file": str(secret),
            "names_key_file": str(secret),
            "public_url": public_url,
            "listen": "127.0.0.1:8080",
            "devices": {
                "listen": "127.0.0.1:0",
                "ca_file": str(secret),
                "certificate_file": str(secret),
                "key_file": str(secret),
            },
        },
        folder=folder,
    )
    clock = Clock()
    context = GatewayContext(
        settings=settings,
        store=Store(url),
        site=load_site(SITE_FILE).model_copy(update={"exports": ()}),  # it has no classes of information
        signing_key=Ed25519PrivateKey.generate(),
        now=clock,
        live=Broadcast(),
    )
    city = City(context, clock)
    with city.store.transaction(clock()) as tx:
        _seed_people(tx)
        _seed_devices(tx)
    _seed_month(city)
    _seed_doors(city)
    return city


def _seed_people(tx: Tx) -> None:
    tx.connection.execute(
        insert(department), [{"id": code, "name": name, "head_id": head} for code, name, head in DEPARTMENTS]
    )
    tx.connection.execute(
        insert(person),
        [
            {"id": code, "name": name, "kana": kana, "department_id": where, "employment": "full_time",
             "is_manager": False}
            for code, name, kana, where in PEOPLE
        ],
    )  # fmt: skip
    for login, person_id, role in ACCOUNTS:
        create_account(tx, login, password_hash=PASSWORD_HASH, roles={role}, person_id=person_id)
    save_year(tx, 2025, [CalendarDay(date(2025, 11, 3), "文化の日"), CalendarDay(date(2025, 11, 24), "振替休日")])
    for day, starts, ends, reason in ORDERS:
        on = date(2025, 11, int(day))
        order = OvertimeOrder(
            f"order-{day}", "s0002", instant(on, parse_clock(starts)), instant(on, parse_clock(ends)), reason,
            "s0001", instant(on, parse_clock("16:00")),
        )  # fmt: skip
        insert_order(tx, order)


def _seed_devices(tx: Tx) -> None:
    for name, online, pending, version in (
        ("west-1", True, 0, 3), ("east-1", True, 0, 3), ("north-1", False, 12, 2),
    ):  # fmt: skip
        insert_device(tx, DeviceId(name), "A" * 44)
        changed_at = tx.now - timedelta(minutes=2 if online else 47)
        save_device_status(tx, DeviceStatus(DeviceId(name), online, "s1", 1, pending, version, "0.1.0", changed_at))
    insert_alarms(tx, [Alarm("door_held_open", "west", "north-1 epoch 1 seq 9")])
    insert_edition(tx, Edition(3, "earlier", None, None, tx.now), b"")


def _seed_month(city: City) -> None:
    for day, came, left in DAYS:
        on = date(2025, 11, int(day))
        city.tap("staff_in", "s0002", instant(on, parse_clock(came)) + timedelta(seconds=11))
        if left:
            city.tap("staff_out", "s0002", instant(on, parse_clock(left)) + timedelta(seconds=42))
    for number, (code, *_) in enumerate(PEOPLE):
        if code != "s0002":
            city.tap("main_in", code, instant(date(2025, 11, 20), parse_clock("08:10")) + timedelta(minutes=3 * number))


def _seed_doors(city: City) -> None:
    at = NOW - timedelta(minutes=5)
    city.tap("server_in", "s0003", at, granted=False, reason="no_access_rights")
    city.tap("main_in", None, at + timedelta(minutes=1))
    stamp = {"mono_ms": 1, "boot": "boot-1", "clock": "synced"}
    city.record(
        "west-1",
        ReaderReported(reader="main_in", health="ready", at=at, **stamp),
        ReaderReported(reader="main_out", health="ready", at=at, **stamp),
        DoorMoved(door="main", state="relocked", at=at + timedelta(minutes=2), **stamp),
        ReadFailed(reader="main_in", access_point="main_in", cause="several_cards", at=at, **stamp),
        tell=False,
    )
    city.record(
        "east-1",
        ReaderReported(reader="staff_in", health="ready", at=at, **stamp),
        ReaderReported(reader="staff_out", health="busy", cause="pcscd: another process", at=at, **stamp),
        DoorMoved(door="staff", state="closed", at=at, **stamp),
        tell=False,
    )
    city.record("north-1", DoorMoved(door="west", state="held_open", at=at, **stamp), tell=False)

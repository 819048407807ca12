"""The town's hall put together once: rendered site, people, accounts, and the past months already lived."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.tokens import credential_token
from demo.days import DayLived, Ordered
from demo.hall import Neighbourhood, open_hall
from demo.hall_information import describe_information
from demo.hall_tiers import open_tiers
from demo.history import Historian, draw_days
from demo.population import DEPARTMENTS, Member, draw_population
from domain.civil import JST
from domain.ids import DeviceId
from gateway.operations.access.enroll_devices import enroll_devices, read_device_keys
from gateway.operations.access.publish_policy import publish_policy
from gateway.operations.access.record_taps import record_batches
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.passwords import hash_password
from gateway.operations.identity.roles import Role
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import read_revision
from gateway.site.description import Site
from gateway.site.keys import ensure_names_key, ensure_signing_key
from gateway.site.layout import RenderedSite
from store.calendar import CalendarDay, save_year
from store.hr_grants import save_level_grants
from store.migrate import migrate
from store.orders import OvertimeOrder, insert_order
from store.people import (
    Card,
    Department,
    Person,
    upsert_cards,
    upsert_departments,
    upsert_persons,
)
from store.tx import Store, Tx
from sync.calendar.japan import days_off, holidays_between

SEED = 17
PAST_DAYS = 62
"""How far back the hall's life goes: always a whole past month."""

ACCOUNTS: tuple[tuple[str, int | None, tuple[Role, ...]], ...] = (
    ("shokuin", 7, (Role.employee,)),
    ("kacho", 1, (Role.employee, Role.head)),
    ("jinji", 6, (Role.employee, Role.hr)),
    ("jinji2", 12, (Role.employee, Role.hr)),
    ("shisetsu", 11, (Role.employee, Role.facility_admin)),
    ("unyo", 10, (Role.employee, Role.operator)),
    ("joho", 16, (Role.employee, Role.security)),
    ("joho2", 22, (Role.employee, Role.security)),
    ("kansa", None, (Role.auditor,)),
    ("madoguchi", None, (Role.facility_desk,)),
)
"""Login, member number and roles of the accounts that the sign-in page offers."""

TECHNOLOGIES = ("felica_idm", "simulated")


@dataclass(frozen=True, slots=True)
class Town:
    """What the running demo needs to know of the hall it shows."""

    members: tuple[Member, ...]
    passwords: dict[str, str]


def draw_members() -> tuple[Member, ...]:
    """Give the hall's people: the same at every start."""
    return draw_population(Random(SEED))


def build_town(site: Site, rendered: RenderedSite, database_url: str, now: datetime) -> Town:
    """Fill an empty database with the hall's people and their past, up to yesterday.

    Args:
        site: the site's description.
        rendered: where its keys are.
        database_url: an empty or missing database.
        now: the instant until which the hall has lived.
    """
    members = draw_members()
    site_key = bytes.fromhex((rendered.root / "gateway" / "site.key").read_text())
    migrate(database_url)
    store = Store(database_url)
    today = now.astimezone(JST).date()
    first_on = (today - timedelta(days=PAST_DAYS)).replace(day=1)
    with store.transaction(now) as tx:
        enroll_devices(tx, read_device_keys(rendered.device_keys))
        passwords = settle_people(tx, members, site_key, first_on)
    began_at = datetime(first_on.year, first_on.month, first_on.day, tzinfo=JST)
    revision = read_revision(rendered.root / "gateway" / "site.yaml")
    with store.transaction(began_at) as tx:
        policy = publish_policy(tx, revision, now=began_at, horizon_days=PAST_DAYS + 60)
    if policy is not None:
        names = DeviceNames(ensure_names_key(rendered.root / "gateway" / "names.key"))
        historian = Historian(site, policy, site_key, _device_keys(site, rendered), names)
        with store.transaction(now) as tx:
            _live_through(tx, historian, members, first_on=first_on, last_on=today - timedelta(days=1))
    house = Neighbourhood(site, site_key, members, desk="madoguchi", decider="shisetsu")
    with store.transaction(now) as tx:
        open_hall(tx, house)
        open_tiers(tx, members)
        describe_information(tx, members, [tier.id for tier in site.tiers])
    with store.transaction(now) as tx:
        publish_policy(tx, revision, now=now)
    store.close()
    return Town(members, passwords)


def settle_people(tx: Tx, members: Sequence[Member], site_key: bytes, first_on: date) -> dict[str, str]:
    """Keep the city's people with their cards and accounts, and its calendar from a day's year to the next one.

    Returns:
        the password of each account, drawn for this hall alone.
    """
    _insert_people(tx, members, site_key, tx.now)
    for year in range(first_on.year, tx.now.year + 2):
        save_year(tx, year, [CalendarDay(on, name) for on, name in days_off(year)])
    return _create_accounts(tx, members)


def _create_accounts(tx: Tx, members: Sequence[Member]) -> dict[str, str]:
    """Create the accounts that the sign-in page offers, each with a password drawn for this hall alone."""
    passwords = {}
    for login, number, roles in ACCOUNTS:
        passwords[login] = secrets.token_urlsafe(12)
        person = None if number is None else members[number].id
        create_account(tx, login, password_hash=hash_password(passwords[login]), roles=roles, person_id=person)
    return passwords


def _live_through(tx: Tx, historian: Historian, members: Sequence[Member], *, first_on: date, last_on: date) -> None:
    """Let everybody live the days from first_on to last_on: taps through the real transaction, orders of the heads."""
    holidays = holidays_between(first_on, last_on)
    days = list(draw_days(members, first_on=first_on, last_on=last_on, holidays=holidays, random=Random(SEED)))
    visits = sorted((visit for day in days for visit in day.visits), key=lambda visit: visit.at)
    record_batches(tx, list(historian.write_batches(visits)), PolicyShelf(), names=historian.names)
    heads = {member.department: member.id for member in reversed(members) if member.is_manager}
    for number, order in enumerate(_orders(days)):
        who, ordered_at = order.member, order.starts_at - timedelta(hours=2)
        insert_order(
            tx,
            OvertimeOrder(
                f"demo-{number}",
                who.id,
                order.starts_at,
                order.ends_at,
                order.reason,
                heads[who.department],
                ordered_at,
            ),
        )


def _orders(days: Sequence[DayLived]) -> list[Ordered]:
    return [day.order for day in days if day.order is not None]


def _device_keys(site: Site, rendered: RenderedSite) -> dict[DeviceId, Ed25519PrivateKey]:
    return {
        DeviceId(device.id): ensure_signing_key(rendered.root / "edge" / device.id / "device.key")
        for device in site.devices
    }


def _insert_people(tx: Tx, members: Sequence[Member], site_key: bytes, now: datetime) -> None:
    heads = {member.department: member.id for member in reversed(members) if member.is_manager}
    upsert_departments(tx, [Department(id_, name, heads.get(id_)) for id_, name in DEPARTMENTS])
    joined_on = date(now.year - 2, 4, 1)
    upsert_persons(
        tx,
        [
            Person(
                member.id,
                member.name,
                member.kana,
                member.department,
                is_manager=member.is_manager,
                joined_on=joined_on,
            )
            for member in members
        ],
    )
    upsert_cards(
        tx,
        [
            # One card, two tokens: the demo's simulated readers know their own technology only.
            Card(credential_token(site_key, technology, member.card), member.id, f"職員証 {member.id}")
            for member in members
            for technology in TECHNOLOGIES
        ],
    )
    save_level_grants(tx, {member.id: member.levels for member in members})

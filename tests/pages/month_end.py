"""The city hall at a month's end: November is over, three months are settled, and HR are two."""

from datetime import date

from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.access.watermark import Watermark
from domain.attendance.adjustment import Cause
from domain.civil import instant, parse_clock
from domain.ids import DeviceId
from domain.workflow.route import Organisation
from gateway.months.checking import check_people
from gateway.months.closing_worker import ClosingWorker
from gateway.months.settling import MonthSettler
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, confirm_own_month
from gateway.operations.attendance.find_adjustments import find_adjustments
from gateway.operations.identity import sign_in as operation
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import draw_session_tokens
from store.changed_days import ChangedDay, mark_changed
from store.deciders import load_organisation
from store.watermarks import HeldJournal, save_journals
from tests.pages.city import PASSWORD_HASH, City
from tests.pages.conftest import make_client, set_cookie
from tests.pages.divergent import look
from tests.rest_days import plan_duty_only

PERIOD = "2025-11"
OVER = instant(date(2025, 12, 3), parse_clock("10:00"))
SETTLED = ("s0003", "s0004", "s0005")
"""Of whose months nothing is unsettled."""


def end_month(city: City, *, heard: bool = True) -> None:
    """Let all but Ishii leave on the 20th, and let December come; unless ``heard``, east-1 is silent since.

    Aoki came early on that day, without an order.
    """
    for person_id in ("s0001", *SETTLED):
        city.tap("main_out", person_id, instant(date(2025, 11, 20), parse_clock("17:15")))
    city.clock.at = OVER
    with city.store.transaction(city.clock()) as tx:
        create_account(tx, "takahashi", password_hash=PASSWORD_HASH, roles={Role.hr}, person_id="s0005")
        plan_duty_only(tx, [20], SETTLED)
    hear(city, "west-1")
    if heard:
        hear(city, "east-1")
    look(city)


def hear(city: City, device: str) -> None:
    """Let everything that a box saw by now be here."""
    with city.store.transaction(city.clock()) as tx:
        save_journals(tx, {(DeviceId(device), 1): HeldJournal(Watermark(999, b"\0" * 32), tx.now)})


def settle(city: City) -> int:
    """Let settled months confirm themselves, as the centre does; gives how many."""
    return MonthSettler(city.store, city.clock, city.context.rules.profiles).look()


def organisation_of(city: City) -> Organisation:
    """Give who decides now."""
    with city.store.reading(city.clock()) as tx:
        return load_organisation(tx, city.clock().date())


def confirm_as_heads(city: City, *people: str) -> None:
    """Let each of these months be confirmed by whoever is its head: aoki, or one of HR."""
    heads = {"s0004": "s0005", "s0005": "s0004"}
    for person_id in people:
        seen = SeenMonth(person_id, hash_of(city, person_id))
        with city.store.transaction(city.clock()) as tx:
            confirm_months_as_head(
                tx, [seen], PERIOD, city.context.rules.profiles,
                by=heads.get(person_id, "s0001"), organisation=organisation_of(city),
            )  # fmt: skip


def hash_of(city: City, person_id: str) -> str:
    """Give the hash of a month as it is counted now."""
    with city.store.reading(city.clock()) as tx:
        return next(check_people(tx, [person_id], PERIOD, city.context.rules.profiles)).check.content_hash


def confirm_own(city: City, person_id: str) -> None:
    """Let somebody confirm the own month as it is now."""
    profile = city.context.rules.profiles
    seen = hash_of(city, person_id)
    with city.store.transaction(city.clock()) as tx:
        confirm_own_month(tx, person_id, PERIOD, profile, by=person_id, seen_hash=seen)


def make_ready(city: City) -> None:
    """Bring the settled months to where HR may close them."""
    settle(city)
    confirm_as_heads(city, *SETTLED)


def work(city: City) -> int:
    """Let the centre close what was asked for."""
    return ClosingWorker(city.store, city.clock, city.context.rules.profiles).look()


def come_late(city: City, person_id: str = "s0003") -> None:
    """Let taps of the 18th arrive after the closing: ten hours of work that nobody knew of."""
    on = date(2025, 11, 18)
    city.clock.advance(minutes=5)
    city.tap("staff_in", person_id, instant(on, parse_clock("08:20")))
    city.tap("staff_out", person_id, instant(on, parse_clock("17:20")))
    with city.store.transaction(city.clock()) as tx:
        mark_changed(tx, [ChangedDay(person_id, on, Cause.late_tap)])
    city.clock.advance(minutes=1)
    with city.store.transaction(city.clock()) as tx:
        find_adjustments(tx, city.context.rules.profiles)


def enter_as(city: City, pages: FastAPI, login: str) -> TestClient:
    """Give a client signed in with an account."""
    client, tokens = make_client(pages), draw_session_tokens()
    with city.store.transaction(city.clock()) as tx:
        assert operation.sign_in(tx, operation.Attempt(login, PASSWORD_HASH, right=True), tokens)
    set_cookie(client, tokens.cookie)
    return client

"""Visits to the demo city hall: a host, a head, two cards of the pool, and what a door would decide of a pass."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.access.situation import Situation
from domain.access.visits import VisitFault, VisitFaultError
from domain.civil import civil_minute, instant, parse_clock
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted
from gateway.operations.access.announce_visit import NewVisit, announce_visit
from gateway.operations.access.decide_visit import Actor
from gateway.operations.access.receive_visitor import PassKind, WantedPass
from gateway.site.description import load_site
from gateway.site.policy import derive_policy
from store.cards import insert_card
from store.people import Department, Person, upsert_departments, upsert_persons
from store.rights import load_policy_inputs
from store.tx import Tx
from store.visitor_cards import POOL, ensure_pool
from store.visits import GuestVisit

DEMO = load_site(Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml")
SITE = DEMO.model_copy(  # at any hour: the visit alone bounds what a visitor opens
    update={
        "levels": tuple(
            level.model_copy(update={"points": dict.fromkeys(level.points, "always")}) for level in DEMO.levels
        )
    }
)
NOON = instant(date(2025, 11, 20), parse_clock("10:00"))
HOST, HEAD = "s0002", "s0001"
POOL_CARDS = tuple(f"{number:032x}" for number in (1, 2))
DESK = Actor("desk", is_desk=True, is_facility=True)
BOSS = Actor("aoki", HEAD, frozenset(("somu",)))


def seed(tx: Tx) -> None:
    upsert_departments(tx, [Department("somu", "総務課", HEAD)])
    upsert_persons(tx, [Person(HOST, "石井 健太", "", "somu"), Person(HEAD, "青木 太郎", "", "somu")])
    ensure_pool(tx)
    for number, token in enumerate(POOL_CARDS, start=1):
        assert insert_card(tx, token, POOL, f"No.{number}")


def new_visit(number: int, begins_in: int = 0, minutes: int = 60, levels: tuple[str, ...] = ("visitor",)) -> NewVisit:
    begins_at = NOON + timedelta(minutes=begins_in)
    return NewVisit(
        f"{number:016x}", "山田 一郎", "萩商会", "打合せ", HOST, "1234",
        begins_at, begins_at + timedelta(minutes=minutes), levels,
    )  # fmt: skip


def announce(tx: Tx, asked: NewVisit, by: str = "ishii") -> GuestVisit:
    return announce_visit(tx, SITE, asked, by=by, draw=lambda signs: signs[0])


def policy_of(tx: Tx) -> PolicySnapshot:
    on = civil_minute(tx.now)[0]
    inputs = load_policy_inputs(tx)
    return derive_policy(SITE, inputs, version=1, issued_at=tx.now, first_on=on - timedelta(days=1), days=4)


def opens(tx: Tx, token: str, point: str = "main_in", after: timedelta = timedelta(0), *, escort: bool = False) -> bool:
    at = tx.now + after
    tap = Tap(CredentialToken(token), AccessPointId(point), at, at)
    return isinstance(decide(policy_of(tx), tap, Situation(escort=escort)), Granted)


def fault_of(caught: pytest.ExceptionInfo[VisitFaultError]) -> VisitFault:
    return caught.value.fault


CODES = itertools.count(0x1000)


def new_code() -> WantedPass:
    number = next(CODES)
    return WantedPass(PassKind.code, f"{number:032x}", f"{number:032x}")

"""The house of ``house.py`` beside this, behind doors of the demo city hall: what a card or a code opens of it."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.access.decide import Tap, decide
from domain.access.situation import NOTHING_KNOWN
from domain.civil import civil_minute
from domain.facilities.entry import EntryRule, Way
from domain.facilities.rules import FacilityRules
from domain.ids import AccessPointId, CredentialToken
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind
from domain.verdict import Granted
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from gateway.promise_clock import PromiseClock
from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import LevelDescription, Site, load_site
from gateway.site.policy import derive_policy
from store.cards import insert_card
from store.party_passes import DrawnCode, insert_drawn_codes, list_party_codes
from store.rights import load_policy_inputs
from store.site_areas import save_site_areas
from store.tx import Store, Tx
from tests.domain.facilities.booking import NOW
from tests.gateway.bookings.house import RULES, keep_house

DEMO = load_site(Path(__file__).parents[3] / "firmware_configs/sites/demo/site.yaml")
LEVEL = LevelDescription(id="hall_booked", name="ホール予約", areas={"hall": "always"})
SITE = DEMO.model_copy(
    update={
        "areas": tuple(
            area.model_copy(update={"booked_level": "hall_booked"}) if area.id == "hall" else area
            for area in DEMO.areas
        ),
        "levels": (*DEMO.levels, LEVEL),
    }
)
DOOR = "west_in"
CARD = f"{0xCA2D:032x}"
"""The card of the member of staff who is a reservee."""

IN_HALL = frozenset({"hall", "half", "meeting", "gym"})
BEHIND = replace(
    RULES, rooms=tuple(replace(room, area_id="hall") if room.id in IN_HALL else room for room in RULES.rooms)
)


def with_ways(*ways: Way, rules: FacilityRules = BEHIND, **given: int) -> FacilityRules:
    return replace(rules, entries=(EntryRule("ways", frozenset(ways), **given),))


def build(store: Store, rules: FacilityRules = BEHIND, *, codes: int = 20, site: Site = SITE) -> None:
    """Put the house behind doors, with a staff card, codes that are drawn, and a key of the half hall."""
    keep_house(store, rules)
    with store.transaction(NOW) as tx:
        save_site_areas(tx, list_booked_areas(site))
        insert_card(tx, CARD, "p1", "石井")
        insert_drawn_codes(tx, [new_code() for _ in range(codes)])
        keep_lock_group(tx, LockGroup("house", "館", "House"))
        register_key(tx, Key("half", "ホール半分", "Half", "house", frozenset({Opening(OpeningKind.room, "half")})))
        register_copy(tx, "r-0", Copy("half-0", "half", "H0"), by="desk")


_CODES = itertools.count(0xC0DE000)


def new_code() -> DrawnCode:
    number = next(_CODES)
    return DrawnCode(f"{number:032x}", f"{number:032x}")


def code_of(store: Store, reservation_id: str) -> str:
    with store.reading(NOW) as tx:
        return list_party_codes(tx, [reservation_id])[reservation_id].token


def opens(store: Store, token: str, at: datetime, point: str = DOOR, *, site: Site = SITE) -> bool:
    """Decide as the door would, by a policy of what stands."""
    with store.reading(at) as tx:
        return _decide(tx, token, at, point, site)


def _decide(tx: Tx, token: str, at: datetime, point: str, site: Site) -> bool:
    first_on = civil_minute(at)[0] - timedelta(days=1)
    policy = derive_policy(site, load_policy_inputs(tx), version=1, issued_at=at, first_on=first_on, days=4)
    return isinstance(decide(policy, Tap(CredentialToken(token), AccessPointId(point), at, at), NOTHING_KNOWN), Granted)


class Clockwork:
    """A clock that looks when it is told to; each look is a turn of its own."""

    def __init__(self, store: Store, site: Site = SITE) -> None:
        self.at = NOW
        self.site = site
        self.woken = 0
        self.clock = PromiseClock(store, lambda: self.at, site=lambda: self.site, draw=new_code, committed=self.wake)

    def wake(self) -> None:
        self.woken += 1

    def look(self, seconds: float = 20) -> int:
        self.at += timedelta(seconds=seconds)
        return self.clock.look()

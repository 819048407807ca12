"""What is committed is known within a turn: taps through the ingest, notices, HR's file, time; nothing is lost."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.records import AccessEnded, DoorMoved, SituationFacts
from domain.access.situation import Pin
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId
from domain.zones.facts import Factor
from domain.zones.tier import Method
from gateway.context import GatewayContext
from gateway.intake.ingest import Ingest
from gateway.live import Broadcast
from gateway.meaning.passages import NAMED_MAX, name_moved
from gateway.operations.access.declare_threat import DECLARED
from gateway.settings import AttendanceSettings
from gateway.zones.question import Question
from gateway.zones.tier_keeper import TierKeeper
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices, list_unsent, save_sent
from store.people import Department, Person, upsert_departments, upsert_persons
from store.terminals import KeptTerminal, save_terminals
from store.threats import StoredThreat, insert_threat
from store.tier_rules import Activation, activate_rule_set, insert_rule_set
from store.trainings import save_drill_failures
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, RULES, rule
from tests.gateway.city import NOW as TAPPED_AT
from tests.gateway.city import PEOPLE, Journal, make_tap, settle, token_of
from tests.gateway.ingesting import CENTRE
from tests.gateway.zones.building import DAY, DEMO, HOUR, MINUTE, NOW, SITE, furnish

COMPANY = (*RULES, rule("company", "others_cleared >= 1", LGWAN))
WHO = PEOPLE[0]


class Kept:
    """A gateway's memory with its keeper, and a relay that hands everything over."""

    def __init__(self, store: Store, site: Any = SITE, now: datetime = NOW) -> None:
        self.now = now
        self.store = store
        settings: Any = SimpleNamespace(attendance=AttendanceSettings())
        key = Ed25519PrivateKey.generate()
        self.context = GatewayContext(settings, store, site, key, lambda: self.now, Broadcast())
        self.keeper = TierKeeper(self.context)
        self.told: list[frozenset[str] | None] = []
        self.keeper.on_renewed(self.told.append)

    @contextmanager
    def committing(self, *notices: Notice) -> Iterator[Tx]:
        with self.store.transaction(self.now) as tx:
            yield tx
            insert_notices(tx, notices)

    def relay(self) -> None:
        """Hand over what waits, and take a turn."""
        with self.store.transaction(self.now) as tx:
            waiting = list_unsent(tx, limit=1000)
            save_sent(tx, [each.id for each in waiting])
        for each in waiting:
            self.keeper.hear(each.notice)
        self.told.clear()
        self.keeper.turn()

    def look(self, person_id: str = "s1") -> Any:
        question = Question("agent", Method.agent, tier_id=LGWAN, terminal_id="t-1", person_id=person_id)
        return self.context.tiers.look(question, self.now).situation

    def failed(self, person_id: str = "s1") -> tuple[str, ...]:
        question = Question("agent", Method.agent, tier_id=LGWAN, terminal_id="t-1", person_id=person_id)
        return self.context.tiers.decide(question, self.now).decision.failed


def hold(tx: Tx, rules: Any, at: datetime) -> None:
    activate_rule_set(tx, rules, Activation(insert_rule_set(tx, rules, by="a", note=""), at, "a", "b"))


@pytest.fixture
def kept(store: Store) -> Kept:
    """Three of the staff, and rules that hold."""
    made = Kept(store)
    with store.transaction(NOW - DAY) as tx:
        furnish(tx)
        hold(tx, RULES, NOW - DAY)
    made.keeper.renew_all()
    return made


def test_the_first_turn_reads_everything_and_holds_the_rules(kept: Kept) -> None:
    assert kept.told == [None]
    assert kept.failed() == ("present",)
    kept.relay()
    assert kept.told == [], "nothing has changed"


def test_a_site_without_tiers_costs_nothing_until_it_has_some(store: Store) -> None:
    kept = Kept(store, SITE.model_copy(update={"tiers": ()}))
    kept.relay()
    assert kept.told == []
    kept.context.site = SITE
    kept.relay()
    assert kept.told == [None]


def test_rules_hold_from_their_instant_on(kept: Kept) -> None:
    with kept.committing() as tx:
        hold(tx, (rule("never", "suspended"),), NOW + MINUTE / 2)
    kept.relay()
    assert kept.failed() == ("present",)
    kept.now = NOW + MINUTE / 2
    kept.relay()
    assert kept.told == [None]
    assert kept.failed() == ("never",)


def drill(tx: Tx) -> None:
    save_drill_failures(tx, ["s1"], NOW.date(), by="j")


@pytest.mark.parametrize(
    "notice",
    [
        Notice(TIER_CHANGED, "s1", "{}"),
        Notice(TIER_CHANGED, "", "{}"),
        Notice("application.moved", "a-1", '{"person_id":"s1"}'),
        Notice("overtime.ordered", "o-1", '{"person_id":"s1"}'),
        Notice("overtime.ended", "o-1", '{"person_id":"s1"}'),
        Notice("rollout.moved", "1", "{}"),
    ],
    ids=lambda notice: notice.kind + notice.subject,
)
def test_what_is_told_of_a_person_is_read_again(kept: Kept, notice: Notice) -> None:
    with kept.committing(notice) as tx:
        drill(tx)
    kept.relay()
    assert kept.told == ([frozenset({"s1"})] if "s1" in notice.subject + notice.payload else [None])
    assert kept.look().person.drill_open


def test_what_is_told_to_nobody_is_found_each_minute(kept: Kept) -> None:
    with kept.committing() as tx:
        drill(tx)
    kept.relay()
    assert not kept.look().person.drill_open
    kept.now = NOW + MINUTE
    kept.relay()
    assert (kept.told, kept.look().person.drill_open) == ([frozenset({"s1"})], True)


def test_hrs_file_is_noticed_by_the_number_of_its_changes(kept: Kept) -> None:
    with kept.committing() as tx:
        upsert_persons(tx, [Person("s1", "s1", "", "tax", left_on=NOW.date() - DAY)])
    kept.relay()
    assert kept.told == [frozenset({"s1"})]
    assert kept.failed() == ("known", "present")
    with kept.committing() as tx:
        upsert_departments(tx, [Department("new", "新しい課")])
    kept.relay()
    assert kept.told == [None]


def test_a_threat_is_everybodys(kept: Kept) -> None:
    level = StoredThreat("t", ThreatLevel.lockdown, None, "不審者", NOW, "d", "a", declared_at=NOW)
    with kept.committing(Notice(DECLARED, "t", "{}")) as tx:
        insert_threat(tx, level)
    kept.relay()
    assert kept.told == [None]
    assert "threat" in kept.failed()


def test_what_could_not_be_read_is_read_the_next_time(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept.committing(Notice(TIER_CHANGED, "s1", "{}")) as tx:
        drill(tx)
    renew = kept.context.situations.renew_persons
    monkeypatch.setattr(kept.context.situations, "renew_persons", lambda *_: (_ for _ in ()).throw(OSError("away")))
    with pytest.raises(OSError, match="away"):
        kept.relay()
    monkeypatch.setattr(kept.context.situations, "renew_persons", renew)
    kept.keeper.turn()
    assert kept.look().person.drill_open


def test_a_tap_does_not_wait_until_everybody_was_read(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.zones.tier_keeper.AT_ONCE", 1)
    with kept.committing(Notice(TIER_CHANGED, "", "{}")) as tx:
        drill(tx)
    kept.relay()
    assert (kept.told, kept.look().person.drill_open) == ([frozenset({"s1"})], True)
    with kept.committing(Notice(TIER_CHANGED, "s3", "{}")) as tx:
        save_drill_failures(tx, ["s2", "s3"], NOW.date(), by="j")
    kept.relay()
    assert kept.told == [frozenset({"s2", "s3"})]
    kept.relay()
    assert kept.told == [None], "everybody was read"
    kept.keeper.renew_all()
    kept.relay()
    assert kept.told == []


def test_the_thread_is_woken_by_a_notice(kept: Kept) -> None:
    stop, heard = threading.Event(), threading.Event()
    kept.keeper.on_renewed(lambda touched: heard.set() if touched == frozenset({"s1"}) else None)
    thread = threading.Thread(target=kept.keeper.run, args=(stop,))
    thread.start()
    try:
        with kept.committing() as tx:
            drill(tx)
        kept.keeper.hear(Notice(TIER_CHANGED, "s1", "{}"))
        assert heard.wait(10)
        assert kept.look().person.drill_open
    finally:
        stop.set()
        thread.join()


def test_of_too_many_persons_nobody_is_named() -> None:
    assert name_moved(()) == []
    assert json.loads(name_moved([f"s{each}" for each in range(NAMED_MAX)])[0].payload)["persons"][0] == "s0"
    assert json.loads(name_moved([f"s{each}" for each in range(NAMED_MAX + 1)])[0].payload) == {"persons": None}


# ---- through the ingest -------------------------------------------------------------------------------------------

TAPPING = DEMO.model_copy(
    update={
        "tiers": tuple(each.model_copy(update={"places": SITE.tiers[1].places}) for each in SITE.tiers),
        "access_points": tuple(
            DEMO.access_points[0].model_copy(update={"id": id_, "door": door, "area_from": left, "area_to": to})
            for id_, door, left, to in (
                ("main-in", "main", "hall", "office"),
                ("main-out", "main", "office", "hall"),
                ("west", "west", "hall", "office"),
                ("server-in", "server", "office", "server"),
            )
        ),
    }
)


@pytest.fixture
def taps(store: Store) -> tuple[Kept, Journal, Callable[[], None]]:
    """A keeper beside an ingest, and a journal whose new records both take in."""
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    kept = Kept(store, TAPPING, TAPPED_AT)
    with store.transaction(TAPPED_AT - DAY) as tx:
        upsert_departments(tx, [Department("tax", "税務課")])
        upsert_persons(tx, [Person(each, each, "", "tax") for each in PEOPLE[:3]])
        at_seat = {"seat_point_id": "west", "kept_by": "共用"}
        save_terminals(tx, [KeptTerminal("t-9", "共用", LGWAN, "desk", TAPPED_AT - DAY, **at_seat)])  # type: ignore[arg-type]
    kept.keeper.renew_all()
    ingest = Ingest(store, CENTRE, lambda: kept.now)

    def take() -> None:
        ingest.take([journal.message()])
        kept.relay()

    return kept, journal, take


def stamp(at: datetime) -> dict[str, Any]:
    return {"at": at, "mono_ms": 1, "boot": "boot-1", "clock": "synced"}


def test_a_tap_moves_its_person_within_the_turn(taps: Any) -> None:
    kept, journal, take = taps
    journal.append(make_tap(WHO, at=TAPPED_AT - timedelta(seconds=5)))
    take()
    assert kept.told == [frozenset({WHO})]
    assert kept.look(WHO).whereabouts.areas == ("office",)
    journal.append(make_tap(WHO, "main-out", at=TAPPED_AT - timedelta(seconds=2)))
    take()
    assert kept.look(WHO).whereabouts.areas == ("hall",)


def test_a_door_with_a_contact_moves_whoever_went_through(taps: Any) -> None:
    kept, journal, take = taps
    journal.append(DoorMoved(door="main", state="closed", **stamp(TAPPED_AT - timedelta(seconds=20))))
    journal.append(make_tap(WHO, at=TAPPED_AT - timedelta(seconds=9)))
    take()
    assert kept.look(WHO).whereabouts.areas == ()
    ended: dict[str, Any] = {"access_point": "main-in", "credential": token_of(WHO), "cause_seq": 2}
    journal.append(AccessEnded(taken=True, **ended, **stamp(TAPPED_AT - timedelta(seconds=5))))
    take()
    assert (kept.told, kept.look(WHO).whereabouts.areas) == ([frozenset({WHO})], ("office",))


def test_z3_a_tap_at_the_seat_binds_a_shared_terminal_with_its_factor(taps: Any) -> None:
    kept, journal, take = taps
    journal.append(make_tap(WHO, "west", at=TAPPED_AT - timedelta(seconds=9), situation=SituationFacts(pin=Pin.right)))
    take()
    assert kept.told == [frozenset({WHO, ""})], "the session that waits for somebody to sit down is looked at, too"
    asked = kept.context.situations.look(Question("switch", Method.eap_tls, terminal_id="t-9"), kept.now)
    assert (asked.person_id, asked.situation.factor) == (WHO, Factor.card_pin)
    journal.append(make_tap(PEOPLE[1], "west", at=TAPPED_AT - timedelta(seconds=5)))
    take()
    assert kept.told == [frozenset({WHO, PEOPLE[1]})], "whoever sat there is looked at, too"
    asked = kept.context.situations.look(Question("switch", Method.eap_tls, terminal_id="t-9"), kept.now)
    assert (asked.person_id, asked.situation.factor) == (PEOPLE[1], Factor.card)


def test_what_a_device_catches_up_with_is_known_by_its_own_time(taps: Any) -> None:
    kept, journal, take = taps
    journal.append(make_tap(WHO, at=TAPPED_AT - 3 * HOUR))
    journal.append(make_tap(WHO, "main-out", at=TAPPED_AT - 2 * HOUR))
    journal.append(make_tap(PEOPLE[1], at=TAPPED_AT - 2 * HOUR))
    take()
    assert kept.look(WHO).whereabouts.areas == ("hall",)
    assert kept.look(PEOPLE[1]).whereabouts.areas == ("office",)


def test_company_that_comes_or_goes_concerns_the_room(taps: Any) -> None:
    kept, journal, take = taps
    with kept.store.transaction(TAPPED_AT - DAY) as tx:
        hold(tx, COMPANY, TAPPED_AT - DAY)
    journal.append(make_tap(WHO, at=TAPPED_AT - timedelta(seconds=9)))
    take()
    journal.append(make_tap(PEOPLE[1], at=TAPPED_AT - timedelta(seconds=5)))
    take()
    assert kept.told == [frozenset({WHO, PEOPLE[1]})]

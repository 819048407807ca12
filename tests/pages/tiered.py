"""The city hall with its three tiers at work: who is where, cleared, trained, at which terminals, in which sessions."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from contract.tier_rule_file import read_rule_toml
from domain.zones.decide_tier import Waiver
from domain.zones.facts import Factor
from domain.zones.rule import approve_rules
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession, SessionAct, SessionState
from domain.zones.training import Attendance, Training
from gateway.operations.zones.book_session import book_decision
from gateway.operations.zones.end_session import mark_ending, note_outcome
from gateway.radius.disconnect import Outcome
from gateway.zones.question import Question
from store.last_seen import save_seen
from store.port_sessions import SessionStep, load_session, save_session
from store.presence import Presence, save_presences
from store.rule_waivers import insert_waiver
from store.terminals import KeptTerminal, save_terminals
from store.tier_clearances import Clearance, insert_clearance
from store.tier_rules import Activation, activate_rule_set, insert_rule_set, load_active_hash, load_rule_set
from store.trainings import save_attendances, save_trainings
from store.tx import Tx
from tests.pages.city import City

RULES_FILE = Path(__file__).parents[2] / "firmware_configs/tiers/rules.toml"
MYNUMBER, LGWAN, INTERNET = "mynumber", "lgwan", "internet"
SECURITY = Training("security", "情報セキュリティ研修", "Security training", 12)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def build_tiers(city: City) -> dict[str, PortSession]:
    """Put everything there and give the sessions by terminal.

    石井 is in the LGWAN tier at pc-2, and 青木 waits for it in the hall. 上田 was turned away from the My Number tier.
    江口 is in the internet tier, and of 髙橋's session the switch did not let go. The printer is nobody's.
    """
    site = city.context.site
    tiers = (each.model_copy(update={"trainings": (SECURITY.id,)}) for each in site.tiers)
    city.context.site = site.model_copy(update={"tiers": tuple(tiers)})
    now = city.clock()
    with city.store.transaction(now - 10 * DAY) as tx:
        _give(tx, now)
    with city.store.transaction(now - HOUR) as tx:
        for person_id, point, area in (
            ("s0002", "staff_in", "office"), ("s0001", "main_in", "hall"), ("s0003", "staff_in", "office"),
            ("s0004", "staff_in", "office"), ("s0005", "staff_in", "office"),
        ):  # fmt: skip
            _see(tx, person_id, point, area)
    renew(city)
    return _log_on(city)


def renew(city: City) -> None:
    """Let the gateway know what the database says now."""
    with city.store.reading(city.clock()) as tx:
        city.context.situations.renew(tx)
        city.context.tiers.hold_rules(load_rule_set(tx, load_active_hash(tx, tx.now) or "") or ())


def log_on(city: City, terminal_id: str, *, port: str = "", factor: Factor = Factor.none) -> PortSession | None:
    """A terminal asks for its tier, and the decision and its session are booked."""
    now = city.clock()
    question = Question(
        "office-sw", Method.eap_tls, terminal_id=terminal_id, factor=factor, factor_at=now if factor else None
    )
    with city.store.transaction(now) as tx:
        written = city.context.tiers.decide(question, now)
        return book_decision(tx, written, nas_id="office-sw", port=port, station=f"0200000000{len(terminal_id):02}")


def _log_on(city: City) -> dict[str, PortSession]:
    found = {}
    for number, terminal_id in enumerate(("pc-2", "pc-1", "num-3", "web-4", "web-5", "printer")):
        session = log_on(city, terminal_id, port=f"1/0/{number}")
        if session is not None:
            found[terminal_id] = session
    with city.store.transaction(city.clock()) as tx:
        for terminal_id in ("pc-2", "web-4"):
            begin(tx, found[terminal_id].id)
        stuck = load_session(tx, found["web-5"].id)
        assert stuck is not None
        mark_ending(tx, stuck, "room")
        note_outcome(tx, found["web-5"].id, Outcome(SessionAct.refused, 3, 504))
    return found


def begin(tx: Tx, session_id: str) -> None:
    """The switch tells that a session began."""
    kept = load_session(tx, session_id)
    assert kept is not None
    after = replace(kept.session, state=SessionState.confirmed)
    assert save_session(tx, kept, after, SessionStep(tx.now, SessionAct.start, SessionState.confirmed))


def _give(tx: Tx, now: datetime) -> None:
    rules, note = read_rule_toml(RULES_FILE.read_bytes(), by="security")
    approved = approve_rules(rules, "aoki")
    set_hash = insert_rule_set(tx, rules, by="security", note=note)
    activate_rule_set(tx, approved, Activation(set_hash, tx.now, "security", "aoki"))
    save_trainings(tx, [SECURITY])
    trained_on = now.date() - 100 * DAY
    attended = [Attendance(f"s000{n}", SECURITY.id, trained_on) for n in (1, 2, 4, 5)]
    save_attendances(tx, attended, by="security")
    for person_id, tier_id in (
        ("s0002", LGWAN), ("s0001", LGWAN), ("s0003", MYNUMBER), ("s0004", INTERNET), ("s0005", INTERNET),
    ):  # fmt: skip
        department = {"s0004": "joho", "s0005": "joho"}.get(person_id, "somu")
        insert_clearance(
            tx,
            Clearance(
                f"c-{person_id}-{tier_id}", person_id, tier_id, tx.now.date(), date(2026, 3, 31), "税務の担当",
                "security", "aoki", tx.now, department_id=department,
            ),
        )  # fmt: skip
    save_terminals(tx, [_terminal(*row, now) for row in TERMINALS])
    insert_waiver(
        tx,
        Waiver(
            "w-1", "s0004", INTERNET, frozenset({"hours"}), now - HOUR, now + 2 * HOUR, "障害の対応", "desk", "aoki"
        ),
    )


TERMINALS = (
    ("pc-1", "総務1号機", LGWAN, "s0001"),
    ("pc-2", "総務2号機", LGWAN, "s0002"),
    ("num-3", "個人番号1号機", MYNUMBER, "s0003"),
    ("web-4", "情報1号機", INTERNET, "s0004"),
    ("web-5", "情報2号機", INTERNET, "s0005"),
    ("printer", "複合機", INTERNET, ""),
)


def _terminal(id_: str, name: str, tier_id: str, keeper: str, now: datetime) -> KeptTerminal:
    return KeptTerminal(
        id_, name, tier_id, "desk", now - 30 * DAY, certificate_from=now - 30 * DAY, certificate_until=now + 300 * DAY,
        kept_by=keeper,
    )  # fmt: skip


def _see(tx: Tx, person_id: str, point: str, area: str) -> None:
    here = Presence(person_id, area, point, tx.now)
    save_presences(tx, [here])
    save_seen(tx, [here])

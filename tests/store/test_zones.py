"""Rules, decisions and sessions of the network tiers, on both databases."""

from dataclasses import replace
from datetime import timedelta

from domain.zones.rule import approve_rules, hash_rules
from domain.zones.tier_session import PortSession, SessionAct, SessionState
from store.port_sessions import (
    SessionStep,
    has_come_back,
    insert_session,
    list_due_sessions,
    list_live_sessions,
    list_session_steps,
    load_session,
    save_session,
)
from store.tier_rules import (
    Activation,
    activate_rule_set,
    insert_rule_set,
    list_activations,
    load_active_hash,
    load_rule_set,
)
from store.tx import Store
from tests.domain.zones.cases import LGWAN, NOW, RULES, TODAY, rule

HOUR = timedelta(hours=1)


def test_a_rule_set_is_kept_once_and_holds_from_its_instant(store: Store) -> None:
    new = (*RULES, rule("new", "cleared", LGWAN, approver="", valid_from=TODAY, may_be_waived=True))
    with store.transaction(NOW) as tx:
        kept = [insert_rule_set(tx, each, by="author", note="試行") for each in (RULES, new, new)]
        assert kept == [hash_rules(RULES), hash_rules(new), hash_rules(new)]
        assert load_active_hash(tx, NOW) is None
        activate_rule_set(tx, RULES, Activation(kept[0], NOW, "author", "ueda"))
        approved = approve_rules(new, "ueda")
        activate_rule_set(tx, approved, Activation(kept[1], NOW + HOUR, "author", "ueda"))
    with store.reading(NOW) as tx:
        assert load_rule_set(tx, kept[0]) == RULES
        assert load_rule_set(tx, kept[1]) == approved
        assert load_rule_set(tx, "0" * 64) is None
        assert [load_active_hash(tx, NOW + n * HOUR) for n in (0, 1)] == kept[:2]
        assert [each.set_hash for each in list_activations(tx)] == [kept[1], kept[0]]


def session(id_: str, **other: object) -> PortSession:
    made = PortSession(id_, LGWAN, 20, "t1", "s1", "switch-1", "7", SessionState.pending, NOW)
    return replace(made, **other)  # type: ignore[arg-type]


def test_a_session_moves_once_from_where_it_was_seen(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert insert_session(tx, session("p1"))
        assert not insert_session(tx, session("p1", vlan=30))
        kept = load_session(tx, "p1", lock=True)
        assert kept is not None
        after = replace(kept.session, state=SessionState.confirmed, switch_session="00000001")
        step = SessionStep(NOW, SessionAct.start, SessionState.confirmed)
        assert save_session(tx, kept, after, step)
        assert not save_session(tx, kept, after, step)
        cut = SessionStep(NOW, SessionAct.refused, SessionState.disobeyed, 3, 401, "present")
        moved = load_session(tx, "p1")
        assert moved is not None
        assert save_session(tx, moved, replace(after, state=SessionState.disobeyed), cut)
        assert list_session_steps(tx, "p1") == [step, cut]


def test_a_terminal_has_come_back_once_a_session_of_it_was_decided(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_session(tx, session("p1", station="02-00-00-00-00-01"))
        assert has_come_back(tx, "02-00-00-00-00-01", NOW)
        assert not has_come_back(tx, "02-00-00-00-00-01", NOW + timedelta(seconds=1))
        assert not has_come_back(tx, "02-00-00-00-00-02", NOW)


def test_what_lives_and_what_the_clock_ends(store: Store) -> None:
    old = NOW - timedelta(minutes=6)
    with store.transaction(NOW) as tx:
        for each in (
            session("pending"),
            session("never", decided_at=old),
            session("over", state=SessionState.confirmed, ends_at=NOW, person_id="s2"),
            session("on", state=SessionState.confirmed, ends_at=NOW + HOUR),
            session("ended", state=SessionState.ended, ends_at=NOW, decided_at=old),
        ):
            insert_session(tx, each)
        assert {each.session.id for each in list_live_sessions(tx)} == {"pending", "never", "over", "on"}
        assert {each.session.id for each in list_live_sessions(tx, person_ids=["s2"])} == {"over"}
        due = list_due_sessions(tx, pending_since=NOW - timedelta(minutes=5))
        assert {each.session.id for each in due} == {"never", "over"}

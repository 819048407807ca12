"""Sessions, decisions and packs of evidence looked for, on both databases."""

from dataclasses import replace
from datetime import timedelta

from domain.zones.decide_tier import Waiver
from domain.zones.tier_session import PortSession, SessionAct, SessionState
from store.decision_search import (
    list_decisions_of,
    list_latest_decisions,
    load_hash_before,
    load_last_decisions,
    stream_decisions,
)
from store.evidence_packs import (
    Pack,
    PackState,
    claim_pack,
    forget_packs,
    insert_pack,
    list_packs,
    load_pack,
    load_pack_content,
    save_pack_failed,
    save_pack_made,
)
from store.people import Department, Person, upsert_departments, upsert_persons
from store.port_sessions import SessionStep, add_step, insert_session
from store.rule_waivers import insert_waiver
from store.session_search import SessionSearch, list_sessions, list_steps_of, stream_sessions
from store.tier_clearances import Clearance, end_clearance, insert_clearance
from store.tier_decisions import DecisionRow, insert_decision
from store.tier_records import list_clearances_between, list_waivers_between
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, MYNUM, NOW, TODAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = SessionSearch(NOW - DAY, NOW + DAY)
SESSION = PortSession("s-1", LGWAN, 20, "t-1", "s1", "sw-1", "1/0/1", SessionState.pending, NOW)


def add_people(tx: Tx) -> None:
    upsert_departments(tx, [Department("d", "税務課")])
    upsert_persons(tx, [Person(each, each, "", "d", "full_time") for each in ("s1", "s2")])


def decide(tx: Tx, number: int, session_id: str | None, answer: str = "permit", person_id: str = "s1") -> None:
    at = NOW + number * HOUR
    body = f"body {number}".encode()
    row = DecisionRow(at, "sw-1", LGWAN, person_id, "t-1", answer, "", session_id, body, bytes([number]) * 32)
    insert_decision(tx, row)


def test_sessions_are_found_by_each_of_their_words(store: Store) -> None:
    other = replace(
        SESSION, id="s-2", tier_id=MYNUM, person_id="s2", terminal_id="t-2", state=SessionState.ended,
        decided_at=NOW + HOUR,
    )  # fmt: skip
    with store.transaction(NOW) as tx:
        for each in (SESSION, other):
            assert insert_session(tx, each)
        assert list_sessions(tx, DAYS, limit=9) == [other, SESSION]
        assert list_sessions(tx, DAYS, limit=1) == [other]
        assert list(stream_sessions(tx, DAYS, at_once=1)) == [[SESSION], [other]]
        for asked in (
            replace(DAYS, who="s2"), replace(DAYS, terminal="t-2"), replace(DAYS, tier_id=MYNUM),
            replace(DAYS, state=SessionState.ended), replace(DAYS, since=NOW + HOUR),
        ):  # fmt: skip
            assert list_sessions(tx, asked, limit=9) == [other]
        assert list_sessions(tx, replace(DAYS, until=NOW), limit=9) == []
        assert list_sessions(tx, replace(DAYS, who="だれか"), limit=9) == []


def test_who_is_meant_by_name_also_when_many_are_and_when_they_left(store: Store) -> None:
    named = [Person(f"p{n}", f"田中 {n}", "タナカ", "d", "full_time") for n in range(30)]
    with store.transaction(NOW) as tx:
        add_people(tx)
        upsert_persons(tx, [*named[1:], replace(named[0], left_on=TODAY - DAY)])
        for each in named:
            insert_session(tx, replace(SESSION, id=f"s-{each.id}", person_id=each.id))

        def found(who: str) -> set[str]:
            return {each.person_id for each in list_sessions(tx, replace(DAYS, who=who), limit=99)}

        assert found("田中") == found("たなか") == {each.id for each in named}
        assert found("p1") == {"p1"}  # an id means itself alone, and else all that hold it
        assert found("P2") == {"p2", *(f"p2{n}" for n in range(10))}


def test_steps_are_given_by_session_in_their_order(store: Store) -> None:
    begun = SessionStep(NOW, SessionAct.start, SessionState.confirmed)
    cut = SessionStep(NOW + HOUR, SessionAct.refused, SessionState.disobeyed, 3, 504, "room")
    with store.transaction(NOW) as tx:
        insert_session(tx, SESSION)
        for each in (begun, cut):
            add_step(tx, "s-1", each)
        assert list_steps_of(tx, ["s-1", "s-9"]) == {"s-1": [begun, cut]}
        assert list_steps_of(tx, []) == {}


def test_decisions_are_found_of_a_session_a_person_and_an_answer(store: Store) -> None:
    with store.transaction(NOW) as tx:
        decide(tx, 1, "s-1")
        decide(tx, 2, None, "reject", "s2")
        decide(tx, 3, "s-1", "quarantine")
        mine = list_decisions_of(tx, "s-1")
        assert [each.body for each in mine] == [b"body 1", b"body 3"]
        assert load_last_decisions(tx, ["s-1", "s-9"]) == {"s-1": mine[1]}
        assert [each.body for each in list_latest_decisions(tx, NOW, limit=2)] == [b"body 3", b"body 2"]
        assert [each.body for each in list_latest_decisions(tx, NOW, person_id="s2", limit=9)] == [b"body 2"]
        assert [each.body for each in list_latest_decisions(tx, NOW, answer="reject", limit=9)] == [b"body 2"]
        assert list_latest_decisions(tx, NOW + 4 * HOUR, limit=9) == []
        assert load_hash_before(tx, mine[0].number) is None
        assert load_hash_before(tx, mine[1].number) == bytes([2]) * 32


def test_a_stretch_of_the_chain_has_no_gap_though_clocks_differ(store: Store) -> None:
    with store.transaction(NOW) as tx:
        for number in (2, 1, 3, 5):
            decide(tx, number, None)
        within = stream_decisions(tx, NOW + 2 * HOUR, NOW + 4 * HOUR)
        assert [each.body for each in within] == [b"body 2", b"body 1", b"body 3"]
        assert list(stream_decisions(tx, NOW - DAY, NOW)) == []


def test_waivers_and_clearances_of_a_time_are_those_that_held_in_it(store: Store) -> None:
    waiver = Waiver("w-1", "s1", LGWAN, frozenset({"room", "hours"}), NOW, NOW + HOUR, "障害", "a", "b")
    given = Clearance("c-1", "s1", LGWAN, TODAY, TODAY + DAY, "税務", "a", "b", NOW)
    ended = replace(given, id="c-2", person_id="s2", valid_until=None)
    with store.transaction(NOW) as tx:
        add_people(tx)
        insert_waiver(tx, waiver)
        for each in (given, ended):
            insert_clearance(tx, each)
        end_clearance(tx, "c-2", by="a", reason="異動")
        assert list_waivers_between(tx, NOW, NOW) == [waiver]
        assert list_waivers_between(tx, NOW + HOUR, NOW + 2 * HOUR) == []
        assert list_waivers_between(tx, NOW - DAY, NOW - HOUR) == []
        assert [each.id for each in list_clearances_between(tx, NOW - HOUR, NOW)] == ["c-1", "c-2"]
        assert [each.id for each in list_clearances_between(tx, NOW, NOW + HOUR)] == ["c-1"]
        assert list_clearances_between(tx, NOW + 3 * DAY, NOW + 4 * DAY) == []


def test_a_pack_is_made_once_by_whoever_claimed_it(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert insert_pack(tx, Pack("p-1", TODAY, TODAY, "kansa", NOW))
        assert not insert_pack(tx, Pack("p-1", TODAY, TODAY, "aoki", NOW))
        first = claim_pack(tx, stale_before=NOW - HOUR)
        assert first is not None
        assert first.attempt == 1
        assert claim_pack(tx, stale_before=NOW - HOUR) is None
    with store.transaction(NOW + 2 * HOUR) as tx:
        second = claim_pack(tx, stale_before=NOW + HOUR)
        assert second is not None
        assert second.attempt == 2
        assert not save_pack_made(tx, first, b"old", "0" * 64)
        assert save_pack_made(tx, second, b"zip", "f" * 64)
        assert not save_pack_failed(tx, second, "broken")
        [found] = list_packs(tx, limit=5)
        assert (found.state, found.size_bytes, found.sha256) == (PackState.done, 3, "f" * 64)
        assert load_pack_content(tx, "p-1") == b"zip"
        assert load_pack(tx, "p-9") is None
        assert load_pack_content(tx, "p-9") is None
        assert forget_packs(tx, NOW + HOUR) == 0
        assert forget_packs(tx, NOW + 3 * HOUR) == 1
        assert list_packs(tx, limit=5) == []

"""What is really known, and the sessions that end by it: somebody leaves, a visitor's host leaves."""

from datetime import timedelta

from domain.zones.facts import Factor
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession, SessionState
from gateway.operations.zones.book_session import book_decision
from gateway.radius.cut_desk import CutDesk, Wanted
from gateway.zones.question import Question
from store.people import Person, upsert_persons
from store.port_sessions import list_session_steps, load_session
from store.terminal_seats import Seat, save_seats
from store.tx import Store
from store.visits import insert_visit
from tests.domain.zones.cases import RULES
from tests.gateway.zones.building import MINUTE, NOW, Building
from tests.gateway.zones.test_whereabouts import visit

VISITOR = tuple(each for each in RULES if each.code not in {"cleared", "trained"})


def let_in(building: Building, terminal_id: str) -> PortSession:
    written = building.desk.decide(Question("sw", Method.eap_tls, terminal_id=terminal_id), NOW)
    assert written.decision.failed == ()
    with building.store.transaction(NOW) as tx:
        session = book_decision(tx, written, nas_id="sw", port="7", station="02-00-00-00-00-01")
    assert session is not None
    return session


def cut_after(building: Building, session: PortSession, *moved: str) -> tuple[SessionState, list[str]]:
    """Have it heard of that some moved; gives where the session stands then, and by which codes."""
    with building.store.reading(NOW) as tx:
        touched = building.situations.renew_places(tx, moved)
    desk = CutDesk(building.store, building.desk, lambda: NOW, committed=lambda: None)
    looked = desk.look(Wanted(person_ids=touched))
    with building.store.reading(NOW) as tx:
        kept = load_session(tx, session.id)
        reasons = [each.reason for each in list_session_steps(tx, session.id)]
    assert kept is not None
    assert [each.id for each in looked.to_tell] == [session.id] * (kept.session.state is SessionState.ending)
    return kept.session.state, reasons


def test_z11_a_visitors_session_ends_as_the_host_leaves_the_room(store: Store) -> None:
    building = Building(store, rules=VISITOR)
    with store.transaction(NOW) as tx:
        upsert_persons(tx, [Person("visit-1", "", "", "tax", kind="visitor", sponsor_id="s2")])
        insert_visit(tx, visit("visit-1"))
        save_seats(tx, [Seat("t-3", "visit-1", Factor.card, NOW - 20 * MINUTE, "desk")])
    for person_id in ("visit-1", "s2"):
        building.see(person_id, "staff_in", NOW - 30 * MINUTE)
    building.renew()
    session = let_in(building, "t-3")
    assert cut_after(building, session, "s3") == (SessionState.pending, [])
    building.see("s2", "staff_out", NOW - timedelta(seconds=1))
    assert cut_after(building, session, "s2") == (SessionState.ending, ["escort"])


def test_z2_who_leaves_the_room_is_off(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - 30 * MINUTE)
    building.renew()
    session = let_in(building, "t-1")
    building.see("s1", "staff_out", NOW - MINUTE)
    building.site = building.site.model_copy(
        update={
            "tiers": tuple(each.model_copy(update={"places": each.places[:1]}) for each in building.site.tiers),
        }
    )
    assert cut_after(building, session, "s1") == (SessionState.ending, ["present"])

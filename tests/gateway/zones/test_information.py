"""Classes, movements, 特定通信: entered by one, counting by another; what is forbidden is recorded (Z9, Z10)."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.firewall_export import read_firewall
from contract.information_file import read_information_toml
from domain.zones.information import Demand, Handling
from domain.zones.movement import MovementAct, MovementState
from domain.zones.specific_link import Flow, Protocol, SpecificLink
from domain.zones.zone_fault import ZoneFaultsError
from gateway.operations.zones.ask_movement import AskedMovement, Asker, ask_movement
from gateway.operations.zones.carry_out_movement import carry_out_movement
from gateway.operations.zones.compare_firewall import compare_firewall
from gateway.operations.zones.decide_movement import decide_movement
from gateway.operations.zones.keep_information_class import decide_information_class, keep_information_class
from gateway.operations.zones.keep_link import decide_link, keep_link
from gateway.operations.zones.lapse_movements import lapse_movements
from store.accounts import insert_account
from store.alarms import list_open_alarms
from store.information_classes import list_class_versions, load_register
from store.messages import list_messages
from store.movements import count_asked, list_movements, list_steps, load_movement
from store.people import Department, Person, upsert_departments, upsert_persons
from store.specific_links import list_drifts, list_link_versions, list_links
from store.tx import Store, Tx
from store.versions import VersionState
from tests.domain.zones.cases import NOW, TODAY

TIERS = ("mynumber", "lgwan", "internet")
SHIPPED = Path(__file__).parents[3] / "firmware_configs/tiers/information.toml"
STAFF = Asker("staff", "s1", "tax")
WISH = AskedMovement(
    "m-1", Handling.move, "課税台帳の一覧", "juyo-1", "照会のため", NOW + timedelta(days=1), "mynumber", "lgwan"
)
FLOW = Flow("10.1.0.0/16", "10.2.0.5/32", Protocol.tcp, 443, 443)
LINK = SpecificLink("tax", FLOW, "税の照会", "", TODAY, TODAY + timedelta(days=30))


def register_all(tx: Tx) -> None:
    """Take in the shipped classes: entered by one, approved by another."""
    for each in read_information_toml(SHIPPED.read_bytes()):
        assert keep_information_class(tx, each, by="ueda", tiers=TIERS)
    for version in list_class_versions(tx, state=VersionState.waiting):
        decide_information_class(tx, version.standing.id, VersionState.approved, by="aoki")


@pytest.fixture(autouse=True)
def city(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("tax", "税務課"), Department("city", "市民課")])
        upsert_persons(tx, [Person(each, each, "", "tax") for each in ("s1", "s2")] + [Person("s3", "s3", "", "city")])
        for login, person_id, role in (("staff", "s1", "employee"), ("head", "s2", "head"), ("other", "s3", "head")):
            insert_account(tx, login, person_id=person_id, password_hash="x", roles=(role,))
        register_all(tx)


def told(tx: Tx, person_id: str) -> list[str]:
    return [each.message.kind for each in list_messages(tx, person_id)]


def test_a_class_counts_once_another_has_approved_it_and_its_versions_stay(store: Store) -> None:
    with store.transaction(NOW) as tx:
        standing = load_register(tx).find("juyo-2", TODAY)
        assert standing is not None
        assert not keep_information_class(tx, standing, by="ueda", tiers=TIERS)
        softer = replace(standing, demands=((Handling.move, Demand.free),))
        assert keep_information_class(tx, softer, by="ueda", tiers=TIERS)
        assert load_register(tx).find("juyo-2", TODAY) == standing
        (waiting,) = list_class_versions(tx, state=VersionState.waiting)
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_information_class(tx, waiting.standing.id, VersionState.approved, by="ueda")
        decide_information_class(tx, waiting.standing.id, VersionState.approved, by="aoki")
        with pytest.raises(ZoneFaultsError, match="moved_on"):
            decide_information_class(tx, waiting.standing.id, VersionState.refused, by="aoki")
        assert load_register(tx).find("juyo-2", TODAY) == softer
        assert [each.kept for each in list_class_versions(tx, class_id="juyo-2")] == [softer, standing]
        with pytest.raises(LookupError):
            decide_information_class(tx, 0, VersionState.approved, by="aoki")


def test_each_wrong_field_of_a_class_is_named(store: Store) -> None:
    with store.transaction(NOW) as tx:
        good = load_register(tx).classes[0]
        wrong = replace(good, id="A", name=" ", name_en="x" * 81, rank=0, tiers=frozenset({"moon"}))
        with pytest.raises(ZoneFaultsError) as raised:
            keep_information_class(tx, wrong, by="ueda", tiers=TIERS)
        assert {fault.field for fault in raised.value.faults} == {"id", "name", "name_en", "rank", "tiers"}


def test_z9_of_the_most_confidential_two_others_approve_and_the_record_is_kept(store: Store) -> None:
    with store.transaction(NOW) as tx:
        asked = ask_movement(tx, WISH, by=STAFF, tiers=TIERS)
        assert (asked.demand, asked.state) == (Demand.two_approvals, MovementState.asked)
        assert ask_movement(tx, replace(WISH, reason="別"), by=STAFF, tiers=TIERS) == asked
        assert told(tx, "s2") == ["movement_waiting"]
        assert told(tx, "s3") == []
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_movement(tx, "m-1", MovementAct.approve, by="staff")
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_movement(tx, "m-1", MovementAct.refuse, by="staff", text="x")
        assert decide_movement(tx, "m-1", MovementAct.approve, by="head").state is MovementState.asked
        assert (count_asked(tx), count_asked(tx, department_id="city"), count_asked(tx, without="staff")) == (1, 0, 0)
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_movement(tx, "m-1", MovementAct.approve, by="head")
        with pytest.raises(ZoneFaultsError, match="moved_on"):
            carry_out_movement(tx, "m-1", by="staff", means="暗号化したUSB")
        assert decide_movement(tx, "m-1", MovementAct.approve, by="officer").state is MovementState.approved
        with pytest.raises(ZoneFaultsError, match="no_reason"):
            carry_out_movement(tx, "m-1", by="staff", means=" ")
        done = carry_out_movement(tx, "m-1", by="staff", means="暗号化したUSB")
        assert (done.state, done.done_by, done.done_at) == (MovementState.done, "staff", NOW)
        assert [(step.act, step.by) for step in list_steps(tx, "m-1")] == [
            ("ask", "staff"),
            ("approve", "head"),
            ("approve", "officer"),
            ("carry_out", "staff"),
        ]
        assert told(tx, "s1") == ["movement_decided", "movement_decided"][:1]
        kept = load_movement(tx, "m-1")
        assert kept is not None
        assert (kept.kept, kept.asker, kept.department_id) == (done, "s1", "tax")


@pytest.mark.parametrize(
    ("act", "stands"),
    [(MovementAct.refuse, MovementState.refused), (MovementAct.approve, MovementState.approved)],
    ids=["refuse", "approve"],
)
def test_z9_of_two_who_speak_at_once_the_second_is_told_so(
    store: Store, act: MovementAct, stands: MovementState
) -> None:
    with store.transaction(NOW) as tx:
        ask_movement(tx, WISH, by=STAFF, tiers=TIERS)
        decide_movement(tx, "m-1", MovementAct.approve, by="head")
    is_said, speaks = Event(), Event()

    def speak_first() -> None:
        with store.transaction(NOW) as tx:
            decide_movement(tx, "m-1", act, by="officer", text="担当外")
            is_said.set()
            speaks.wait(5)
            time.sleep(0.2)  # on PostgreSQL the other one has read by now that it is asked for, and waits

    def speak_second() -> None:
        is_said.wait(5)
        speaks.set()
        with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError, match="moved_on"):
            decide_movement(tx, "m-1", MovementAct.approve, by="other")

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(speak_first), pool.submit(speak_second)):
            done.result()
    with store.reading(NOW) as tx:
        kept = load_movement(tx, "m-1")
    assert kept is not None
    assert kept.kept.state is stands
    assert "other" not in kept.kept.approved_by


def test_z9_what_the_class_forbids_is_refused_and_recorded(store: Store) -> None:
    with store.transaction(NOW) as tx:
        refused = ask_movement(tx, replace(WISH, to_tier="internet"), by=STAFF, tiers=TIERS)
        assert (refused.demand, refused.state) == (Demand.forbidden, MovementState.refused)
        assert [(step.act, step.by) for step in list_steps(tx, "m-1")] == [("ask", "staff"), ("refuse", "")]
        assert [each.kept.id for each in list_movements(tx, states=[MovementState.refused])] == ["m-1"]
        assert told(tx, "s2") == []
        with pytest.raises(ZoneFaultsError, match="moved_on"):
            decide_movement(tx, "m-1", MovementAct.approve, by="head")


def test_what_is_free_needs_nobody(store: Store) -> None:
    with store.transaction(NOW) as tx:
        free = ask_movement(tx, replace(WISH, class_id="1", to_tier="internet"), by=STAFF, tiers=TIERS)
        assert free.state is MovementState.approved
        assert carry_out_movement(tx, "m-1", by="staff", means="無害化装置").state is MovementState.done


def test_each_wrong_field_of_a_request_is_named(store: Store) -> None:
    wrong = AskedMovement("m-1", Handling.take_out, " ", "none", "", NOW, from_tier="moon")
    with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError) as raised:
        ask_movement(tx, wrong, by=STAFF, tiers=TIERS)
    assert {fault.field for fault in raised.value.faults} == {
        "subject", "class_id", "reason", "until_at", "from_tier", "place",
    }  # fmt: skip


def test_what_is_not_done_in_its_time_lapses(store: Store) -> None:
    with store.transaction(NOW) as tx:
        ask_movement(tx, WISH, by=STAFF, tiers=TIERS)
        assert lapse_movements(tx) == 0
    with store.transaction(NOW + timedelta(days=1)) as tx:
        with pytest.raises(ZoneFaultsError, match="over"):
            decide_movement(tx, "m-1", MovementAct.approve, by="head")
        assert lapse_movements(tx) == 1
        assert lapse_movements(tx) == 0
        assert told(tx, "s1") == ["movement_lapsed"]
        assert [(step.act, step.by) for step in list_steps(tx, "m-1")][-1] == ("lapse", "")


def test_whoever_asked_withdraws_and_nobody_else(store: Store) -> None:
    with store.transaction(NOW) as tx:
        ask_movement(tx, WISH, by=STAFF, tiers=TIERS)
        with pytest.raises(ZoneFaultsError, match="not_yours"):
            decide_movement(tx, "m-1", MovementAct.withdraw, by="head")
        assert decide_movement(tx, "m-1", MovementAct.withdraw, by="staff").state is MovementState.withdrawn
        with pytest.raises(LookupError):
            decide_movement(tx, "m-9", MovementAct.approve, by="head")


ACTS = st.tuples(st.sampled_from(MovementAct), st.sampled_from(["staff", "head", "officer"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=8))
def test_nothing_is_done_that_two_others_did_not_approve(store: Store, acts: list[tuple[MovementAct, str]]) -> None:
    with store.transaction(NOW) as tx:
        count = len(list_movements(tx, limit=1000))
        wish = replace(WISH, id=f"h-{count}")
        ask_movement(tx, wish, by=STAFF, tiers=TIERS)
        for act, by in acts:
            try:
                if act is MovementAct.carry_out:
                    carry_out_movement(tx, wish.id, by=by, means="手渡し")
                elif act is not MovementAct.lapse:
                    decide_movement(tx, wish.id, act, by=by, text="理由")
            except ZoneFaultsError:
                continue
        steps = [(step.act, step.by) for step in list_steps(tx, wish.id)]
        approvers = {by for act, by in steps if act == MovementAct.approve}
        if any(act == MovementAct.carry_out for act, _ in steps):
            assert len(approvers) == 2
        assert "staff" not in approvers
        standing = load_movement(tx, wish.id)
        assert standing is not None
        assert set(standing.kept.approved_by) == approvers


def test_z10_a_link_counts_by_a_second_person_and_drift_is_kept_both_ways(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert keep_link(tx, LINK, by="ueda")
        assert list_links(tx) == []
        (waiting,) = list_link_versions(tx, state=VersionState.waiting)
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_link(tx, waiting.standing.id, VersionState.approved, by="ueda")
        decide_link(tx, waiting.standing.id, VersionState.approved, by="aoki")
        assert list_links(tx) == [replace(LINK, approved_by="aoki")]
        assert not keep_link(tx, LINK, by="ueda")
        old = replace(LINK, id="old", flow=replace(FLOW, first_port=80, last_port=80), valid_from=None)
        assert keep_link(tx, replace(old, valid_until=TODAY - timedelta(days=1)), by="ueda")
        decide_link(tx, list_link_versions(tx, link_id="old")[0].standing.id, VersionState.approved, by="aoki")
        export = "source,destination,protocol,ports\n10.1.3.0/24,10.2.0.5,tcp,443\n10.1.0.0/16,10.2.0.5,tcp,80\n"
        flows, faulty = read_firewall(export.encode())
        assert faulty == []
        compare_firewall(tx, "庁内", flows, by="ueda")
        (kept,) = list_drifts(tx)
        assert (kept.firewall, kept.compared_by, kept.passed) == ("庁内", "ueda", 2)
        assert kept.beside == (flows[1],)
        assert (kept.missing, kept.over) == (("tax",), ("old",))
        assert [(each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx)] == [("firewall_drift", "庁内")]


def test_each_wrong_field_of_a_link_is_named(store: Store) -> None:
    wrong = SpecificLink("A", Flow("x", "10.0.0.1", Protocol.tcp, 9, 1), " ", "", None, None)
    with store.transaction(NOW) as tx:
        with pytest.raises(ZoneFaultsError) as raised:
            keep_link(tx, wrong, by="ueda")
        with pytest.raises(ZoneFaultsError):
            compare_firewall(tx, " ", [], by="ueda")
    assert {fault.field for fault in raised.value.faults} == {"id", "source", "ports", "reason", "valid_until"}

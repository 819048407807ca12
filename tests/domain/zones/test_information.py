"""Classes, movements and links: the strictest counts, two others for the most confidential, drift both ways."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.information import Demand, Handling, InformationClass, Register
from domain.zones.movement import NEEDED, Act, Movement, MovementAct, MovementState, begin_movement, step_movement
from domain.zones.specific_link import Flow, Protocol, SpecificLink, covers, find_drift
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from domain.zones.zone_words import describe_zone_fault
from tests.domain.zones.cases import LGWAN, MYNUM, NOW, TODAY

H, D = Handling, Demand
CITY_1 = InformationClass(
    "juyo-1",
    "city",
    "重要性1",
    "Importance 1",
    1,
    frozenset((MYNUM, LGWAN)),
    ((H.move, D.two_approvals), (H.take_out, D.approval), (H.dispose, D.approval)),
    same_as=frozenset(("3a",)),
)
NATION_3A = InformationClass(
    "3a",
    "r6",
    "自治体機密性3A",
    "Confidentiality 3A",
    1,
    frozenset((MYNUM,)),
    ((H.move, D.approval), (H.dispose, D.free)),
)
OPEN = InformationClass("open", "city", "公開", "Open", 3, frozenset((MYNUM, LGWAN, "inet")), ((H.move, D.free),))
REGISTER = Register((CITY_1, NATION_3A, OPEN))


def test_of_classes_that_are_alike_the_strictest_counts_from_either_side() -> None:
    for class_id in ("juyo-1", "3a"):
        assert REGISTER.demand(class_id, H.move, TODAY, to_tier=MYNUM) is D.two_approvals
        assert REGISTER.demand(class_id, H.move, TODAY, to_tier=LGWAN) is D.forbidden
        assert REGISTER.demand(class_id, H.take_out, TODAY) is D.forbidden
        assert REGISTER.demand(class_id, H.dispose, TODAY) is D.approval


def test_z9_what_is_unknown_or_over_is_forbidden() -> None:
    assert REGISTER.demand("2", H.move, TODAY, to_tier=MYNUM) is D.forbidden
    past = Register((replace(OPEN, valid_until=TODAY - timedelta(days=1)),))
    assert past.demand("open", H.move, TODAY, to_tier=LGWAN) is D.forbidden
    assert REGISTER.demand("open", H.move, TODAY, to_tier="inet") is D.free
    assert REGISTER.demand("open", H.dispose, TODAY) is D.forbidden


MOVEMENT = Movement(
    "m-1",
    H.move,
    "税の一覧",
    "juyo-1",
    D.two_approvals,
    "ishii",
    NOW,
    "照合のため",
    NOW + timedelta(days=3),
    LGWAN,
    MYNUM,
)


def act(of: Movement, kind: MovementAct, by: str, text: str = "", *, hours: int = 1) -> Movement:
    return step_movement(of, Act(kind, by, text), NOW + timedelta(hours=hours))


def refused(of: Movement, kind: MovementAct, by: str, text: str = "", *, hours: int = 1) -> ZoneWhy:
    with pytest.raises(ZoneFaultsError) as error:
        act(of, kind, by, text, hours=hours)
    (fault,) = error.value.faults
    assert all(describe_zone_fault(fault))
    return fault.why


def test_two_others_approve_and_the_record_says_who_when_and_how() -> None:
    asked = begin_movement(MOVEMENT)
    assert refused(asked, MovementAct.approve, "ishii") is ZoneWhy.same_person
    once = act(asked, MovementAct.approve, "aoki")
    assert once.state is MovementState.asked
    assert refused(once, MovementAct.approve, "aoki") is ZoneWhy.same_person
    assert refused(once, MovementAct.carry_out, "ishii", "媒体") is ZoneWhy.moved_on
    twice = act(once, MovementAct.approve, "ueda")
    assert twice.state is MovementState.approved
    assert refused(twice, MovementAct.carry_out, "ishii") is ZoneWhy.no_reason
    done = act(twice, MovementAct.carry_out, "ishii", "暗号化した媒体")
    assert (done.state, done.done_by, done.done_at, done.means) == (
        MovementState.done,
        "ishii",
        NOW + timedelta(hours=1),
        "暗号化した媒体",
    )


def test_what_its_class_leaves_free_needs_nobody_and_what_it_forbids_never_begins() -> None:
    assert begin_movement(replace(MOVEMENT, demand=D.free)).state is MovementState.approved
    for wrong, why in (
        (replace(MOVEMENT, demand=D.forbidden), ZoneWhy.forbidden),
        (replace(MOVEMENT, reason=" "), ZoneWhy.no_reason),
        (replace(MOVEMENT, until_at=NOW), ZoneWhy.over),
    ):
        with pytest.raises(ZoneFaultsError) as error:
            begin_movement(wrong)
        assert [fault.why for fault in error.value.faults] == [why]


def test_it_lapses_with_its_time_and_only_its_own_can_withdraw_it() -> None:
    asked = begin_movement(MOVEMENT)
    assert refused(asked, MovementAct.lapse, "") is ZoneWhy.moved_on
    assert refused(asked, MovementAct.approve, "aoki", hours=72) is ZoneWhy.over
    assert act(asked, MovementAct.lapse, "", hours=72).state is MovementState.lapsed
    assert refused(asked, MovementAct.withdraw, "aoki") is ZoneWhy.not_yours
    assert act(asked, MovementAct.withdraw, "ishii").state is MovementState.withdrawn
    assert refused(asked, MovementAct.refuse, "aoki") is ZoneWhy.no_reason


@given(
    st.sampled_from([D.free, D.approval, D.two_approvals]),
    st.lists(st.tuples(st.sampled_from(MovementAct), st.sampled_from(["ishii", "aoki", "ueda"]), st.integers(1, 80))),
)
def test_nothing_is_ever_done_without_its_approvals(demand: Demand, acts: list[tuple[MovementAct, str, int]]) -> None:
    of = begin_movement(replace(MOVEMENT, demand=demand))
    for kind, by, hours in acts:
        try:
            of = act(of, kind, by, "方法", hours=hours)
        except ZoneFaultsError:
            continue
        if of.state is MovementState.done:
            assert len(set(of.approved_by) - {of.asked_by}) >= NEEDED[demand]


def flow(source: str, destination: str, first: int, last: int | None = None, protocol: Protocol = Protocol.tcp) -> Flow:
    return Flow(source, destination, protocol, first, last or first)


def link(id_: str, of: Flow, **other: object) -> SpecificLink:
    made = SpecificLink(id_, of, "eLTAX", "aoki", TODAY - timedelta(days=30), TODAY + timedelta(days=30))
    return replace(made, **other)  # type: ignore[arg-type]


def test_z10_a_firewall_is_held_against_the_list_both_ways() -> None:
    listed = link("l-1", flow("10.1.0.0/16", "192.0.2.10", 443))
    unused = link("l-2", flow("10.1.0.5", "192.0.2.20", 22))
    past = link("l-3", flow("10.1.0.9", "192.0.2.30", 21), valid_until=TODAY - timedelta(days=1))
    inside, wide = flow("10.1.2.0/24", "192.0.2.10/32", 443), flow("0.0.0.0/0", "192.0.2.10", 443)
    drift = find_drift([listed, unused, past], [inside, wide, past.flow], TODAY)
    assert drift.beside == tuple(sorted((wide, past.flow)))
    assert drift.missing == (unused,)
    assert drift.over == (past,)


@pytest.mark.parametrize(
    ("wide", "narrow", "inside"),
    [
        (flow("10.0.0.0/8", "0.0.0.0/0", 1, 65535), flow("10.1.1.1", "192.0.2.1", 80), True),
        (
            flow("10.0.0.0/8", "0.0.0.0/0", 1, 65535, Protocol.any),
            flow("10.1.1.1", "192.0.2.1", 80, 80, Protocol.udp),
            True,
        ),
        (flow("10.0.0.0/8", "0.0.0.0/0", 1, 65535), flow("10.1.1.1", "192.0.2.1", 80, 80, Protocol.any), False),
        (flow("10.0.0.0/8", "192.0.2.1", 80, 90), flow("10.1.1.1", "192.0.2.1", 85, 91), False),
        (flow("2001:db8::/32", "::/0", 443), flow("2001:db8:1::5", "2001:db8::1", 443), True),
        (flow("0.0.0.0/0", "0.0.0.0/0", 443), flow("2001:db8:1::5", "2001:db8::1", 443), False),
    ],
    ids=str,
)
def test_one_flow_in_another(wide: Flow, narrow: Flow, inside: bool) -> None:
    assert covers(wide, narrow) is inside

"""Who may take a key: whose name counts, which entitlement goes first, and which fault helps most."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keys.custody import Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Borrower, Entitlement, Source, Taker, TakerKind, choose_entitlement, list_claims
from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFault, Why

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HALL = Target(TargetKind.key, "hall")
RULE = DueRule(DueKind.relative, 60)
ISHII = Borrower(
    Holder(HolderKind.person, "s0002"), frozenset(("somu",)), frozenset(("employee",)), frozenset(("r-ishii",))
)
TAKERS = (
    Taker(TakerKind.person, "s0002"),
    Taker(TakerKind.reservee, "r-ishii"),
    Taker(TakerKind.department, "somu"),
    Taker(TakerKind.role, "employee"),
)


def entitle(taker: Taker = TAKERS[0], source: Source = Source.person, **given: object) -> Entitlement:
    facts: dict[str, object] = {"id": "e1", "source_id": "x", "target": HALL, "from_at": NOW, "until_at": NOW + HOUR}
    return Entitlement(taker=taker, source=source, due=RULE, **(facts | given))  # type: ignore[arg-type]


def why(*entitlements: Entitlement, now: datetime = NOW, borrower: Borrower = ISHII) -> Why:
    found = choose_entitlement(entitlements, HALL, borrower, now)
    assert isinstance(found, KeyFault)
    return found.why


@pytest.mark.parametrize("taker", TAKERS)
def test_anybody_whom_it_names_may(taker: Taker) -> None:
    assert choose_entitlement([entitle(taker)], HALL, ISHII, NOW) == entitle(taker)
    stranger = Borrower(Holder(HolderKind.person, "s0009"))
    assert why(entitle(taker), borrower=stranger) is Why.not_permitted


def test_a_reservee_known_by_no_card_may() -> None:
    citizen = Borrower(Holder(HolderKind.reservee, "r-ishii"))
    assert choose_entitlement([entitle(TAKERS[1])], HALL, citizen, NOW) == entitle(TAKERS[1])


def test_the_fault_that_helps_most_is_told() -> None:
    over, early = entitle(until_at=NOW), entitle(from_at=NOW + HOUR, until_at=NOW + 2 * HOUR)
    assert why() is Why.not_permitted
    assert why(over) is Why.entitlement_over
    assert why(over, early) is Why.too_early
    assert why(entitle(ended_at=NOW)) is Why.entitlement_over
    assert why(entitle(target=Target(TargetKind.ring, "hall"))) is Why.not_permitted
    assert why(entitle(source=Source.emergency)) is Why.not_permitted  # of one emergency does not follow another


def test_the_reservation_goes_first() -> None:
    role = entitle(TAKERS[3], Source.role, from_at=NOW - HOUR, until_at=None)
    booked = entitle(TAKERS[1], Source.reservation, id="e2")
    assert choose_entitlement([role, booked], HALL, ISHII, NOW) == booked
    assert choose_entitlement([role, booked], HALL, ISHII, NOW + HOUR) == role


def test_others_who_use_it_meanwhile_have_a_claim() -> None:
    used = {"used_from": NOW + 2 * HOUR, "used_until": NOW + 3 * HOUR}
    other = entitle(Taker(TakerKind.reservee, "r-other"), Source.reservation, **used)
    mine = entitle(TAKERS[1], Source.reservation, **used)
    assert list_claims([other, mine], HALL, ISHII, NOW, NOW + 3 * HOUR) == [other]
    assert list_claims([other], HALL, ISHII, NOW, NOW + 2 * HOUR) == []
    assert list_claims([other], HALL, ISHII, NOW + 3 * HOUR, NOW + 4 * HOUR) == []


@given(st.integers(-3, 3), st.integers(-3, 3), st.one_of(st.none(), st.integers(-3, 3)))
def test_what_is_given_holds_then(begins: int, ends: int, ended: int | None) -> None:
    one = entitle(
        from_at=NOW + begins * HOUR,
        until_at=NOW + ends * HOUR,
        ended_at=None if ended is None else NOW + ended * HOUR,
    )
    found = choose_entitlement([one], HALL, ISHII, NOW)
    assert isinstance(found, Entitlement) == (begins <= 0 < ends and (ended is None or ended > 0))

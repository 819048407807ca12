"""Denials win: whatever a person is given, by whatever way, a denial that reaches them shuts its points and hours."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import Tap, decide
from domain.access.policy import Credential, PolicySnapshot
from domain.access.rights import NO_RIGHTS, Entitlement, Membership, Rights, Subject, SubjectKind, derive_rights
from domain.access.situation import Situation
from domain.ids import PersonId
from domain.verdict import Denied
from tests.domain.access.policies import LEVELS, policies, situations, taps

WHO = PersonId("a")
GROUP = Subject(SubjectKind.group, "relief")
OWN, MIDDLE, TOP = (Subject(SubjectKind.department, name) for name in ("kakari", "ka", "bu"))
PARENTS = {"kakari": "ka", "ka": "bu"}
MEMBER = (Membership(WHO, OWN), Membership(WHO, GROUP))
REACHING = st.sampled_from([Subject(SubjectKind.person, WHO), OWN, MIDDLE, TOP, GROUP])

given_ = st.lists(st.builds(Entitlement, REACHING, st.sampled_from(LEVELS)), max_size=5)
taken = st.lists(st.builds(Entitlement, REACHING, st.sampled_from(LEVELS)), min_size=1, max_size=3)


def with_rights(policy: PolicySnapshot, tap: Tap, rights: Rights) -> PolicySnapshot:
    """Let a valid card of the person's be the one that is tapped."""
    card = Credential(WHO, rights.levels, dated=rights.dated, denied=rights.denied)
    return replace(policy, credentials={**policy.credentials, tap.credential: card})


def derive(grants: list[Entitlement], denials: list[Entitlement], tap: Tap) -> Rights:
    return derive_rights(grants, denials, MEMBER, PARENTS, tap.at).get(WHO, NO_RIGHTS)


@given(policies(), taps(), situations, given_, taken)
def test_no_grant_opens_what_is_denied_to_the_person_a_department_above_or_a_group(
    policy: PolicySnapshot, tap: Tap, situation: Situation, grants: list[Entitlement], denials: list[Entitlement]
) -> None:
    hours = [policy.levels[denial.level].points.get(tap.point) for denial in denials]
    shut = any(schedule is not None and policy.holds(schedule, tap.at) for schedule in hours)
    verdict = decide(with_rights(policy, tap, derive(grants, denials, tap)), tap, situation)
    assert not shut or isinstance(verdict, Denied)
    if not shut:
        assert verdict == decide(with_rights(policy, tap, derive(grants, [], tap)), tap, situation)


@given(policies(), taps(), situations, given_, taken, st.integers(1, 48))
def test_a_denial_takes_nothing_before_its_days_nor_after_them(
    policy: PolicySnapshot,
    tap: Tap,
    situation: Situation,
    grants: list[Entitlement],
    denials: list[Entitlement],
    hours: int,
) -> None:
    apart = timedelta(hours=hours)
    over = [replace(denial, valid_until=tap.at) for denial in denials]
    early = [replace(denial, valid_from=tap.at + apart) for denial in denials]
    plain = decide(with_rights(policy, tap, derive(grants, [], tap)), tap, situation)
    for dated in (over, early):
        assert decide(with_rights(policy, tap, derive(grants, dated, tap)), tap, situation) == plain

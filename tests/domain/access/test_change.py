"""Changes: applying the difference of two policies to the first gives the second, however many are chained."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.change import LayeredCredentials, apply_change, diff_policies
from domain.access.policy import PolicySnapshot
from tests.domain.access.policies import CARDS, STRANGE, policies


@given(policies(1), policies(2))
def test_the_difference_leads_to_the_second(before: PolicySnapshot, after: PolicySnapshot) -> None:
    led = apply_change(before, diff_policies(before, after))
    assert led == replace(after, credentials=led.credentials)
    assert dict(led.credentials) == dict(after.credentials)


@given(st.lists(policies(), min_size=2, max_size=5))
def test_changes_chain(drawn: list[PolicySnapshot]) -> None:
    chain = [replace(policy, version=number) for number, policy in enumerate(drawn, start=1)]
    led = chain[0]
    for before, after in pairwise(chain):
        led = apply_change(led, diff_policies(before, after))
    assert dict(led.credentials) == dict(chain[-1].credentials)
    assert len(led.credentials) == len(chain[-1].credentials)


@given(policies(1))
def test_where_only_cards_differ_nothing_else_is_told(policy: PolicySnapshot) -> None:
    fewer = replace(policy, version=2, credentials=dict(list(policy.credentials.items())[1:]))
    change = diff_policies(policy, fewer)
    assert change.structure is None
    assert len(change.credentials) == min(1, len(policy.credentials))


@given(policies(3), policies(5))
def test_a_change_starts_from_its_own_version_only(before: PolicySnapshot, after: PolicySnapshot) -> None:
    change = diff_policies(before, after)
    with pytest.raises(ValueError, match="from 3 to 5"):
        apply_change(replace(before, version=4), change)
    with pytest.raises(ValueError, match="leads from"):
        apply_change(replace(before, version=5), replace(change, from_version=5))


@given(policies(1))
def test_layers_are_a_mapping(policy: PolicySnapshot) -> None:
    layered = LayeredCredentials(policy.credentials, {CARDS[0]: None})
    expected = {token: held for token, held in policy.credentials.items() if token != CARDS[0]}
    assert dict(layered) == expected
    assert len(layered) == len(expected)
    assert STRANGE not in layered


@given(policies(1), policies(2), policies(3))
def test_over_one_base_the_layers_say_what_differs(
    base: PolicySnapshot, one: PolicySnapshot, other: PolicySnapshot
) -> None:
    before = apply_change(base, diff_policies(base, one))
    after = apply_change(base, diff_policies(base, other))
    flat = diff_policies(
        replace(before, credentials=dict(before.credentials)), replace(after, credentials=dict(after.credentials))
    )
    assert diff_policies(before, after) == flat

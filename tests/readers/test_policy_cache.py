"""The policy on the edge's disk: it is taken whole or by changes, survives a restart, and is confirmed forward only."""

import os
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.change import LayeredCredentials
from domain.access.policy import CredentialStatus, Level, PolicySnapshot
from domain.ids import AccessPointId, CredentialToken, LevelId
from readers import policy_cache
from readers.policy_cache import PolicyCache
from readers.policy_files import PolicyRefusedError
from tests.domain.access.policies import policies
from tests.readers.cases import IN, NOW, name_of, policy
from tests.readers.offered import V3, V4, V5, again, crowded, give, loaded, offer_change, offer_whole, pointer


def test_nothing_is_held_at_first(tmp_path: Path) -> None:
    assert again(tmp_path).load() is None


def test_a_policy_survives_a_restart(cache: PolicyCache, tmp_path: Path) -> None:
    held = again(tmp_path).load()
    assert held is not None
    assert (held.snapshot, held.confirmed_at, held.changes) == (V3, NOW, 0)


def test_a_newer_one_takes_its_place_and_the_old_file_goes(cache: PolicyCache, tmp_path: Path) -> None:
    assert give(cache, offer_whole(V4)).snapshot == V4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-4.offer", "policy.json"]


def test_changes_lead_on_and_survive_a_restart(cache: PolicyCache, tmp_path: Path) -> None:
    assert give(cache, offer_change(V3, V4)).snapshot == V4
    held = give(cache, offer_change(V4, V5))
    assert (held.snapshot, held.changes) == (V5, 2)
    assert {file.name for file in tmp_path.iterdir()} == {
        "policy.json",
        "policy-3.offer",
        "change-3-4.offer",
        "change-4-5.offer",
    }
    assert again(tmp_path).load() == held
    give(cache, offer_whole(policy(6)))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-6.offer", "policy.json"]


@given(st.lists(policies(), min_size=2, max_size=5))
def test_any_changes_lead_where_the_whole_would(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[PolicySnapshot]
) -> None:
    folder = tmp_path_factory.mktemp("policy")
    cache, steps = again(folder), [replace(each, version=number) for number, each in enumerate(drawn, start=1)]
    give(cache, offer_whole(steps[0]))
    for before, after in pairwise(steps):
        give(cache, offer_change(before, after))
        assert cache.held is not None
        assert cache.held.snapshot == after
    assert loaded(folder) == steps[-1]


def test_a_policy_larger_than_its_offer_comes_in_parts(tmp_path: Path) -> None:
    many = crowded(5)
    tokens = {CredentialToken(os.urandom(16).hex()): held for held in many.credentials.values()}
    many = replace(many, credentials=tokens)
    offered = offer_whole(many)
    assert offered[0].parts > 1
    give(again(tmp_path), offered)
    assert loaded(tmp_path) == many


def test_confirmation_moves_forward_only(cache: PolicyCache) -> None:
    later = pointer(3, confirmed_at=NOW + timedelta(seconds=30))
    held = cache.confirm(later)
    assert held is not None
    assert held.confirmed_at == NOW + timedelta(seconds=30)
    assert cache.confirm(later) is None
    assert cache.confirm(pointer(3)) is None
    assert cache.held == held


def test_a_pointer_to_another_version_confirms_nothing(cache: PolicyCache) -> None:
    assert cache.confirm(pointer(4, confirmed_at=NOW + timedelta(hours=1))) is None
    assert cache.held is not None
    assert cache.held.confirmed_at == NOW
    with pytest.raises(PolicyRefusedError, match="older than 4"):
        cache.confirm(pointer(3, confirmed_at=NOW + timedelta(hours=2)))


def test_confirmation_is_written_down_now_and_then(cache: PolicyCache, tmp_path: Path) -> None:
    for seconds, kept in ((30, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=seconds)))
        cache.keep_confirmation()
        held = again(tmp_path).load()
        assert held is not None
        assert held.confirmed_at == NOW + timedelta(seconds=kept)


def test_a_change_before_its_pointer_is_confirmed_by_the_last_one(cache: PolicyCache, tmp_path: Path) -> None:
    cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=20)))
    cache.begin(offer_change(V3, V4)[0])
    held = cache.take()
    assert (held.snapshot, held.confirmed_at) == (V4, NOW + timedelta(seconds=20))
    assert again(tmp_path).load() == held
    assert cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=40))) is None, "a heartbeat on the way"
    confirmed = cache.confirm(pointer(4, confirmed_at=NOW + timedelta(seconds=41)))
    assert confirmed is not None
    cache.keep_confirmation()
    assert again(tmp_path).load() == confirmed


def test_a_step_on_the_way_is_taken_and_confirmed_by_nothing_new(cache: PolicyCache, tmp_path: Path) -> None:
    cache.confirm(pointer(5, confirmed_at=NOW + timedelta(minutes=5)))
    cache.begin(offer_change(V3, V4)[0])
    held = cache.take()
    assert (held.snapshot, held.confirmed_at) == (V4, NOW)
    assert again(tmp_path).load() == held
    cache.begin(offer_change(V4, V5)[0])
    assert cache.take().confirmed_at == NOW + timedelta(minutes=5)


def test_without_any_pointer_nothing_is_taken(tmp_path: Path) -> None:
    opened = again(tmp_path)
    opened.begin(offer_whole(V3)[0])
    with pytest.raises(PolicyRefusedError, match="does not stand by"):
        opened.take()


def test_many_changes_make_it_long(cache: PolicyCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_cache, "CHANGES_MAX", 5)
    for version in range(4, 9):
        assert cache.held is not None
        assert not cache.held.is_long
        give(cache, offer_change(replace(V3, version=version - 1), replace(V3, version=version)))
    assert cache.held is not None
    assert cache.held.is_long
    held = give(cache, offer_whole(replace(V3, version=8)))
    assert not held.is_long
    assert again(tmp_path).load() == held
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-8.offer", "policy.json"]


def test_many_changed_cards_make_it_long(cache: PolicyCache) -> None:
    held = give(cache, offer_change(V3, crowded(4, 6_000)))
    assert held.is_long
    assert isinstance(held.snapshot.credentials, LayeredCredentials)


def test_a_structure_comes_with_a_change(cache: PolicyCache, tmp_path: Path) -> None:
    wider = replace(
        V4, levels={**V4.levels, LevelId("new"): Level(LevelId("new"), {AccessPointId(IN): next(iter(V4.schedules))})}
    )
    assert give(cache, offer_change(V3, wider)).snapshot == wider
    assert loaded(tmp_path) == wider


def test_other_statuses_come_through(cache: PolicyCache) -> None:
    lost = replace(V3.credentials[name_of("anna")], status=CredentialStatus.lost)
    after = replace(V3, version=4, credentials={**V3.credentials, name_of("anna"): lost})
    assert give(cache, offer_change(V3, after)).snapshot.credentials[name_of("anna")] == lost


def test_without_the_whole_changes_come_to_an_end(cache: PolicyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_cache, "VERSIONS_MAX", 2)
    give(cache, offer_change(V3, V4))
    with pytest.raises(PolicyRefusedError, match="the whole is due"):
        give(cache, offer_change(V4, V5))
    assert give(cache, offer_whole(V5)).snapshot == V5

"""The table of a card's life: every state is reached and left, what ended stays so, what was replaced opens nothing."""

import pytest

from domain.access.card_life import GONE_FROM_HOLDER, MOVES, USABLE, Actor, find_move, list_moves
from domain.access.policy import CredentialStatus as Status


def reached(start: Status, actors: set[Actor], *, replaced: bool) -> set[Status]:
    found, edge = {start}, [start]
    while edge:
        here = edge.pop()
        for actor in actors:
            new = {move.after for move in list_moves(here, actor, replaced=replaced)} - found
            found |= new
            edge += new
    return found


def test_each_step_of_the_table_is_one_of_its_kind() -> None:
    assert len({move.name for move in MOVES}) == len(MOVES)
    steps = [(before, move.after, actor) for move in MOVES for before in move.before for actor in move.actors]
    assert len(set(steps)) == len(steps), "two moves lead from one state to the same other"
    assert all(move.after not in move.before for move in MOVES)


def test_every_state_can_be_reached_and_every_card_can_be_ended() -> None:
    assert reached(Status.issued, set(Actor), replaced=False) == set(Status)
    for status in set(Status) - {Status.revoked}:
        assert Status.revoked in reached(status, {Actor.desk}, replaced=False)


def test_the_desk_brings_no_revoked_card_back() -> None:
    assert list_moves(Status.revoked, Actor.desk, replaced=False) == ()
    assert find_move(Status.revoked, Status.active, Actor.hr, replaced=False) is not None


@pytest.mark.parametrize("status", sorted(GONE_FROM_HOLDER | {Status.suspended, Status.issued}))
def test_a_replaced_card_never_opens_again(status: Status) -> None:
    assert not reached(status, set(Actor), replaced=True) & USABLE


def test_a_found_card_is_looked_at_before_it_opens() -> None:
    assert find_move(Status.lost, Status.active, Actor.desk, replaced=False) is None
    found = find_move(Status.lost, Status.suspended, Actor.desk, replaced=False)
    assert found is not None
    assert found.needs_reason


def test_whoever_makes_a_card_good_again_or_ends_it_says_why() -> None:
    for move in MOVES:
        if Actor.desk in move.actors and move.name != "hand_out":
            assert move.needs_reason == (move.after in USABLE or move.name in {"find", "revoke"}), move.name

"""The wall as pure values: what hangs where, how it stands, and what narrows it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.keys.count import KeyCount
from domain.keys.custody import NOBODY_KNOWN, Custody, CustodyState, Holder, HolderKind
from domain.keys.key import OFFICE, Cabinet, CabinetKind, Copy, Key, Place
from gateway.custody.standing import Hanging
from gateway.pages.keys.wall_view import Choice, Look, derive_wall, look_at

NOW = datetime(2025, 11, 20, tzinfo=UTC)
BOX = Cabinet("box", "鍵箱", "Box", 3, "宿直室")
DRAWER = Cabinet("office", "事務室", "Office", 0)
SHELTER = Cabinet("gym", "体育館", "Gym", 1, kind=CabinetKind.shelter_box)
ISHII = Holder(HolderKind.person, "s0002")


def hanging(id_: str, home: Place, *, place: Place | None = None, **custody: object) -> Hanging:
    """A copy that hangs at home unless said otherwise."""
    known = Custody(id_, CustodyState.in_custody, NOW, NOW, place=place or home)
    changed = replace(known, **custody)  # type: ignore[arg-type]
    late = changed.due_at is not None and changed.due_at <= NOW
    key = Key(f"key-{id_}", f"鍵{id_}", id_, "house")
    return Hanging(Copy(id_, key.id, id_.upper(), home=home), key, changed, None, "石井", overdue=late)


def out(id_: str, holder: Holder, due_in: timedelta) -> Hanging:
    """A copy that is out."""
    state = CustodyState.out
    return hanging(id_, Place("box", 1), state=state, holder=holder, due_at=NOW + due_in, loan_id="l")


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("each", "look"),
    [
        (hanging("a", Place("box", 1)), Look.here),
        (hanging("a", Place("box", 1), place=Place("box", 2)), Look.misplaced),
        (hanging("a", Place("box", 1), damaged=True), Look.damaged),
        (hanging("a", Place("box", 1), state=CustodyState.lost), Look.lost),
        (hanging("a", Place("box", 1), state=CustodyState.retired), Look.retired),
        (out("a", ISHII, HOUR), Look.out),
        (out("a", ISHII, -HOUR), Look.overdue),
        (out("a", NOBODY_KNOWN, timedelta(0)), Look.taken),
        (out("a", NOBODY_KNOWN, 72 * HOUR), Look.out),  # from a shelter's box, while the shelter was open
    ],
)
def test_each_copy_has_one_look(each: Hanging, look: Look) -> None:
    assert look_at(each) is look


def test_every_hook_is_drawn_once_with_its_guests() -> None:
    hangings = (
        hanging("a", Place("box", 1), place=Place("box", 3)),
        hanging("b", Place("box", 2)),
        hanging("c", OFFICE),
        hanging("d", Place("gym", 1), place=OFFICE),
    )
    wall = derive_wall(hangings, (SHELTER, DRAWER, BOX), (), Choice(), {}, empty_hooks=True)
    assert [board.cabinet.id for board in wall.boards] == ["box", "office", "gym"]  # everyday boxes first
    box, office, gym = wall.boards
    assert [(each.position, each.look) for each in box.tiles] == [(1, Look.misplaced), (2, Look.here), (3, None)]
    assert [each.copy.id for each in box.tiles[2].guests] == ["a"]
    assert [each.hanging.copy.id for each in office.tiles if each.hanging] == ["c"]
    assert [guest.copy.id for each in office.tiles for guest in each.guests] == ["d"]
    assert (box.here, box.own, gym.here, gym.own) == (2, 2, 0, 1)
    assert wall.looks[Look.misplaced] == 2


def test_without_a_whole_view_free_hooks_are_not_shown() -> None:
    wall = derive_wall((hanging("b", Place("box", 2)),), (BOX, DRAWER), (), Choice(), {}, empty_hooks=False)
    assert [(board.cabinet.id, len(board.tiles)) for board in wall.boards] == [("box", 1)]


def test_words_look_cabinet_and_facility_narrow_it() -> None:
    hangings = (hanging("a", Place("box", 1)), out("b", ISHII, -HOUR), hanging("c", OFFICE, state=CustodyState.retired))
    told = {"key-a": frozenset({"大ホール", "hall-house"}), "key-b": frozenset({"和室"})}

    def found(choice: Choice) -> list[str]:
        wall = derive_wall(hangings, (BOX, DRAWER), (), choice, told, empty_hooks=True)
        assert all(tile.hanging or not choice.narrow for board in wall.boards for tile in board.tiles)
        return [each.copy.id for each, _ in wall.lines]

    assert found(Choice()) == ["b", "a"]  # what is late first, what is retired not at all
    assert found(Choice(words="ホール")) == ["a"]
    assert found(Choice(words="鍵b 石井")) == ["b"]
    assert found(Choice(facility="hall-house")) == ["a"]
    assert found(Choice(look=Look.retired)) == ["c"]
    assert found(Choice(cabinet="office")) == []


def test_a_cabinet_that_is_counted_says_so() -> None:
    count = KeyCount("n1", "box", "desk", NOW)
    wall = derive_wall((hanging("a", Place("box", 1)),), (BOX,), (count,), Choice(), {}, empty_hooks=True)
    assert wall.boards[0].count == count

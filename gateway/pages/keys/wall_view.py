"""The wall: cabinets with their hooks, what hangs on each or who has it, chosen and counted. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.keys.count import KeyCount
from domain.keys.custody import CustodyState, HolderKind
from domain.keys.key import OFFICE_ID, Cabinet, CabinetKind
from gateway.custody.standing import Hanging


class Look(StrEnum):
    """How a copy stands, what is worst first."""

    taken = "taken"  # out without leave, or long enough: nobody knows with whom
    overdue = "overdue"
    lost = "lost"
    damaged = "damaged"
    misplaced = "misplaced"  # here, on another one's hook or in another cabinet
    out = "out"
    here = "here"
    retired = "retired"


@dataclass(frozen=True, slots=True)
class Tile:
    """One hook, or one copy of a cabinet without hooks. ``guests`` hang here and are at home elsewhere."""

    position: int | None
    hanging: Hanging | None
    look: Look | None
    guests: tuple[Hanging, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A cabinet with what is shown of it: how many of its own hang in it, and how many it has."""

    cabinet: Cabinet
    count: KeyCount | None
    tiles: tuple[Tile, ...]
    here: int
    own: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be shown: a cabinet, the keys of a facility, a look, words; empty: all."""

    cabinet: str = ""
    facility: str = ""
    look: Look | None = None
    words: str = ""

    @property
    def narrow(self) -> bool:
        """Whether only some of the copies are looked for, so that empty hooks say nothing."""
        return bool(self.facility or self.look or self.words.strip())


@dataclass(frozen=True, slots=True)
class Wall:
    """What is shown: boards, the same copies as a list, worst first, and how many there are of each look in all."""

    boards: tuple[Board, ...]
    lines: tuple[tuple[Hanging, Look], ...]
    looks: Mapping[Look, int]


def look_at(hanging: Hanging) -> Look:
    """Tell how a copy stands."""
    custody = hanging.custody
    match custody.state:
        case CustodyState.out:
            if not hanging.overdue:
                return Look.out  # also what was taken from a shelter's box: nobody is known, and there is time
            known = custody.holder is not None and custody.holder.kind is not HolderKind.unknown
            return Look.overdue if known else Look.taken
        case CustodyState.lost:
            return Look.lost
        case CustodyState.retired:
            return Look.retired
        case CustodyState.in_custody:
            if hanging.custody.damaged:
                return Look.damaged
            return Look.here if custody.place == hanging.copy.home else Look.misplaced


def derive_wall(
    hangings: Sequence[Hanging],
    cabinets: Iterable[Cabinet],
    counts: Iterable[KeyCount],
    choice: Choice,
    told: Mapping[str, Collection[str]],
    *,
    empty_hooks: bool,
) -> Wall:
    """Put the wall together.

    Args:
        hangings: every copy that the visitor may see.
        cabinets: every cabinet.
        counts: the counts that are open.
        choice: what is asked for.
        told: of each key the words by which it is found, and the ids of its facilities among them.
        empty_hooks: whether free hooks are shown: only somebody who sees every key knows which are free.
    """
    looks = {each.copy.id: look_at(each) for each in hangings}
    tally = {look: sum(found is look for found in looks.values()) for look in Look}
    shown = [each for each in hangings if _is_chosen(each, looks[each.copy.id], choice, told)]
    counting = {each.cabinet_id: each for each in counts}
    boards = [
        _draw(cabinet, counting.get(cabinet.id), shown, looks, empty=empty_hooks and not choice.narrow)
        for cabinet in sorted(cabinets, key=_order)
        if choice.cabinet in ("", cabinet.id)
    ]
    lines = sorted(((each, looks[each.copy.id]) for each in shown), key=_rank)
    return Wall(tuple(each for each in boards if each.tiles), tuple(lines), tally)


def _order(cabinet: Cabinet) -> tuple[bool, bool, str]:
    return cabinet.kind is CabinetKind.shelter_box, cabinet.id == OFFICE_ID, cabinet.name


def _rank(line: tuple[Hanging, Look]) -> tuple[int, str, int]:
    hanging, look = line
    return list(Look).index(look), hanging.key.name, hanging.copy.duplicate


def _is_chosen(each: Hanging, look: Look, choice: Choice, told: Mapping[str, Collection[str]]) -> bool:
    if look is Look.retired and choice.look is not Look.retired:
        return False
    if choice.look is not None and look is not choice.look:
        return False
    known = told.get(each.key.id, ())
    if choice.facility and choice.facility not in known:
        return False
    if choice.cabinet not in (
        "",
        each.copy.home.cabinet_id,
        each.custody.place.cabinet_id if each.custody.place else "",
    ):
        return False
    wanted = choice.words.casefold().split()
    own = (each.key.name, each.key.name_en, each.copy.stamped, each.copy.id, each.holder, *known)
    return all(any(word in text.casefold() for text in own) for word in wanted)


def _draw(
    cabinet: Cabinet, count: KeyCount | None, shown: Iterable[Hanging], looks: Mapping[str, Look], *, empty: bool
) -> Board:
    at_home: dict[int | None, list[Hanging]] = {}
    guests: dict[int | None, list[Hanging]] = {}
    for each in shown:
        home, place = each.copy.home, each.custody.place
        if home.cabinet_id == cabinet.id:
            at_home.setdefault(home.position, []).append(each)
        if place is not None and place != home and place.cabinet_id == cabinet.id:
            guests.setdefault(place.position, []).append(each)
    known = {each for each in (*at_home, *guests) if each is not None}
    hooks = sorted(known | set(range(1, cabinet.positions + 1) if empty else ()))
    tiles = [tile for hook in (*hooks, None) for tile in _hang(hook, at_home, guests, looks)]
    own = [each for each in shown if each.copy.home.cabinet_id == cabinet.id]
    here = sum(each.custody.place is not None and each.custody.place.cabinet_id == cabinet.id for each in own)
    return Board(cabinet, count, tuple(tiles), here, len(own))


def _hang(
    hook: int | None,
    at_home: Mapping[int | None, list[Hanging]],
    guests: Mapping[int | None, list[Hanging]],
    looks: Mapping[str, Look],
) -> list[Tile]:
    own, strangers = at_home.get(hook, []), tuple(guests.get(hook, []))
    tiles = [Tile(hook, each, looks[each.copy.id], strangers if not number else ()) for number, each in enumerate(own)]
    if not own and (hook is not None or strangers):
        tiles.append(Tile(hook, None, None, strangers))
    return tiles

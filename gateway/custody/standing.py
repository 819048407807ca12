"""What stands about keys now: every copy with its key and where it is, in the order in which a desk asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.civil import JST
from domain.keys.count import KeyCount
from domain.keys.custody import Custody, CustodyState, Holder, HolderKind
from domain.keys.due import is_overdue, list_due_soon, list_overdue
from domain.keys.handover_sheet import DUE_WITHIN, HandoverSheet, draw_sheet
from domain.keys.key import Copy, Key
from gateway.custody.holders import name_holders
from store.key_counts import list_open_counts
from store.key_custody import list_custodies, list_custodies_of_holder, list_custodies_of_keys
from store.key_history import HistoryLine, list_history
from store.key_rings import list_rings_of
from store.keys import list_copies, list_copies_of, list_keys
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Hanging:
    """One copy as a desk sees it: its key, its ring if it is on one, where it is, and the name of who has it."""

    copy: Copy
    key: Key
    custody: Custody
    ring_id: str | None
    holder: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at an instant: late, due within a day, out longer, free, lost; and the counts that are open."""

    at: datetime
    overdue: tuple[Hanging, ...]
    due: tuple[Hanging, ...]
    out: tuple[Hanging, ...]
    free: tuple[Hanging, ...]
    lost: tuple[Hanging, ...]
    counts: tuple[KeyCount, ...]


def load_standing(tx: Tx) -> Standing:
    """Give what stands now."""
    custodies = list_custodies(tx)
    hangings = _describe(tx, custodies)
    late = [each.copy_id for each in list_overdue(custodies.values(), tx.now)]
    due = [each.copy_id for each in list_due_soon(custodies.values(), tx.now, DUE_WITHIN)]
    shown = {*late, *due}
    rest = [each for each in hangings.values() if each.copy.id not in shown]
    return Standing(
        tx.now,
        tuple(hangings[id_] for id_ in late),
        tuple(hangings[id_] for id_ in due),
        tuple(each for each in rest if each.custody.state is CustodyState.out),
        tuple(each for each in rest if each.custody.state is CustodyState.in_custody),
        tuple(each for each in rest if each.custody.state is CustodyState.lost),
        tuple(list_open_counts(tx)),
    )


def list_hangings(tx: Tx, key_ids: Collection[str] | None = None) -> tuple[Hanging, ...]:
    """Give every copy of some keys, or of all, by copy."""
    return tuple(_describe(tx, list_custodies(tx) if key_ids is None else list_custodies_of_keys(tx, key_ids)).values())


def list_held(tx: Tx, holder: Holder) -> tuple[Hanging, ...]:
    """Give what somebody has now, by copy."""
    return tuple(_describe(tx, list_custodies_of_holder(tx, holder)).values())


def list_keys_out(tx: Tx, person_id: str) -> list[str]:
    """Write what a person has as a page shows it: the key's name, the stamped number, and when it is due."""
    held = list_held(tx, Holder(HolderKind.person, person_id))
    return [" ".join((each.key.name, each.copy.stamped, _written(each.custody.due_at))).strip() for each in held]


def load_key_history(tx: Tx, key_id: str, *, limit: int) -> list[HistoryLine]:
    """Give what was done about the copies of a key, the newest first."""
    copies = list_copies_of(tx, [key_id])
    return list_history(tx, copies, limit=limit) if copies else []


def load_sheet(tx: Tx) -> HandoverSheet:
    """Give the duty officers' sheet of now."""
    return draw_sheet(list_custodies(tx).values(), list_open_counts(tx), tx.now)


def _written(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(JST):%Y-%m-%d %H:%M}"


def _describe(tx: Tx, custodies: dict[str, Custody]) -> dict[str, Hanging]:
    copies = list_copies(tx, custodies)
    keys = list_keys(tx, {each.key_id for each in copies.values()})
    rings = list_rings_of(tx, custodies)
    names = name_holders(tx, {each.holder for each in custodies.values() if each.holder is not None})
    return {
        id_: Hanging(
            copies[id_],
            keys[copies[id_].key_id],
            each,
            rings.get(id_),
            names.get(each.holder, "") if each.holder else "",
            overdue=is_overdue(each, tx.now),
        )
        for id_, each in custodies.items()
    }

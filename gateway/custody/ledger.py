"""The one way into the ledger: a deed and everything that it moves, in one transaction, or nothing.

Copies are held against others first (``store.key_custody`` with ``lock``, in the order of their ids, so that two never
wait for each other), then judged, then written. Nothing is written before everything is judged.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from domain.ids import is_id
from domain.keys.custody import Custody, CustodyState, Deed, KeyAct
from domain.keys.key import OFFICE, Place
from domain.keys.key_fault import KeyFaultError, Why, refuse
from domain.keys.step_custody import step_custody
from gateway.custody.holders import with_names
from gateway.custody.loan_letters import withdraw_loan_letters
from gateway.custody.loan_messages import settle_former, settle_news
from store.alarms import restore_alarms
from store.key_custody import KeyDeed, Move, insert_deed, list_custodies, load_deed, save_moves
from store.keys import list_copies
from store.outbox import Notice, insert_notices
from store.tx import Tx

ID_LENGTH_MAX = 48
"""Characters of a form's id; ids that follow from one deed (a case, an emergency) are longer and still ids."""

WORDS_LENGTH_MAX = 200


KEY_LOST = "key_lost"
KEY_REMOVED = "key_removed"
KEY_ON_WRONG_HOOK = "key_on_wrong_hook"
KEY_LEDGER_DIFFERS = "key_ledger_differs"
"""Alarms about a copy; they are right again by themselves when it is where it belongs."""

_LEAVE_A_HOOK = frozenset((KeyAct.issue, KeyAct.give_back, KeyAct.found, KeyAct.correct))


class CustodyRaceError(Exception):
    """A copy moved although it was held: the transaction must be rolled back, and nothing of it stands."""


def demand_form_id(deed_id: str) -> None:
    """Check the id that a form made for a deed.

    Raises:
        KeyFaultError: it is none.
    """
    if not 0 < len(deed_id) <= ID_LENGTH_MAX or not is_id(deed_id):
        raise refuse("id", Why.malformed, expected="a-z 0-9 - _")


def demand_words(**texts: str) -> None:
    """Check that what people typed is no longer than the ledger takes.

    Raises:
        KeyFaultError: it names every field that is too long.
    """
    if long := [name for name, text in texts.items() if len(text) > WORDS_LENGTH_MAX]:
        raise KeyFaultError(*(refuse(name, Why.too_long, most_characters=WORDS_LENGTH_MAX).faults[0] for name in long))


def hold_copies(tx: Tx, copy_ids: Iterable[str]) -> dict[str, Custody]:
    """Give where copies are, held against others until the commit.

    Raises:
        KeyFaultError: one is not registered, or none is named.
    """
    wanted = set(copy_ids)
    held = list_custodies(tx, wanted, lock=True)
    if not wanted or wanted - held.keys():
        raise refuse("copy", Why.unknown)
    return held


def find_repeat(tx: Tx, deed_id: str, deed: Deed) -> KeyDeed | None:
    """Give the deed of this id if it was done before: the same form sent twice is one deed.

    Call it after the copies are held, so that of two at once the second one sees the first.

    Raises:
        KeyFaultError: the id stands for another deed.
    """
    standing = load_deed(tx, deed_id)
    if standing is None:
        return None
    if (standing.deed.act, standing.deed.done_by) != (deed.act, deed.done_by):
        raise refuse("id", Why.taken)
    return standing


def do_deed(
    tx: Tx,
    done: KeyDeed,
    custodies: Iterable[Custody],
    *,
    places: Mapping[str, Place] | None = None,
) -> Sequence[Move]:
    """Do a deed about copies that are held; done before, it gives an empty sequence and changes nothing.

    Args:
        tx: the transaction.
        done: the deed; where its own place is None each copy goes to ``places`` or home.
        custodies: the copies, held.
        places: where each copy was hung, by id; those left out go home.

    Raises:
        KeyFaultError: the deed cannot be done about one of them; nothing was written.
    """
    if find_repeat(tx, done.id, done.deed) is not None:
        return ()
    before = sorted(custodies, key=lambda each: each.copy_id)
    homes = {each.id: each.home for each in list_copies(tx, [each.copy_id for each in before]).values()}
    hung = homes | dict(places or {})
    try:
        moves = [
            Move(each, step_custody(each, done.deed, done.done_at, home=hung.get(each.copy_id, OFFICE)))
            for each in before
        ]
    except KeyFaultError as error:
        raise with_names(tx, error) from error
    write_moves(tx, done, moves)
    return moves


def write_moves(tx: Tx, done: KeyDeed, moves: Sequence[Move]) -> None:
    """Append a judged deed with its moves, and tell the pages.

    Raises:
        CustodyRaceError: a copy was not held after all.
    """
    if not insert_deed(tx, done) or not save_moves(tx, done.id, moves):
        raise CustodyRaceError(done.id)
    _restore(tx, done.deed.act, moves)
    over = [each.before for each in moves if each.before is not None and _is_over(each)]
    settle_news(tx, over)
    former = [each.before for each in moves if each.before is not None and _is_passed_on(each)]
    settle_former(tx, former)
    withdraw_loan_letters(tx, [*over, *former])
    told = json.dumps({"deed": done.id})
    insert_notices(tx, [Notice(f"key.{done.deed.act.value}", move.after.copy_id, told) for move in moves])


def _is_over(move: Move) -> bool:
    """Tell whether a copy was out by a loan or until a time that no longer holds."""
    before, after = move.before, move.after
    return before is not None and (before.loan_id, before.due_at) != (after.loan_id, after.due_at)


def _is_passed_on(move: Move) -> bool:
    """Tell whether a copy is out by the same loan in other hands."""
    before, after = move.before, move.after
    return before is not None and before.loan_id == after.loan_id is not None and before.holder != after.holder


def _restore(tx: Tx, act: KeyAct, moves: Sequence[Move]) -> None:
    """Let alarms about copies be right again that are where they belong by this."""
    here = [each.after.copy_id for each in moves if each.after.state is CustodyState.in_custody]
    restored = [(kind, id_) for kind in (KEY_LOST, KEY_REMOVED) for id_ in here]
    settled = (each.after.copy_id for each in moves if act in _LEAVE_A_HOOK)
    restored += [(kind, id_) for id_ in settled for kind in (KEY_ON_WRONG_HOOK, KEY_LEDGER_DIFFERS)]
    restore_alarms(tx, restored)

"""The case of a lost key, step by step: cylinders changed, copies made, old ones retired, closed; or dismissed."""

from dataclasses import dataclass

from domain.keys.custody import CustodyState, KeyAct
from domain.keys.key_fault import Why, refuse
from domain.keys.rekey import RekeyAct, step_rekey
from gateway.custody.exposure import open_case
from gateway.custody.ledger import demand_form_id, demand_words, hold_copies
from gateway.custody.retirement import Retirement, retire_left
from store.keys import list_copies, list_copies_of
from store.rekey_cases import RekeyCase, RekeyStep, insert_rekey_step, load_case, save_case_state
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What is done about a case. ``retired`` are the copies that open nothing any more, of the case's own list."""

    case_id: str
    act: RekeyAct
    by: str
    note: str = ""
    retired: frozenset[str] = frozenset()


def open_rekey(tx: Tx, case_id: str, copy_id: str, *, by: str, reason: str) -> RekeyCase:
    """Open the case of a lost copy whose former case is over; sent twice it is one case.

    Raises:
        KeyFaultError: the copy is not lost or unknown, a case is open about it, or there is no reason.
    """
    demand_form_id(case_id)
    demand_words(reason=reason)
    held = hold_copies(tx, [copy_id])
    standing = load_case(tx, case_id)
    if standing is not None:
        if (standing.copy_id, standing.opened_by) == (copy_id, by):
            return standing
        raise refuse("id", Why.taken)
    if held[copy_id].state is not CustodyState.lost:
        raise refuse("copy", Why.not_lost)
    if not reason.strip():
        raise refuse("reason", Why.no_reason)
    if not open_case(tx, case_id, list_copies(tx, [copy_id])[copy_id], by=by, reason=reason.strip()):
        raise refuse("case", Why.taken)
    return _load(tx, case_id)


def advance_rekey(tx: Tx, step: CaseStep) -> RekeyCase:
    """Take a case one step further.

    Raises:
        KeyFaultError: the step does not follow, old copies are out or none of the case's, or a dismissal says no
            reason; nothing was changed.
    """
    demand_words(reason=step.note)
    case = _load(tx, step.case_id)
    after = step_rekey(case.state, step.act, reason=step.note)
    if step.act is RekeyAct.retire_old:
        _retire_old(tx, case, step)
    save_case_state(tx, case.id, after)
    insert_rekey_step(tx, RekeyStep(case.id, step.act, step.by, tx.now, step.note.strip()))
    return _load(tx, case.id)


def close_rekey(tx: Tx, case_id: str, *, by: str, note: str = "") -> RekeyCase:
    """End a case whose old copies are retired.

    Raises:
        KeyFaultError: it is not at its last step.
    """
    return advance_rekey(tx, CaseStep(case_id, RekeyAct.close, by, note))


def _retire_old(tx: Tx, case: RekeyCase, step: CaseStep) -> None:
    """Retire what opens nothing any more: at least every old copy of the lost one's key."""
    lost = list_copies(tx, [case.copy_id])[case.copy_id]
    same_key = {id_ for id_ in list_copies_of(tx, [lost.key_id]) if id_ in case.exposure.copies}
    wanted = step.retired | same_key
    if wanted - set(case.exposure.copies):
        raise refuse("copy", Why.unknown)
    asked = Retirement(f"rekey-{case.id}", step.by, step.note)
    retire_left(tx, hold_copies(tx, wanted), asked, field="copy", act=KeyAct.rekey)


def _load(tx: Tx, case_id: str) -> RekeyCase:
    case = load_case(tx, case_id, lock=True)
    if case is None:
        raise refuse("case", Why.unknown)
    return case

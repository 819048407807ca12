"""Loans of an emergency that wait to be looked over, as pages show them: apart from all others, until it is done."""

from dataclasses import dataclass

from gateway.custody.holders import name_holders
from store.directory import name_accounts
from store.key_custody import list_custodies
from store.key_emergencies import EmergencyLoan, list_emergencies
from store.keys import list_copies, list_keys
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """One loan with the names of those concerned; ``key_id`` is of a key that the visitor sees."""

    loan: EmergencyLoan
    key_id: str
    name: str
    name_en: str
    stamped: tuple[str, ...]
    holder: str
    by: str
    second: str
    is_out: bool


def view_emergencies(tx: Tx, seen: frozenset[str] | None) -> tuple[EmergencyView, ...]:
    """Give what waits, the oldest first; ``seen`` are the keys of which the visitor sees loans (None: all)."""
    loans = [each for each in list_emergencies(tx) if seen is None or each.key_ids & seen]
    if not loans:
        return ()
    copies = list_copies(tx, {copy_id for each in loans for copy_id in each.copy_ids})
    custodies = list_custodies(tx, copies)
    keys = list_keys(tx, {each.key_id for each in copies.values()})
    holders = name_holders(tx, {each.holder for each in loans if each.holder is not None})
    logins = name_accounts(tx, {login for each in loans for login in (each.lent_by, each.second_by)})
    views = []
    for loan in loans:
        key = keys[min(loan.key_ids if seen is None else loan.key_ids & seen)]
        views.append(
            EmergencyView(
                loan,
                key.id,
                key.name,
                key.name_en,
                tuple(copies[each].stamped for each in loan.copy_ids),
                holders[loan.holder] if loan.holder is not None else "",
                logins.get(loan.lent_by, loan.lent_by),
                logins.get(loan.second_by, loan.second_by),
                any(custodies[each].loan_id == loan.loan_id for each in loan.copy_ids),
            )
        )
    return tuple(views)

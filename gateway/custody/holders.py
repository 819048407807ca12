"""Who borrows a key: everything that an entitlement may name of them today, and the names that people read."""

from collections.abc import Collection
from dataclasses import replace

from domain.civil import civil_minute
from domain.keys.custody import Holder, HolderKind
from domain.keys.entitlement import Borrower
from domain.keys.key_fault import KeyFaultError, Why, refuse
from store.accounts import load_account
from store.directory import list_names
from store.key_borrowers import list_reservee_names, list_reservees_of
from store.people import Person, list_departments, load_person
from store.posts import list_posts
from store.staffing import list_open_accounts
from store.tx import Tx


def load_borrower(tx: Tx, holder: Holder) -> Borrower:
    """Give who wants a key, with departments (those above too), roles and reservees of today.

    Raises:
        KeyFaultError: there is no such person or reservee, or the person is here no more.
    """
    if holder.kind is HolderKind.reservee:
        if not list_reservee_names(tx, [holder.id]):
            raise refuse("borrower", Why.unknown)
        return Borrower(holder, reservees=frozenset((holder.id,)))
    person = load_person(tx, holder.id) if holder.kind is HolderKind.person else None
    if person is None:
        raise refuse("borrower", Why.unknown)
    today = civil_minute(tx.now)[0]
    if person.left_on is not None and person.left_on < today:
        raise refuse("borrower", Why.not_permitted)
    return Borrower(
        holder,
        _list_departments(tx, person),
        frozenset(role for login in list_open_accounts(tx, person.id) for role in _list_roles(tx, login)),
        frozenset(list_reservees_of(tx, person.id)),
    )


def name_holders(tx: Tx, holders: Collection[Holder]) -> dict[Holder, str]:
    """Give the names of holders as a page shows them; an unknown one is said so in both languages."""
    of_kind = {kind: [each.id for each in holders if each.kind is kind] for kind in HolderKind}
    names = {HolderKind.person: list_names(tx, of_kind[HolderKind.person])}
    names[HolderKind.reservee] = list_reservee_names(tx, of_kind[HolderKind.reservee])
    return {each: names.get(each.kind, {}).get(each.id) or each.id or "不明 / unknown" for each in holders}


def with_names(tx: Tx, error: KeyFaultError) -> KeyFaultError:
    """Give the same faults with the names of holders in place of their ids."""
    holders = {value for fault in error.faults for value in fault.values.values() if isinstance(value, Holder)}
    names = name_holders(tx, holders)
    return KeyFaultError(
        *(
            replace(
                fault,
                values={
                    name: names[value] if isinstance(value, Holder) else value for name, value in fault.values.items()
                },
            )
            for fault in error.faults
        )
    )


def _list_departments(tx: Tx, person: Person) -> frozenset[str]:
    today = civil_minute(tx.now)[0]
    posts = (each for each in list_posts(tx, person.id) if (each.from_on or today) <= today)
    current = {each.department_id for each in posts if each.until_on is None or each.until_on >= today}
    above = {each.id: each.parent_id for each in list_departments(tx)}
    found, fresh = set[str](), current | {person.department_id}
    while fresh:
        found |= fresh
        fresh = {parent for each in fresh if (parent := above.get(each)) is not None} - found
    return frozenset(found)


def _list_roles(tx: Tx, login: str) -> tuple[str, ...]:
    account = load_account(tx, login)
    return account.roles if account else ()

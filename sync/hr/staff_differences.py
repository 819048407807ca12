"""A staff file's changes field by field, as they are shown; cards by what is printed on them."""

from dataclasses import fields

from store.people import Department, Person
from sync.hr.changes import Master, StaffChanges
from sync.hr.differences import Difference, Differences


def tell_staff(changes: StaffChanges, master: Master) -> Differences:
    """Give the differences of a staff file; departments stand among them as ``department:id``."""
    told: list[Difference] = []
    for before, after in changes.changed:
        told += _fields(after.id, before, after)
    for each in changes.departments:
        if standing := master.departments.get(each.id):
            told += _fields(f"department:{each.id}", standing, each)
    new = {who.id for who in changes.added}
    told += [Difference(card.person_id, "card", "", card.label) for card in changes.cards if card.person_id not in new]
    revoked = [master.cards[token] for token in changes.revoked]
    told += [Difference(card.person_id, "card", card.label, "") for card in revoked]
    told += [
        Difference(who, "levels", " ".join(sorted(master.levels.get(who, ()))), " ".join(sorted(levels)))
        for who, levels in sorted(changes.levels.items())
        if who not in new
    ]
    touched = {each.key for each in told if each.key in master.persons} | {who.id for who in changes.left}
    return Differences(
        added=(
            *(f"department:{each.id}" for each in changes.departments if each.id not in master.departments),
            *(who.id for who in changes.added),
        ),
        changed=tuple(told),
        left=tuple(who.id for who in changes.left),
        unchanged=max(0, changes.employed_before - len(touched)),
        extra_percent=max(changes.left_percent, changes.revoked_percent),
    )


def _fields(key: str, before: Person | Department, after: Person | Department) -> list[Difference]:
    pairs = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(after))
    return [Difference(key, name, _text(old), _text(new)) for name, old, new in pairs if old != new]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)

"""What a staff file would change: seen first, applied second, by the same values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from store.people import Card, Department, Person
from sync.hr.csv_text import CsvError, RowError
from sync.hr.staff_csv import StaffFile

KEPT_WITHOUT_COLUMN = ("employment", "manager", "joined_on", "left_on")
_FIELDS = {"manager": "is_manager"}


@dataclass(frozen=True, slots=True)
class Master:
    """What stands in the database now: ``persons`` are the staff alone, ``others`` the ids of everybody else."""

    departments: Mapping[str, Department]
    persons: Mapping[str, Person]
    cards: Mapping[str, Card]
    levels: Mapping[str, frozenset[str]]
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StaffChanges:
    """The differences; everything not named stays as it is.

    ``left`` are persons whom the file no longer names, with their last day. ``revoked`` are tokens of cards that a
    newly given card replaces.
    """

    departments: tuple[Department, ...]
    added: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]  # before and after
    left: tuple[Person, ...]
    cards: tuple[Card, ...]
    revoked: tuple[str, ...]
    levels: Mapping[str, frozenset[str]]
    employed_before: int
    active_cards_before: int

    @property
    def left_percent(self) -> int:
        """Give how much of the staff the file takes away, in percent, rounded up."""
        return _percent(len(self.left), self.employed_before)

    @property
    def revoked_percent(self) -> int:
        """Give how many of the active cards the file replaces, in percent, rounded up."""
        return _percent(len(self.revoked), self.active_cards_before)

    @property
    def is_empty(self) -> bool:
        """Tell whether the file changes nothing."""
        return not (
            self.departments or self.added or self.changed or self.left or self.cards or self.revoked or self.levels
        )


def derive_changes(file: StaffFile, master: Master, on: date) -> StaffChanges:
    """Hold a file against what stands; a member of staff whom it no longer names leaves on ``on``.

    Raises:
        CsvError: lines name people or cards of people who are no staff: HR's file does not speak of those.
    """
    _demand_staff_alone(file, master)
    added: list[Person] = []
    changed: list[tuple[Person, Person]] = []
    cards: list[Card] = []
    revoked: list[str] = []
    levels: dict[str, frozenset[str]] = {}
    held = _tokens_by_person(master.cards.values())
    for line in file.lines:
        before = master.persons.get(line.person.id)
        after = line.person if before is None else _keep(line.person, before, file.columns)
        if before is None:
            added.append(after)
        elif before != after:
            changed.append((before, after))
        if line.card_token is not None:
            card = Card(line.card_token, after.id, line.card_label or "-")
            standing = master.cards.get(card.token)
            if standing is None or (
                standing.source == "hr"
                and (standing.person_id, standing.label, standing.status) != (card.person_id, card.label, card.status)
            ):
                cards.append(card)
            revoked += [token for token in held.get(after.id, ()) if token != card.token]
        if line.levels is not None and line.levels != master.levels.get(after.id, frozenset()):
            levels[after.id] = line.levels
    named = {line.person.id for line in file.lines}
    employed = [who for who in master.persons.values() if who.left_on is None or who.left_on >= on]
    gone = [replace(who, left_on=on) for who in employed if who.id not in named and who.left_on is None]
    return StaffChanges(
        departments=_departments(file, master),
        added=tuple(added),
        changed=tuple(changed),
        left=tuple(gone),
        cards=tuple(cards),
        revoked=tuple(sorted(set(revoked) - {card.token for card in cards})),
        levels=levels,
        employed_before=len(employed),
        active_cards_before=sum(
            card.status == "active" and card.person_id in master.persons for card in master.cards.values()
        ),
    )


def _demand_staff_alone(file: StaffFile, master: Master) -> None:
    errors: list[RowError] = []
    for line in file.lines:
        if line.person.id in master.others:
            wrong = (
                "職員ではない人（委託先・来訪者など）の番号です。別の番号にしてください / of somebody who is no staff"
            )
            errors.append(RowError(line.number, "職員番号", f"{wrong}: expected another number"))
        card = master.cards.get(line.card_token) if line.card_token else None
        if card is not None and card.status == "active" and card.person_id in master.others:
            wrong = (
                "職員ではない人が使っているカードです。先に返却を受けてください / a card of somebody who is no staff"
            )
            errors.append(RowError(line.number, "カード番号", f"{wrong}: take it back first"))
    if errors:
        raise CsvError(tuple(errors))


def _keep(new: Person, old: Person, columns: frozenset[str]) -> Person:
    missing = [_FIELDS.get(name, name) for name in KEPT_WITHOUT_COLUMN if name not in columns]
    return replace(new, **{name: getattr(old, name) for name in missing})


def _departments(file: StaffFile, master: Master) -> tuple[Department, ...]:
    found = []
    for each in file.departments:
        before = master.departments.get(each.id)
        after = each
        if before is not None:  # the file does not say what lies above what
            head_id = each.head_id if "head" in file.columns else before.head_id
            after = replace(each, head_id=head_id, parent_id=before.parent_id)
        if before != after:
            found.append(after)
    return tuple(found)


def _tokens_by_person(cards: Iterable[Card]) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for card in cards:
        if card.status == "active" and card.source == "hr":  # what the desk gave or changed is the desk's
            held.setdefault(card.person_id, []).append(card.token)
    return held


def _percent(part: int, whole: int) -> int:
    return -(-100 * part // whole) if whole else 0

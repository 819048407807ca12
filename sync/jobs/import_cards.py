"""HR's file of cards in: what it would change, told by what is printed on them, and the change itself."""

from dataclasses import replace

from domain.access.rights import PersonKind
from store.people import Card, list_cards, list_persons, save_card_status, upsert_cards
from store.tx import Tx
from sync.hr.cards_csv import CardLine, read_cards
from sync.hr.csv_text import CsvError, RowError
from sync.hr.differences import Difference, Differences
from sync.hr.plan import Plan, Reading


def plan_cards(tx: Tx, reading: Reading) -> Plan:
    """Hold a file of cards against those that stand.

    Who is given a card by the file keeps HR's cards that it names and loses HR's others; whom it does not name keeps
    everything. What the desk gave or decided is the desk's.

    Raises:
        CsvError: anything in the file is wrong, or a card is in use by somebody who is no staff.
    """
    staff = {each.id for each in list_persons(tx) if each.kind == PersonKind.staff}
    lines = read_cards(reading.lines, reading.columns, reading.site_key, staff)
    cards = list_cards(tx)
    standing = {card.token: card for card in cards}
    _demand_staff_cards(lines, standing, staff)
    named = {line.card.token for line in lines}
    given = [line.card for line in lines if _is_new(line.card, standing.get(line.card.token))]
    receiving = {line.card.person_id for line in lines}
    active = [card for card in cards if card.source == "hr" and card.status == "active"]
    ended = [card for card in active if card.person_id in receiving and card.token not in named]
    differences = _tell(given, ended, standing, active)

    def write(tx: Tx) -> None:
        save_card_status(tx, [card.token for card in ended], "revoked")
        upsert_cards(tx, given)

    return Plan(differences, write)


def _is_new(card: Card, before: Card | None) -> bool:
    if before is None:
        return True
    as_said = replace(before, person_id=card.person_id, label=card.label, status=card.status)
    return before.source == "hr" and before != as_said


def _tell(given: list[Card], ended: list[Card], standing: dict[str, Card], active: list[Card]) -> Differences:
    changed = []
    for card in given:
        before = standing.get(card.token)
        if before is not None:
            fields = ("person_id", "label", "status")
            pairs = ((name, getattr(before, name), getattr(card, name)) for name in fields)
            changed += [Difference(_name(before), name, old, new) for name, old, new in pairs if old != new]
    touched = {each.token for each in (*given, *ended)}
    return Differences(
        added=tuple(_name(card) for card in given if card.token not in standing),
        changed=tuple(changed),
        left=tuple(_name(card) for card in ended),
        unchanged=sum(card.token not in touched for card in active),
    )


def _name(card: Card) -> str:
    return f"{card.person_id}/{card.label}"


def _demand_staff_cards(lines: tuple[CardLine, ...], standing: dict[str, Card], staff: set[str]) -> None:
    wrong = "職員ではない人が使っているカードです。先に返却を受けてください / a card of somebody who is no staff"
    errors = [
        RowError(line.number, "カード番号", f"{wrong}: take it back first")
        for line in lines
        if (card := standing.get(line.card.token)) and card.status == "active" and card.person_id not in staff
    ]
    if errors:
        raise CsvError(tuple(errors))

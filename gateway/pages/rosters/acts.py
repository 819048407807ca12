"""Acts on several people's rosters at once: all or none, with the faults of every person told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.attendance.roster_fault import RefusedRosterError, RosterFault, describe
from gateway.pages.words import Language


@dataclass(frozen=True, slots=True)
class ToldFault:
    """A fault in the language of the page, with the person and the day that it is about."""

    person_id: str
    person: str
    on: date | None
    text: str


class PeopleRefusedError(Exception):
    """An act on several people is refused whole; ``faults`` are everything that is wrong, by person."""

    def __init__(self, faults: Mapping[str, tuple[RosterFault, ...]]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def act_on_all(acts: Mapping[str, Callable[[], object]]) -> None:
    """Do each person's act in the transaction that is open.

    Raises:
        PeopleRefusedError: at least one was refused; the transaction is to be left.
    """
    faults: dict[str, tuple[RosterFault, ...]] = {}
    for person_id, act in acts.items():
        try:
            act()
        except RefusedRosterError as error:
            faults[person_id] = error.faults
    if faults:
        raise PeopleRefusedError(faults)


def tell_refused(error: PeopleRefusedError, names: Mapping[str, str], language: Language) -> list[ToldFault]:
    """Give the faults in the language of the page."""
    return [
        ToldFault(person_id, names[person_id], fault.on, tell_fault(fault, language))
        for person_id, faults in error.faults.items()
        for fault in faults
    ]


def tell_fault(fault: RosterFault, language: Language) -> str:
    """Give a fault's words in one language."""
    japanese, english = describe(fault)
    return japanese if language is Language.ja else english


def tell_by_field(faults: Sequence[RosterFault], language: Language) -> dict[str, list[str]]:
    """Give a form's faults by field; what a pattern's days do wrong stands at its codes."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        text = tell_fault(fault, language)
        told = f"{fault.on.isoformat()}: {text}" if fault.on else text
        found.setdefault("codes" if fault.field == "shift" else fault.field, []).append(told)
    return found

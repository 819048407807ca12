"""What a visitor asks of the event log: the form read with the people it may mean and what this visitor may know."""

from dataclasses import dataclass, replace

from gateway.pages.access.rights import Right
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.event_filter import EventForm, read_search
from gateway.pages.records.event_view import DURESS
from store.directory import DirectoryLine, load_directory_line, search_people
from store.event_log import EventSearch
from store.tx import Tx

FOUND_MAX = 20
"""People offered where the words could mean several."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the store is asked, whom it is about, whom else the words could mean, and by field what is wrong."""

    search: EventSearch
    person: DirectoryLine | None
    several: tuple[DirectoryLine, ...]
    faults: dict[str, str]

    @property
    def is_clear(self) -> bool:
        """Tell whether it can be asked."""
        return not self.faults and not self.several

    @property
    def person_id(self) -> str | None:
        """The person it is about."""
        return self.person.person_id if self.person else None


def read_question(tx: Tx, visit: Visit, form: EventForm) -> Question:
    """Read the form as far as this visitor may ask."""
    found = find_people(tx, form.who) if form.who and visit.may(Right.names_at_doors) else ()
    person = found[0] if len(found) == 1 else None
    search, faults = read_search(form, visit.pages.context.site, person.person_id if person else None)
    if form.who and not visit.may(Right.names_at_doors):
        faults["who"] = "not_yours"
    elif form.who and not found:
        faults["who"] = "nobody"
    if not visit.may(Right.duress):
        search = replace(search, hidden=(DURESS,))
    return Question(search, person, found if len(found) > 1 else (), faults)


def find_people(tx: Tx, who: str) -> tuple[DirectoryLine, ...]:
    """Give the person of that id, or those whom the words could mean."""
    exactly = load_directory_line(tx, who)
    return (exactly,) if exactly else tuple(search_people(tx, who, limit=FOUND_MAX))

"""What single fields of a facility's definition must hold: ids, names, counts, weekdays."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from unicodedata import category

from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.ids import is_id

NAME_LENGTH_MAX = 80
REASON_LENGTH_MAX = 200

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing, half characters, and ends of lines."""


def check_id(thing: Thing, id_: str) -> Iterator[FacilityFault]:
    """Yield a fault where an id is none."""
    if not is_id(id_):
        yield FacilityFault(thing, id_, "id", Flaw.bad_id)


def check_names(thing: Thing, id_: str, name: str, name_en: str) -> Iterator[FacilityFault]:
    """Yield faults of both names."""
    yield from check_text(thing, id_, "name", name, NAME_LENGTH_MAX)
    yield from check_text(thing, id_, "name_en", name_en, NAME_LENGTH_MAX)


def check_text(thing: Thing, id_: str, field: str, text: str, most: int) -> Iterator[FacilityFault]:
    """Yield a fault where a text is empty, too long, not one line, or has blanks around it."""
    if not 1 <= len(text) <= most or text != text.strip() or any(category(sign) in _UNSEEN for sign in text):
        yield FacilityFault(thing, id_, field, Flaw.bad_text, {"most": most})


def check_count(thing: Thing, id_: str, field: str, count: int, limits: tuple[int, int]) -> Iterator[FacilityFault]:
    """Yield a fault where a number is less than the least or more than the most."""
    least, most = limits
    if not least <= count <= most:
        yield FacilityFault(thing, id_, field, Flaw.out_of_range, {"least": least, "most": most})


def check_weekdays(thing: Thing, id_: str, weekdays: AbstractSet[int]) -> Iterator[FacilityFault]:
    """Yield a fault where no weekday is named, or what is none."""
    if not weekdays or not weekdays <= set(range(7)):
        yield FacilityFault(thing, id_, "weekdays", Flaw.no_weekday)

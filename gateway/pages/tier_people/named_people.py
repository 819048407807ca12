"""People as they are typed into a form: a name or a staff number in each line."""

from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy, refuse_zone
from store.directory import find_person
from store.tx import Tx

TEXT_MAX = 8000
FAULTS_MAX = 5
"""So many lines that mean nobody are named."""


def read_people(tx: Tx, text: str, *, most: int) -> list[str]:
    """Give who is meant, by id and each once.

    Raises:
        ZoneFaultsError: nobody, or more than ``most``; or a line means nobody, or several people (``person_id``).
    """
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not 1 <= len(lines) <= most:
        raise refuse_zone("person_id", ZoneWhy.malformed, expected=f"1–{most} 人 people")
    found = {line: find_person(tx, line) for line in lines}
    unknown = [line[:80] for line, person_id in found.items() if person_id is None][:FAULTS_MAX]
    if unknown:
        raise ZoneFaultsError(
            tuple(ZoneFault("person_id", ZoneWhy.unknown_person, {"found": line}) for line in unknown)
        )
    return list(dict.fromkeys(each for each in found.values() if each is not None))

"""That a scenario names only what it defines, and tells its events in order."""

from collections.abc import Collection, Iterator
from itertools import chain

from sekisho.access_cases import EventField, RuleField, ScenarioFile
from sekisho.case_files import CaseFileError, FieldPath, field_path

Named = tuple[FieldPath, str, str]
"""Where a name stands, the name, and the section that has to define it."""


def require_sense(scenario: ScenarioFile, where: FieldPath = ()) -> None:
    """Check what no single field can say.

    Raises:
        CaseFileError: a name is not defined, or an event lies before the one above it; ``where`` goes before the path.
    """
    for path, name, section in chain(
        _names_of_places(scenario), _names_of_rights(scenario), _names_of_events(scenario)
    ):
        if name not in getattr(scenario, section):
            expected = _list_some(getattr(scenario, section))
            text = f"{name!r} は {section} にありません / not defined in {section}; expected {expected}"
            raise CaseFileError(field_path((*where, *path)), text)
    latest = None
    for index, event in enumerate(scenario.events):
        if latest is not None and event.at.axis < latest:
            text = "時刻の順に並べてください / expected events in order of time"
            raise CaseFileError(field_path((*where, "events", index, "at")), text)
        latest = event.at.axis


def _list_some(names: Collection[str]) -> str:
    shown = ", ".join(list(names)[:12]) + (" …" if len(names) > 12 else "")
    return f"one of: {shown}" if shown else "it to be defined there"


def _names_of_places(scenario: ScenarioFile) -> Iterator[Named]:
    for point, described in scenario.access_points.items():
        yield ("access_points", point, "door"), described.door, "doors"
        yield ("access_points", point, "from"), described.area_from, "areas"
        yield ("access_points", point, "to"), described.area_to, "areas"
    for schedule, held in scenario.schedules.items():
        for index, table in enumerate(held.excepted):
            yield ("schedules", schedule, "except", index), table, "special_days"


def _names_of_rights(scenario: ScenarioFile) -> Iterator[Named]:
    for level, rules in scenario.levels.items():
        for index, rule in enumerate(rules):
            yield from _names_of_rule(("levels", level, index), rule)
    for person, known in scenario.persons.items():
        for index, level in enumerate(known.levels):
            yield ("persons", person, "levels", index), level, "levels"
    for credential, card in scenario.credentials.items():
        yield ("credentials", credential, "person"), card.person, "persons"
    for index, denial in enumerate(scenario.denials):
        if denial.person is not None:
            yield ("denials", index, "person"), denial.person, "persons"
        if denial.level is not None:
            yield ("denials", index, "level"), denial.level, "levels"
        yield from _names_of_rule(("denials", index), denial)


def _names_of_rule(where: FieldPath, rule: RuleField) -> Iterator[Named]:
    for index, point in enumerate(rule.points):
        yield (*where, "points", index), point, "access_points"
    if rule.schedule is not None:
        yield (*where, "schedule"), rule.schedule, "schedules"


def _names_of_events(scenario: ScenarioFile) -> Iterator[Named]:
    for index, event in enumerate(scenario.events):
        if event.point is not None:
            yield ("events", index, "point"), event.point, "access_points"
        yield from _names_of_change(("events", index, "set"), event)


def _names_of_change(where: FieldPath, event: EventField) -> Iterator[Named]:
    if event.change is not None:
        for door in event.change.doors:
            yield (*where, "doors", door), door, "doors"
        for credential in event.change.credentials:
            yield (*where, "credentials", credential), credential, "credentials"

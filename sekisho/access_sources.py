"""From which field of its file a refusal follows: what a person would have to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.access.policy import CredentialStatus
from domain.access.scenario import Scenario, list_open_rivals
from domain.ids import AccessPointId, CredentialToken, DoorId, LevelId
from domain.verdict import Reason
from sekisho.access_cases import ScenarioFile
from sekisho.access_policy import list_denials
from sekisho.case_files import FieldPath


@dataclass(frozen=True, slots=True)
class Asked:
    """A tap, the file it stands in, and what was so before it."""

    file: ScenarioFile
    before: Scenario
    credential: str
    point: str
    at: datetime


def name_source(asked: Asked, reason: Reason) -> FieldPath:
    """Give the path of the field from which the refusal follows."""
    file, point = asked.file, asked.point
    area, door = file.access_points[point].area_to, file.access_points[point].door
    fixed: Mapping[Reason, FieldPath] = {
        Reason.unknown_credential: ("credentials",),
        Reason.threat_level: ("threat_level",),
        Reason.assurance_too_low: ("access_points", point, "minimum_assurance"),
        Reason.interlock: ("doors", next(iter(list_open_rivals(asked.before, DoorId(door))), door), "interlock"),
        Reason.passback: ("areas", area, "antipassback"),
        Reason.occupancy_max: ("areas", area, "occupancy", "max"),
        Reason.two_person_waiting: ("areas", area, "two_person"),
    }
    if reason in fixed:
        return fixed[reason]
    if reason is Reason.no_access_rights:
        return _missing_right(asked)
    if reason is Reason.out_of_schedule:
        return _closed_rule(asked)
    return _state_of_card(asked)


def _missing_right(asked: Asked) -> FieldPath:
    policy, person = asked.before.policy, asked.file.credentials[asked.credential].person
    for index in list_denials(asked.file, person):
        schedule = policy.levels[LevelId(f"d{index}")].points.get(AccessPointId(asked.point))
        if schedule is not None and policy.holds(schedule, asked.at):
            return ("denials", index)
    return ("persons", person, "levels")


def _closed_rule(asked: Asked) -> FieldPath:
    file = asked.file
    person = file.credentials[asked.credential].person
    return next(
        ("levels", level, index, "schedule")
        for level in file.persons[person].levels
        for index, rule in enumerate(file.levels[level])
        if asked.point in rule.points
    )


def _state_of_card(asked: Asked) -> FieldPath:
    card = asked.file.credentials[asked.credential]
    known = asked.before.policy.credentials[CredentialToken(asked.credential)]
    if known.status is not CredentialStatus.active:
        return ("credentials", asked.credential, "status")
    begins, ends = card.valid_from, card.valid_until
    if (begins is not None and asked.at < begins) or (ends is not None and asked.at >= ends):
        return ("credentials", asked.credential, "valid")
    return ("persons", card.person, "valid")

"""The answer of ``sekisho access evaluate``: each tap of a scenario decided in turn, with what decided it."""

from typing import Any

from domain.access.policy import CredentialStatus
from domain.access.scenario import Scenario, present_card, tell_door, tell_status, tell_threat
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, CredentialToken, DoorId
from domain.verdict import Denied, Verdict
from sekisho.access_cases import ChangeField, ScenarioFile, instant_of
from sekisho.access_policy import Prepared, prepare_scenario
from sekisho.access_sources import Asked, name_source
from sekisho.case_files import field_path


def answer_events(file: ScenarioFile) -> list[dict[str, Any]]:
    """Give one answer for each event with a card, in the file's order."""
    prepared = prepare_scenario(file)
    scenario, told = prepared.scenario, []
    for event in file.events:
        if event.change is not None:
            scenario = _change(scenario, event.change)
        elif event.point is not None and event.credential is not None:
            asked = Asked(file, scenario, event.credential, event.point, instant_of(event.at))
            scenario, verdict = present_card(
                scenario,
                CredentialToken(event.credential),
                AccessPointId(event.point),
                asked.at,
                assurance=_assurance(file, event.credential),
                taken=event.taken,
            )
            told.append(_tell(verdict, prepared, asked))
    return told


def _assurance(file: ScenarioFile, credential: str) -> int:
    return file.credentials[credential].assurance if credential in file.credentials else 0


def _change(scenario: Scenario, change: ChangeField) -> Scenario:
    if change.threat_level is not None:
        scenario = tell_threat(scenario, ThreatLevel(change.threat_level))
    for door, state in change.doors.items():
        scenario = tell_door(scenario, DoorId(door), is_open=state == "open")
    for credential, said in change.credentials.items():
        scenario = tell_status(scenario, CredentialToken(credential), CredentialStatus(said.status))
    return scenario


def _tell(verdict: Verdict, prepared: Prepared, asked: Asked) -> dict[str, Any]:
    if isinstance(verdict, Denied):
        rule = field_path(name_source(asked, verdict.reason))
        return {"granted": False, "reason": verdict.reason.value, "rule": rule, "soft": []}
    soft = [reason.value for reason in verdict.soft]
    return {"granted": True, "reason": "granted", "rule": prepared.rules[verdict.rule], "soft": soft}

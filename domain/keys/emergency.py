"""Why a key goes out without anybody being entitled to it: the causes, as words that the ledger keeps."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class EmergencyCause(StrEnum):
    """What leaves no time for an entitlement; what happened is said beside it."""

    fire = "fire"
    water = "water"
    person = "person"  # somebody is ill, hurt or locked in
    intrusion = "intrusion"
    equipment = "equipment"
    other = "other"


CAUSES: Mapping[EmergencyCause, tuple[str, str]] = MappingProxyType(
    {
        EmergencyCause.fire: ("火災・火災報知", "fire, or its alarm"),
        EmergencyCause.water: ("漏水・浸水", "a leak, or flooding"),
        EmergencyCause.person: ("急病・けが・閉じ込め", "somebody ill, hurt or locked in"),
        EmergencyCause.intrusion: ("侵入・盗難の疑い", "a break-in or theft suspected"),
        EmergencyCause.equipment: ("設備の故障", "equipment that failed"),
        EmergencyCause.other: ("そのほか", "something else"),
    }
)
"""Each cause in Japanese and English."""


def write_cause(cause: EmergencyCause, told: str) -> str:
    """Give the reason of an emergency's deed: the cause in Japanese and what happened."""
    return f"{CAUSES[cause][0]}: {told.strip()}"

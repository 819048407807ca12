"""What a rule answers: granted or denied, and why, in words that are stored and never reused."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a tap was refused; listed in order of precedence: when several hold, the first one is given.

    BACnet access-event codes (ISO 16484-5) stand beside the words that have one.
    """

    policy_stale = "policy_stale"
    unknown_credential = "unknown_credential"  # 129
    stolen = "stolen"  # 144
    lost = "lost"  # 143
    revoked = "revoked"  # 153
    suspended = "suspended"  # 153
    damaged = "damaged"  # 145
    returned = "returned"  # 153
    not_yet_active = "not_yet_active"  # 151
    expired = "expired"  # 152
    code_used = "code_used"  # 156
    lockout = "lockout"  # 154
    threat_level = "threat_level"  # 137
    door_blocked = "door_blocked"
    no_access_rights = "no_access_rights"  # 133
    out_of_schedule = "out_of_schedule"  # 136
    assurance_too_low = "assurance_too_low"  # 162
    pin_required = "pin_required"  # 163
    pin_wrong = "pin_wrong"  # 163
    interlock = "interlock"
    passback = "passback"  # 138
    occupancy_max = "occupancy_max"  # 142
    two_person_waiting = "two_person_waiting"  # 159
    escort_missing = "escort_missing"  # 160


@dataclass(frozen=True, slots=True)
class Granted:
    """The door may move. ``rule`` names the level and schedule; ``soft`` lists violations that only warn."""

    rule: str
    soft: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """The door stays. ``rule`` names what refused where one did, else it is empty."""

    reason: Reason
    rule: str = ""


Verdict = Granted | Denied

"""The network tiers of the demo's city: the rules that hold, who is cleared and trained, and the desks' terminals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contract.tier_rule_file import read_rule_toml
from demo.population import Member
from domain.civil import civil_minute
from domain.zones.decide_tier import Waiver
from domain.zones.rule import approve_rules
from domain.zones.training import Attendance, Training
from gateway.site.layout import FIRMWARE_CONFIGS
from store.rule_waivers import insert_waiver
from store.terminals import KeptTerminal, save_terminals
from store.tier_clearances import Clearance, insert_clearance
from store.tier_rules import Activation, activate_rule_set, insert_rule_set
from store.trainings import save_attendances, save_drill_failures, save_trainings
from store.tx import Tx

OFFICER, SECOND = "joho", "joho2"
"""Who proposes, and who approves."""

TRAININGS = (
    Training("security", "情報セキュリティ研修", "Information security", 12),
    Training("personal-data", "個人情報保護研修", "Protection of personal data", 24),
)
CLEARED = {
    "mynumber": ("shimin", "zeimu", "fukushi"),
    "lgwan": ("somu", "shimin", "zeimu", "fukushi", "joho", "shisetsu"),
}
"""Tiers and the departments whose people are cleared for them."""

AT_DESKS = (("lgwan", "shimin"), ("lgwan", "zeimu"), ("internet", "somu"), ("internet", "joho"), ("mynumber", "zeimu"))
"""For each of these tiers two people of the department have a terminal of their own."""

_LAPSED, _FELL = 9, 15
"""Whose training is over, and who fell for the last phishing drill, by number."""


_AT_NIGHT = ("internet", "lgwan")
"""Tiers that people may use for a day at any hour, so that a visitor at night sees them come and go."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A terminal on somebody's desk: its certificate's name, its network address, and whose it is."""

    id: str
    name: str
    tier_id: str
    station: str
    member: Member


def list_desks(members: Sequence[Member]) -> tuple[Desk, ...]:
    """Give the terminals, the same at every start."""
    found: list[Desk] = []
    for tier_id, department in AT_DESKS:
        staff = [each for each in members if each.department == department and not each.is_manager]
        for member in staff[2:4] if tier_id == "mynumber" else staff[:2]:
            number = len(found) + 1
            station = f"02-00-00-00-00-{number:02x}"
            found.append(Desk(f"pc-{number:03}", f"{member.name}の端末", tier_id, station, member))
    return tuple(found)


def open_tiers(tx: Tx, members: Sequence[Member]) -> None:
    """Let the tiers be used: rules approved by two, clearances, trainings and terminals."""
    today = civil_minute(tx.now)[0]
    before = Tx(tx.connection, tx.now - timedelta(days=90))
    rules, note = read_rule_toml((FIRMWARE_CONFIGS / "tiers" / "rules.toml").read_bytes(), by=OFFICER)
    set_hash = insert_rule_set(before, rules, by=OFFICER, note=note)
    activate_rule_set(before, approve_rules(rules, SECOND), Activation(set_hash, before.now, OFFICER, SECOND))
    save_trainings(before, TRAININGS)
    attended = [
        Attendance(each.id, training.id, today - timedelta(days=(400 if number == _LAPSED else 30 + 5 * number)))
        for number, each in enumerate(members)
        for training in TRAININGS
    ]
    save_attendances(before, attended, by=OFFICER)
    save_drill_failures(before, [members[_FELL].id], today - timedelta(days=20), by=OFFICER)
    for tier_id, departments in CLEARED.items():
        for each in members:
            if each.department in departments:
                insert_clearance(before, _clear(before, each, tier_id))
    desks = list_desks(members)
    save_terminals(before, [_issue(before, each) for each in desks])
    for desk in desks:
        if desk.tier_id in _AT_NIGHT:
            insert_waiver(tx, _waive(tx, desk))


def _clear(tx: Tx, member: Member, tier_id: str) -> Clearance:
    today = civil_minute(tx.now)[0]
    return Clearance(
        f"demo-{tier_id}-{member.id}",
        member.id,
        tier_id,
        today,
        today + timedelta(days=455),
        "担当する事務に必要なため",
        OFFICER,
        SECOND,
        tx.now,
        department_id=member.department,
    )


def _waive(tx: Tx, desk: Desk) -> Waiver:
    until_at = tx.now + timedelta(hours=24)
    codes, reason = frozenset({"hours"}), "システム更新の立会い"
    return Waiver(f"demo-{desk.id}", desk.member.id, desk.tier_id, codes, tx.now, until_at, reason, OFFICER, SECOND)


def _issue(tx: Tx, desk: Desk) -> KeptTerminal:
    return KeptTerminal(
        desk.id,
        desk.name,
        desk.tier_id,
        "desk",
        tx.now,
        certificate_from=tx.now,
        certificate_until=tx.now + timedelta(days=730),
        kept_by=desk.member.id,
    )

"""People with trainings and clearances, and terminals, for the pages about them."""

from dataclasses import replace
from datetime import date, timedelta

from domain.zones.training import Attendance, Training
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.roles import Role
from gateway.operations.zones.give_clearance import WishedClearance, propose_clearance
from store.terminals import EndedFor, KeptTerminal, end_terminal, save_terminals
from store.tier_clearances import Clearance, end_clearance, insert_clearance
from store.trainings import save_attendances, save_drill_failures, save_made_good, save_trainings
from tests.pages.city import PASSWORD_HASH, City

SECURITY = Training("security", "情報セキュリティ研修", "Security", 12)
PRIVACY = Training("privacy", "特定個人情報研修", "Privacy", 12)
TODAY = date(2025, 11, 20)
PENDING = "0123456789abcdef"


def qualify(city: City) -> None:
    """Two trainings of which the tiers ask, who took them, clearances in every state, a register of terminals."""
    asked = {"mynumber": ("security", "privacy"), "lgwan": ("security",)}
    tiers = tuple(each.model_copy(update={"trainings": asked.get(each.id, ())}) for each in city.context.site.tiers)
    city.context.site = city.context.site.model_copy(update={"tiers": tiers})
    with city.store.transaction(city.clock()) as tx:
        create_account(tx, "anzen", password_hash=PASSWORD_HASH, roles=[Role.security])
        save_trainings(tx, [SECURITY, PRIVACY])
        days = (("s0001", 40), ("s0002", 350), ("s0003", 400), ("s0004", 100))
        took = [Attendance(who, "security", TODAY - timedelta(days=ago)) for who, ago in days]
        save_attendances(tx, [*took, Attendance("s0001", "privacy", TODAY, passed=False)], by="jinji")
        save_drill_failures(tx, ["s0002", "s0003"], date(2025, 10, 1), by="jinji")
        save_made_good(tx, "s0003", date(2025, 10, 20))
        given = Clearance(
            "c-1", "s0002", "lgwan", date(2025, 4, 1), None, "財務会計", "security", "anzen", tx.now,
            department_id="somu",
        )  # fmt: skip
        insert_clearance(tx, given)
        insert_clearance(tx, replace(given, id="c-2", person_id="s0003", valid_until=TODAY + timedelta(days=9)))
        insert_clearance(tx, replace(given, id="c-3", person_id="s0004", tier_id="mynumber", department_id="joho"))
        end_clearance(tx, "c-3", by="", reason="moved")
        wish = WishedClearance(PENDING, "s0005", "mynumber", TODAY, date(2026, 3, 31), "住民記録の保守")
        propose_clearance(tx, wish, tiers={"mynumber"}, by="anzen")
        own = replace(wish, id="fedcba9876543210", person_id="s0001")
        propose_clearance(tx, own, tiers={"mynumber"}, by="security")
        desk = KeptTerminal("pc-001", "総務の端末", "lgwan", "pc", tx.now, kept_by="s0002", seat_point_id="staff_in")
        until = tx.now + timedelta(days=20)
        certified = {"certificate_from": tx.now, "certificate_until": until}
        save_terminals(
            tx,
            [
                replace(desk, **certified),
                replace(desk, id="pc-002", name="窓口の端末", kept_by="", seat_point_id=None),
                KeptTerminal("prn-1", "複合機", "lgwan", "printer", tx.now, mac="00005e005301"),
                KeptTerminal("pc-003", "古い端末", "mynumber", "pc", tx.now),
            ],
        )
        end_terminal(tx, "pc-003", ended_for=EndedFor.lost, by="security")

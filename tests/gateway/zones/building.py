"""A town hall for the tests of situations: an office, a hall, a seat with a reader, two tiers, and who works there."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contract.tier_decision import Written
from domain.zones.facts import Factor
from domain.zones.rule import RuleSet
from domain.zones.tier import Method
from domain.zones.training import Attendance, Training
from gateway.settings import AttendanceSettings
from gateway.site.description import Site, load_site
from gateway.site.places import AccessPointDescription
from gateway.site.tiers import TierDescription, TierPlaceDescription
from gateway.zones.question import Question
from gateway.zones.situations import Situations
from gateway.zones.tier_desk import TierDesk
from store.last_seen import save_seen
from store.people import Department, Person, upsert_departments, upsert_persons
from store.presence import Presence, save_presences
from store.terminals import KeptTerminal, save_terminals
from store.tier_clearances import Clearance, insert_clearance
from store.trainings import save_attendances, save_trainings
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, MYNUM, RULES

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday, 10:00 in Japan."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECURITY = Training("security", "情報セキュリティ研修", "Security", 12)
PROFILES = AttendanceSettings().read_profiles().rules

DEMO = load_site(Path(__file__).parents[3] / "firmware_configs/sites/demo/site.yaml")
SEAT = AccessPointDescription(id="seat_1", name="席", name_en="Seat", door="seat", area_from="hall", area_to="office")


def tier(id_: str, vlan: int, *areas: str, **other: object) -> TierDescription:
    told = {"id": id_, "name": id_, "name_en": id_, "vlan": vlan, "trainings": ("security",)}
    places = tuple(TierPlaceDescription(area=each) for each in areas)
    return TierDescription.model_validate(told | {"places": places, "hours": "office_hours"} | other)


SITE = DEMO.model_copy(
    update={
        "access_points": (*DEMO.access_points, SEAT),
        "tiers": (
            tier(MYNUM, 10, "office"),
            tier(LGWAN, 20, "office", "hall", quarantine_vlan=99, methods=(Method.eap_tls, Method.agent)),
        ),
    }
)

TERMINALS = (
    KeptTerminal("t-1", "s1の端末", LGWAN, "desk", NOW - DAY, None, None, NOW - DAY, NOW + 99 * DAY, kept_by="s1"),
    KeptTerminal(
        "t-2", "共用端末", MYNUM, "desk", NOW - DAY, None, None, NOW - DAY, NOW + 99 * DAY, kept_by="税務課",
        seat_point_id="seat_1",
    ),
    KeptTerminal("t-3", "来客端末", LGWAN, "desk", NOW - DAY, None, None, NOW - DAY, NOW + 99 * DAY, kept_by=""),
    KeptTerminal("p-1", "複合機", LGWAN, "printer", NOW - DAY, mac="020000000001"),
)  # fmt: skip


def furnish(tx: Tx) -> None:
    """Three of the staff, all cleared and trained, and the terminals."""
    upsert_departments(tx, [Department("tax", "税務課"), Department("it", "情報政策課")])
    upsert_persons(tx, [Person(each, each, "", "tax", joined_on=date(2020, 4, 1)) for each in ("s1", "s2", "s3")])
    save_terminals(tx, TERMINALS)
    save_trainings(tx, [SECURITY])
    save_attendances(tx, [Attendance(each, "security", date(2026, 4, 1)) for each in ("s1", "s2", "s3")], by="j")
    for person_id in ("s1", "s2", "s3"):
        for tier_id in (MYNUM, LGWAN):
            clear(tx, person_id, tier_id, given_at=NOW - 30 * DAY)


def clear(tx: Tx, person_id: str, tier_id: str, *, given_at: datetime, department_id: str = "tax") -> None:
    on = date(2026, 10, 1)
    row = Clearance(f"c-{person_id}-{tier_id}", person_id, tier_id, on, None, "税務", "a", "b", given_at)
    insert_clearance(tx, replace(row, department_id=department_id))


@dataclass
class Building:
    """The situations over one store, asked as a switch would."""

    store: Store
    site: Site = SITE
    rules: RuleSet = RULES
    situations: Situations = field(init=False)
    desk: TierDesk = field(init=False)

    def __post_init__(self) -> None:
        self.situations = Situations(lambda: self.site, PROFILES)
        self.desk = TierDesk(lambda: self.site.tier_plan, self.situations)
        self.desk.hold_rules(self.rules)
        with self.store.transaction(NOW - DAY) as tx:
            furnish(tx)

    def renew(self, now: datetime = NOW, *person_ids: str) -> None:
        with self.store.reading(now) as tx:
            self.situations.renew(tx, person_ids or None)

    def see(self, person_id: str, point: str, at: datetime = NOW - MINUTE, *, heard_at: datetime | None = None) -> None:
        """Somebody goes through an access point."""
        area = next(each.area_to for each in self.site.access_points if each.id == point)
        here = Presence(person_id, area, point, at)
        with self.store.transaction(heard_at or at) as tx:
            save_presences(tx, [here])
            save_seen(tx, [here])

    def ask(
        self, terminal_id: str = "t-1", *, person_id: str = "", now: datetime = NOW, factor: Factor = Factor.none
    ) -> Written:
        """Decide by what is known."""
        return self.desk.decide(
            Question("switch", Method.eap_tls, terminal_id=terminal_id, person_id=person_id, factor=factor), now
        )

    def failed(self, terminal_id: str = "t-1", *, person_id: str = "", now: datetime = NOW) -> tuple[str, ...]:
        """Give the codes that fail, after everything was read again."""
        self.renew(now)
        return self.ask(terminal_id, person_id=person_id, now=now).decision.failed

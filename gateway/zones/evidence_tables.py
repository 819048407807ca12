"""The tables of a pack of evidence: what a city's tiers are, who was cleared and trained, who came in, what was let.

Each table is a header and its rows; a header names its column in Japanese and as the field is called.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from domain.civil import JST
from domain.zones.decide_tier import Waiver
from domain.zones.information import InformationClass
from domain.zones.movement import Movement
from domain.zones.tier import TierPlan
from domain.zones.tier_session import PortSession
from domain.zones.training import assess_training
from gateway.pages.records.area_reach import list_ways_in, list_ways_out
from gateway.site.description import Site
from gateway.zones.evidence_labels import LABELS
from store.access_reports import list_entries
from store.information_classes import list_class_versions
from store.movements import list_movements
from store.people import list_departments, load_persons
from store.session_search import SessionSearch, list_steps_of, stream_sessions
from store.specific_links import list_link_versions
from store.terminals import KeptTerminal, list_terminals
from store.tier_clearances import Clearance
from store.tier_proposals import Proposal, list_proposals
from store.tier_records import list_clearances_between, list_waivers_between, stream_badges
from store.tier_rules import Activation, list_activations
from store.trainings import list_attendances, list_trainings
from store.tx import Tx

EVERYTHING = 1_000_000
"""Lists that a page bounds are whole here."""


class Table(NamedTuple):
    """A file of the pack: its name without ending, its header and its rows, which are read while it is written."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


class Stretch(NamedTuple):
    """The time of a pack: from an instant until before another."""

    since: datetime
    until: datetime


def list_tables(tx: Tx, site: Site, of: Stretch) -> Iterator[Table]:
    """Yield every table of a pack."""
    plan = site.tier_plan
    clearances = list_clearances_between(tx, *of)
    yield from (_matrix(site, plan), _classes(tx, plan), _records("terminals", KeptTerminal, list_terminals(tx)))
    yield _records("rule_activations", Activation, list_activations(tx))
    yield _records("clearances", Clearance, clearances)
    yield _trainings(tx, plan, clearances, of)
    yield _records("waivers", Waiver, list_waivers_between(tx, *of))
    proposals = [each for each in list_proposals(tx, limit=EVERYTHING) if of.since <= each.asked_at < of.until]
    yield _records("proposals", Proposal, proposals)
    yield _entries(tx, site, plan, of)
    yield _badges(tx, site, plan, of)
    yield from _sessions(tx, of)
    movements = [each.kept for each in list_movements(tx, limit=EVERYTHING) if each.kept.asked_at < of.until]
    yield _records("movements", Movement, [each for each in movements if (each.done_at or of.until) >= of.since])
    yield _links(tx)


def _matrix(site: Site, plan: TierPlan) -> Table:
    """Tiers by the areas from which they may be used, with what each asks for."""
    areas = {each.id: each.name for each in site.areas}
    hours = {str(each.id): each.hours for each in site.tiers}
    places = {each.id: [str(place.area_id) for place in plan.places if place.tier_id == each.id] for each in plan.tiers}
    rows = [
        (
            tier.id, tier.name, tier.name_en, area_id, areas.get(area_id, ""), tier.vlan, tier.quarantine_vlan,
            hours.get(tier.id, ""), sorted(tier.methods), tier.presence_minutes, tier.factor_minutes,
            sorted(tier.trainings), tier.failure.silence, tier.failure.age_minutes_max, tier.valid_from,
            tier.valid_until,
        )
        for tier in plan.tiers
        for area_id in places[tier.id] or [""]
    ]  # fmt: skip
    header = _head(
        "tier_id", "name", "name_en", "area_id", "area", "vlan", "quarantine_vlan", "hours", "methods",
        "presence_minutes", "factor_minutes", "trainings", "silence", "age_minutes_max", "valid_from", "valid_until",
    )  # fmt: skip
    return Table("tiers", header, (_write_row(row) for row in rows))


def _classes(tx: Tx, plan: TierPlan) -> Table:
    """Classes of information by the tiers in which they may lie."""
    tiers = list(dict.fromkeys(str(each.id) for each in plan.tiers))
    rows = (
        (*_values(each.kept), each.standing.state, *("○" if id_ in each.kept.tiers else "×" for id_ in tiers))
        for each in list_class_versions(tx)
    )
    header = [*_head(*_names(InformationClass), "state"), *tiers]
    return Table("information_classes", header, (_write_row(row) for row in rows))


def _trainings(tx: Tx, plan: TierPlan, clearances: Iterable[Clearance], of: Stretch) -> Table:
    """Of everybody who was cleared for a tier each training that it asks for: the last day, and until when."""
    members = sorted({(each.tier_id, each.person_id) for each in clearances})
    people = load_persons(tx, {person_id for _, person_id in members})
    departments = {each.id: each.name for each in list_departments(tx)}
    attended = list_attendances(tx, list(people))
    asked = {str(each.id): each.trainings for each in plan.tiers}
    at = min(of.until, tx.now)

    def list_rows() -> Iterator[Sequence[object]]:
        for tier_id, person_id in members:
            person = people.get(person_id)
            for training in list_trainings(tx):
                if training.id not in asked.get(tier_id, frozenset()):
                    continue
                mine = attended.get(person_id, [])
                standing = assess_training([training], mine, at)
                days = [each.on for each in mine if each.training_id == training.id and each.passed]
                yield (
                    tier_id, person_id, person.name if person else "",
                    departments.get(person.department_id, "") if person else "", training.id, training.name,
                    max(days, default=None), standing.ends_at, not standing.missing,
                )  # fmt: skip

    header = _head(
        "tier_id", "person_id", "name", "department", "training_id", "training", "passed_on", "ends_at", "counts"
    )
    return Table("training_of_members", header, (_write_row(row) for row in list_rows()))


def _entries(tx: Tx, site: Site, plan: TierPlan, of: Stretch) -> Table:
    """Who came into each area from which a tier may be used, day by day."""
    areas = sorted({str(each.area_id) for each in plan.places})

    def list_rows() -> Iterator[Sequence[object]]:
        for area_id in areas:
            lines = list_entries(
                tx,
                into=list_ways_in(site, area_id),
                out_of=list_ways_out(site, area_id),
                since=of.since,
                until=of.until,
                limit=EVERYTHING,
            )
            yield from ((area_id, *each) for each in lines)

    header = _head("area_id", "person_id", "name", "department", "entered", "left", "refused", "first_at", "last_at")
    return Table("entries", header, (_write_row(row) for row in list_rows()))


def _badges(tx: Tx, site: Site, plan: TierPlan, of: Stretch) -> Table:
    """Every card at the doors of those areas, in the columns that badge connectors of others take."""
    areas = {each.area_id for each in plan.places}
    points = {each for area in areas for each in (*list_ways_in(site, area), *list_ways_out(site, area))}
    rows = (
        (each.person_id, each.access_point_id, each.at.isoformat(), "Success" if each.granted else "Failed")
        for each in stream_badges(tx, points, *of)
    )
    return Table("badging", ("UserId", "AssetId", "EventTime", "AccessStatus"), rows)


def _sessions(tx: Tx, of: Stretch) -> Iterator[Table]:
    asked = SessionSearch(*of)
    rows = (_write_row(_values(each)) for some in stream_sessions(tx, asked) for each in some)
    yield Table("sessions", _head(*_names(PortSession)), rows)
    steps = (
        _write_row((id_, each.at, each.act, each.state, each.tries, each.error_cause, each.reason))
        for some in stream_sessions(tx, asked)
        for id_, mine in sorted(list_steps_of(tx, [session.id for session in some]).items())
        for each in mine
    )
    yield Table("session_steps", _head("session_id", "at", "act", "state", "tries", "error_cause", "reason"), steps)


def _links(tx: Tx) -> Table:
    """特定通信: every version of each allowed connection."""
    header = _head(
        "link_id", "source", "destination", "protocol", "first_port", "last_port", "reason", "approved_by",
        "valid_from", "valid_until", "state",
    )  # fmt: skip
    rows = (
        (
            each.kept.id, *_values(each.kept.flow), each.kept.reason, each.kept.approved_by, each.kept.valid_from,
            each.kept.valid_until, each.standing.state,
        )
        for each in list_link_versions(tx)
    )  # fmt: skip
    return Table("specific_links", header, (_write_row(row) for row in rows))


def _records(name: str, kind: type, records: Iterable[Any]) -> Table:
    return Table(name, _head(*_names(kind)), (_write_row(_values(each)) for each in records))


def _names(kind: type) -> list[str]:
    return [each.name for each in fields(kind)]


def _values(record: Any) -> tuple[object, ...]:
    return tuple(getattr(record, each.name) for each in fields(record))


def _head(*names: str) -> list[str]:
    return [f"{LABELS[name]} {name}" if name in LABELS else name for name in names]


def _write_row(row: Iterable[object]) -> list[object]:
    return [_write(each) for each in row]


def _write(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return "○" if value else "×"
        case Enum():
            return str(value.value)
        case datetime():
            return value.astimezone(JST).isoformat(timespec="seconds")
        case frozenset() | tuple() | list():
            return " ".join(sorted(str(_write(each)) for each in value))
    return value if isinstance(value, int) else str(value)

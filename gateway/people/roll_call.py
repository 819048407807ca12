"""Who is inside, and in an evacuation who is still looked for: from doors, the desk and what people said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.access.visits import INSIDE
from domain.access.whereabouts import Doubt, doubt_place
from gateway.site.description import Site
from store.door_states import list_door_facts
from store.musters import Inside, Listed, Mark, Muster, list_listed, list_marks, list_places, list_tap_marks
from store.tx import Tx
from store.visits import VisitLine, list_visits_between

VISITOR = "visitor"
BY_HAND = "by_hand"
TO_HOST = " → "
"""Between a visitor's organisation and the host: what stands behind the last one is whom the visitor is with."""


@dataclass(frozen=True, slots=True)
class RollLine:
    """Somebody on the list: ``mark`` is the last word about them, None before there is one.

    ``moved`` is where the doors saw them after the evacuation began.
    """

    listed: Listed
    mark: Mark | None = None
    moved: Inside | None = None

    @property
    def safe(self) -> bool:
        """Tell whether somebody saw them."""
        return self.mark is not None and self.mark.safe

    @property
    def where_to(self) -> tuple[str, str]:
        """Where they belong, and of a visitor whom they are with; either may be empty."""
        if self.listed.kind != VISITOR:
            return self.listed.belongs, ""
        organisation, _, host = self.listed.belongs.rpartition(TO_HOST)
        return organisation, host


@dataclass(frozen=True, slots=True)
class Roll:
    """An evacuation's list."""

    muster: Muster
    missing: tuple[RollLine, ...]
    safe: tuple[RollLine, ...]

    @property
    def total(self) -> int:
        """How many are on it."""
        return len(self.missing) + len(self.safe)


def read_inside(tx: Tx, site: Site) -> list[Listed]:
    """Give everybody who is inside by what is known now, by kana; of visitors the desk knows better than the doors."""
    away = {area.id for area in site.areas if area.outside or area.muster_point}
    watched = {facts.door_id for facts in list_door_facts(tx) if facts.contact}
    proven = {point.id for point in site.access_points if point.door in watched}
    places = list_places(tx)
    visits = [
        line for line in list_visits_between(tx, tx.now, tx.now + timedelta(seconds=1)) if line.visit.state in INSIDE
    ]
    guests = {line.visit.person_id: line for line in visits if line.visit.person_id is not None}
    people = [
        _listed(each, guests.get(each.person_id), tx.now, watched=each.access_point_id in proven)
        for each in places
        if each.area_id not in away and (each.kind != VISITOR or each.person_id in guests)
    ]
    placed = {each.person_id for each in places}
    unseen = [_unseen(line, tx.now) for line in visits if line.visit.person_id not in placed]
    return sorted([*people, *unseen], key=lambda each: (each.kana, each.name, each.person_id))


def read_roll(tx: Tx, muster: Muster, site: Site) -> Roll:
    """Give an evacuation's list as it stands; while it goes on, with those whom the doors let in since.

    A word of a person counts for more than an earlier tap, and the later word for more than the earlier.
    """
    listed = {each.person_id: each for each in list_listed(tx, muster.id)}
    marks: list[Mark] = list_marks(tx, muster.id)
    moved: Mapping[str, Inside] = {}
    if muster.ended_at is None:
        listed = {each.person_id: each for each in read_inside(tx, site)} | listed
        marks = [*list_tap_marks(tx, assembly_points(site), since=muster.started_at), *marks]
        moved = {each.person_id: each for each in list_places(tx) if each.since_at > muster.started_at}
    return derive_roll(muster, listed.values(), marks, moved)


def derive_roll(muster: Muster, listed: Iterable[Listed], marks: Sequence[Mark], moved: Mapping[str, Inside]) -> Roll:
    """Put the list together. Pure."""
    last: dict[str, Mark] = {}
    for mark in sorted(marks, key=lambda each: each.marked_at):
        last[mark.person_id] = mark
    lines = [RollLine(each, last.get(each.person_id), moved.get(each.person_id)) for each in listed]
    lines.sort(key=lambda line: (line.listed.kana, line.listed.name, line.listed.person_id))
    return Roll(
        muster,
        tuple(line for line in lines if not line.safe),
        tuple(line for line in lines if line.safe),
    )


def assembly_points(site: Site) -> frozenset[str]:
    """Give the access points at which a tap says that somebody is safe."""
    return frozenset(point.id for point in site.access_points if site.area(point.area_to).muster_point)


def _listed(each: Inside, guest: VisitLine | None, now: datetime, *, watched: bool) -> Listed:
    told = not each.access_point_id
    doubt = doubt_place(each.since_at, now, watched=watched, told=told).value
    name, kana, belongs, kind = each.name, each.kana, each.belongs, each.kind
    if guest is not None:
        name, kana, belongs, kind = guest.visit.name, "", _host(guest), VISITOR
    return Listed(each.person_id, name, kana, belongs, kind, each.area_id, each.access_point_id, each.since_at, doubt)


def _unseen(line: VisitLine, now: datetime) -> Listed:
    """Put a visitor on the list whom no door saw: nobody but the desk knows that they came."""
    visit = line.visit
    key = visit.person_id or f"visit-{visit.id}"
    since_at = visit.arrived_at or visit.valid_from
    doubt = doubt_place(since_at, now, watched=False, told=True)
    doubt = Doubt.no_record if doubt is Doubt.told else doubt
    return Listed(key, visit.name, "", _host(line), VISITOR, "", "", since_at, doubt.value)


def _host(line: VisitLine) -> str:
    return TO_HOST.join(filter(None, (line.visit.organisation, f"{line.department} {line.host}")))

"""One tap as the screens tell it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from contract.errors import MalformedMessageError
from contract.records import Body, ReadFailed, TapObserved, decode_record
from domain.access.situation import Pin
from domain.verdict import Reason
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription, AreaDescription, DoorDescription
from store.board import TapLine
from store.wrong_taps import FoundWrong


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that bore on a decision, by the key of its words (``situation.…``), with the things or number it names."""

    key: str
    things: tuple[AreaDescription | DoorDescription, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class TapView:
    """A tap with its place; ``word`` keys the result's words: ``granted``, a refusal's reason or a failed read's cause.

    ``point`` and ``door`` are None for an access point that the site's files no longer name. ``assurance`` is 0–3, None
    for a failed read; ``evidence`` what proved the card. ``duress``: its holder keyed in that they are being forced,
    which only those may see who will help. ``wrong``: it was found to be none of working time.
    """

    line: TapLine
    point: AccessPointDescription | None
    door: DoorDescription | None
    result: str  # granted | refused | unread
    word: str
    assurance: int | None = None
    evidence: str = ""
    notes: tuple[Note, ...] = ()
    duress: bool = False
    wrong: FoundWrong | None = None

    @property
    def ref(self) -> str:
        """Give the name of the record, as punches bear it."""
        return f"{self.line.device_id}/{self.line.epoch}/{self.line.seq}"


def mark_wrong(taps: Iterable[TapView], found: Mapping[str, FoundWrong]) -> list[TapView]:
    """Give the taps, those marked that were found to be none of working time."""
    return [replace(tap, wrong=found[tap.ref]) if tap.ref in found else tap for tap in taps]


def view_tap(line: TapLine, site: Site) -> TapView:
    """Put a tap line beside the site's names."""
    try:
        point = site.access_point(line.access_point_id)
    except KeyError:
        point = None
    door = site.door(point.door) if point else None
    body = _read(line.body)
    if line.kind == "read.failed":
        return TapView(line, point, door, "unread", body.cause if isinstance(body, ReadFailed) else "")
    result, word = ("granted", "granted") if line.granted else ("refused", line.reason)
    if not isinstance(body, TapObserved):
        return TapView(line, point, door, result, word)
    return TapView(
        line,
        point,
        door,
        result,
        word,
        body.assurance,
        body.evidence,
        tuple(_note(body, site)),
        duress=body.situation is not None and body.situation.pin is Pin.duress,
    )


def _note(tap: TapObserved, site: Site) -> list[Note]:
    notes = [Note("soft_passback")] if Reason.passback in tap.soft else []
    facts = tap.situation
    if facts is None:
        return notes
    areas, doors = {area.id: area for area in site.areas}, {door.id: door for door in site.doors}
    if tap.reason == Reason.passback and facts.place in areas:
        notes.append(Note("place", (areas[facts.place],)))
    if tap.reason == Reason.occupancy_max:
        notes.append(Note("inside", number=facts.inside))
    if facts.open_doors and tap.reason == Reason.interlock:
        notes.append(Note("open_doors", tuple(doors[door] for door in facts.open_doors if door in doors)))
    if tap.granted and facts.companions:
        notes.append(Note("companions", number=facts.companions))
    if tap.granted and facts.escort:
        notes.append(Note("escort"))
    return notes


def _read(body: bytes) -> Body | None:
    try:
        return decode_record(body)
    except MalformedMessageError:
        return None  # a newer controller's word; the page shows what it understands

"""One tap as the screens tell it. Pure."""

from dataclasses import dataclass

from contract.errors import MalformedMessageError
from contract.records import ReadFailed, decode_record
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription, DoorDescription
from store.board import TapLine


@dataclass(frozen=True, slots=True)
class TapView:
    """A tap with its place; ``word`` keys the result's words: ``granted``, a refusal's reason or a failed read's cause.

    ``point`` and ``door`` are None for an access point that the site's files no longer name.
    """

    line: TapLine
    point: AccessPointDescription | None
    door: DoorDescription | None
    result: str  # granted | refused | unread
    word: str


def view_tap(line: TapLine, site: Site) -> TapView:
    """Put a tap line beside the site's names."""
    try:
        point = site.access_point(line.access_point_id)
    except KeyError:
        point = None
    door = site.door(point.door) if point else None
    if line.kind == "read.failed":
        return TapView(line, point, door, "unread", _cause(line.body))
    if line.granted:
        return TapView(line, point, door, "granted", "granted")
    return TapView(line, point, door, "refused", line.reason)


def _cause(body: bytes) -> str:
    try:
        record = decode_record(body)
    except MalformedMessageError:
        return ""
    return record.cause if isinstance(record, ReadFailed) else ""

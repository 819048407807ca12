"""Enter an allowed connection of a tier (特定通信), new or changed: it counts once another person has approved it."""

from dataclasses import replace

from domain.ids import is_id
from domain.zones.specific_link import PORT_MAX, SpecificLink, read_network
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from gateway.operations.zones.decide_version import decide_version
from store.specific_links import insert_link, list_links, load_link_version, save_link_verdict
from store.tx import Tx
from store.versions import VersionState

REASON_MAX = 200


def keep_link(tx: Tx, new: SpecificLink, *, by: str) -> bool:
    """Enter a version now, to be approved by another; False when the connection counts just like that.

    Raises:
        ZoneFaultsError: every field that is wrong: a link says why, and until when.
    """
    if faults := find_link_faults(new):
        raise ZoneFaultsError(tuple(faults))
    ends = (str(read_network(new.flow.source)), str(read_network(new.flow.destination)))
    new = replace(new, flow=replace(new.flow, source=ends[0], destination=ends[1]))
    standing = next((each for each in list_links(tx) if each.id == new.id), None)
    if standing is not None and _told(standing) == _told(new):
        return False
    insert_link(tx, new, by=by)
    return True


def find_link_faults(new: SpecificLink) -> list[ZoneFault]:
    """Give what is wrong with a connection by its fields."""
    faults = []
    if not is_id(new.id):
        faults.append(ZoneFault("id", ZoneWhy.malformed, {"expected": "a–z 0–9 - _ (63)"}))
    for field, text in (("source", new.flow.source), ("destination", new.flow.destination)):
        try:
            read_network(text)
        except ValueError:
            faults.append(ZoneFault(field, ZoneWhy.malformed, {"expected": "10.1.0.0/16"}))
    if not 0 <= new.flow.first_port <= new.flow.last_port <= PORT_MAX:
        faults.append(ZoneFault("ports", ZoneWhy.malformed, {"expected": f"443, 8000-8080 (≤ {PORT_MAX})"}))
    if not new.reason.strip():
        faults.append(ZoneFault("reason", ZoneWhy.no_reason))
    elif len(new.reason) > REASON_MAX:
        faults.append(ZoneFault("reason", ZoneWhy.too_long, {"most": REASON_MAX}))
    if new.valid_until is None:
        faults.append(ZoneFault("valid_until", ZoneWhy.malformed, {"expected": "2027-03-31"}))
    elif new.valid_from and new.valid_until < new.valid_from:
        faults.append(ZoneFault("valid_until", ZoneWhy.over))
    return faults


def decide_link(tx: Tx, version_id: int, state: VersionState, *, by: str) -> None:
    """Approve or refuse a version as the second person, now.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: whoever entered it approves it, or it is decided already.
    """
    decide_version(tx, version_id, state, by=by, load=load_link_version, save=save_link_verdict)


def _told(link: SpecificLink) -> tuple[object, ...]:
    return (link.flow, link.reason, link.valid_from, link.valid_until)

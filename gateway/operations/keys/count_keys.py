"""Count a cabinet: open, scan tag by tag, close. Each difference is named to its key, last time and last holder.

A key is scanned by its label, by its stamped number, or by its tag held to a desk's reader.
"""

from collections.abc import Iterable

from contract.errors import MalformedMessageError
from contract.key_labels import decode_key_label
from domain.keys.count import Counted, KeyCount, LastHolder, Scan, compare_count
from domain.keys.custody import Deed, Hand, KeyAct
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, do_deed
from store.key_counts import insert_count, insert_scan, list_open_counts, list_scans, load_count, save_closed
from store.key_custody import KeyDeed, list_custodies, list_custodies_in
from store.key_history import list_last_holders
from store.key_rings import load_ring_of_tag
from store.keys import hold_cabinets, list_cabinets, list_copies, list_copies_stamped, load_copy_of_tag
from store.outbox import Notice, insert_notices
from store.tx import Tx

TAG_LENGTH_MAX = 128


def open_count(tx: Tx, count_id: str, cabinet_id: str, *, by: str) -> KeyCount:
    """Begin to count a cabinet; from now until the end nothing of it is lent. Sent twice it is one count.

    Raises:
        KeyFaultError: there is no such cabinet, or it is being counted.
    """
    demand_form_id(count_id)
    if cabinet_id not in list_cabinets(tx):
        raise refuse("cabinet", Why.unknown)
    hold_cabinets(tx, [cabinet_id], alone=True)
    standing = load_count(tx, count_id)
    if standing is not None and (standing.cabinet_id, standing.opened_by) == (cabinet_id, by):
        return standing
    for other in list_open_counts(tx, [cabinet_id]):
        raise refuse("cabinet", Why.count_open, opened_by=other.opened_by, opened_at=other.opened_at)
    count = KeyCount(count_id, cabinet_id, by, tx.now)
    if not insert_count(tx, count):
        raise refuse("id", Why.taken)
    insert_notices(tx, [Notice("key.count_opened", cabinet_id, "{}")])
    return count


def scan_key(tx: Tx, count_id: str, text: str, *, by: str) -> tuple[str, ...]:
    """Take down a tag, label or number that was scanned; gives the copies that it stands for, none of an unknown one.

    A stamped number stands for the one copy that bears it, of several for the one of the cabinet. A ring's own tag
    stands for every copy on it. Scanned twice it is one scan.

    Raises:
        KeyFaultError: there is no such count, it is closed, or the text is too long.
    """
    count = load_count(tx, count_id, lock=True)
    if count is None:
        raise refuse("count", Why.unknown)
    _demand_open(tx, count_id)
    tag = text.strip()
    if not tag or len(tag) > TAG_LENGTH_MAX:
        raise refuse("tag", Why.too_long if tag else Why.malformed, most_characters=TAG_LENGTH_MAX)
    found = _read_tag(tx, tag) or _read_number(tx, tag, count.cabinet_id)
    if not found:
        insert_scan(tx, count_id, Scan(tag, None, tx.now), by=by)
    _take_down(tx, count, found, by=by)
    return found


def scan_by_tag(tx: Tx, tag: str, *, by: str) -> tuple[str, ...]:
    """Take down a tag that was held to a desk's reader; gives the copies that were seen by that.

    Each counts where the ledger has it; one that hangs elsewhere counts for the only count that is open.
    """
    counts = {each.cabinet_id: each for each in list_open_counts(tx)}
    found = _read_tag(tx, tag) if counts else ()
    seen = []
    for custody in list_custodies(tx, found).values():
        own = counts.get(custody.place.cabinet_id) if custody.place is not None else None
        count = own or (next(iter(counts.values())) if len(counts) == 1 else None)
        if count is not None:
            _take_down(tx, count, (custody.copy_id,), by=by)
            seen.append(custody.copy_id)
    return tuple(seen)


def preview_count(tx: Tx, count_id: str) -> Counted:
    """Give what a count would end with now.

    Raises:
        KeyFaultError: there is no such count.
    """
    count = load_count(tx, count_id)
    if count is None:
        raise refuse("count", Why.unknown)
    return _compare(tx, count)


def close_count(tx: Tx, count_id: str, *, by: str) -> Counted:
    """End a count: what was seen is written into the ledger, what differs is kept as its lines.

    Raises:
        KeyFaultError: there is no such count, or it is closed.
    """
    count = load_count(tx, count_id, lock=True)
    if count is None:
        raise refuse("count", Why.unknown)
    _demand_open(tx, count_id)
    held = list_custodies_in(tx, count.cabinet_id, lock=True)
    counted = _compare(tx, count)
    if seen := [held[id_] for id_ in counted.seen if id_ in held]:
        do_deed(tx, KeyDeed(f"count-{count_id}", Deed(KeyAct.count_seen, Hand.desk, by), tx.now), seen)
    save_closed(tx, count_id, by, counted.differences)
    insert_notices(tx, [Notice("key.count_closed", count.cabinet_id, "{}")])
    return counted


def _demand_open(tx: Tx, count_id: str) -> None:
    count = load_count(tx, count_id)
    if count is not None and count.closed_at is not None:
        raise refuse("count", Why.count_closed)


def _compare(tx: Tx, count: KeyCount) -> Counted:
    scans = list_scans(tx, count.id)
    scanned = [scan.copy_id for scan in scans if scan.copy_id is not None]
    custodies = list_custodies_in(tx, count.cabinet_id) | list_custodies(tx, scanned)
    plain = compare_count(count, custodies, scans)
    differing = [each.copy_id for each in plain.differences if each.state is not None]
    holders: dict[str, LastHolder] = list_last_holders(tx, differing) if differing else {}
    return compare_count(count, custodies, scans, holders)


def _take_down(tx: Tx, count: KeyCount, copy_ids: Iterable[str], *, by: str) -> None:
    for copy_id in copy_ids:
        insert_scan(tx, count.id, Scan(f"copy:{copy_id}", copy_id, tx.now), by=by)
    insert_notices(tx, [Notice("key.scanned", count.cabinet_id, "{}")])


def _read_number(tx: Tx, stamped: str, cabinet_id: str) -> tuple[str, ...]:
    found = list_copies_stamped(tx, stamped)
    if len(found) > 1:
        found = {id_: each for id_, each in found.items() if each.home.cabinet_id == cabinet_id}
    return tuple(found) if len(found) == 1 else ()


def _read_tag(tx: Tx, tag: str) -> tuple[str, ...]:
    try:
        copy_id = decode_key_label(tag)
    except MalformedMessageError:
        copy = load_copy_of_tag(tx, tag)
        if copy is not None:
            return (copy.id,)
        ring = load_ring_of_tag(tx, tag)
        return ring.list_copies(tx.now) if ring is not None else ()
    return (copy_id,) if copy_id in list_copies(tx, [copy_id]) else ()

"""What key cabinets report becomes deeds of the ledger, and an alarm wherever the two contradict each other.

A cabinet saw what it saw: a loan is written down as it was made, also under an entitlement that the centre had ended
meanwhile. What comes late keeps its own time. Where the ledger says something else of a copy, or already says something
later, nothing is written: the alarm ``key_ledger_differs`` names both, and a person puts one of them right.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from contract.cabinet_records import (
    CabinetBody,
    CabinetClosed,
    CabinetCounted,
    CabinetOpened,
    CabinetOverstayed,
    KeyMisplaced,
    KeyRemoved,
    KeyRemovedUnauthorised,
    KeyReturned,
)
from domain.keys.cabinet import Grounds
from domain.keys.custody import Custody, CustodyState, Hand
from domain.keys.key import Place, TargetKind
from domain.keys.key_fault import KeyFaultError
from gateway.meaning.cabinet_differences import Seen, raise_alarm, tell_differences
from gateway.operations.keys.note_cabinet import (
    CabinetNews,
    TakenKeys,
    note_position,
    note_removal,
    note_taking,
)
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.alarms import Alarm, restore_alarms
from store.key_custody import list_custodies, list_custodies_in
from store.key_rings import load_ring_of_tag
from store.keys import load_copy_of_tag
from store.tx import Tx

ENDED_BY_CLOSING = ("cabinet_forced", "cabinet_overstayed")
"""Alarms about a cabinet that are right again when its door is closed."""

_SEEN = {
    KeyRemoved: "removed",
    KeyReturned: "returned",
    KeyMisplaced: "misplaced",
    KeyRemovedUnauthorised: "removed",
}

CLOCKS_APART = timedelta(minutes=2)
"""So far a box's clock may lie behind what a desk wrote down just before."""


@dataclass(frozen=True, slots=True)
class CabinetEvent:
    """A cabinet's record: ``id`` names it for ever; ``person`` and ``second`` are whose cards it tells of.

    Cards and tags in ``body`` are the site's own names.
    """

    id: str
    device: str
    body: CabinetBody
    person: str | None
    second: str | None


def name_event(device: str, epoch: int, seq: int) -> str:
    """Name the deed of a record by the record, so that it is one deed however often it is looked at."""
    return f"cab-{sha256(f'{device} {epoch} {seq}'.encode()).hexdigest()[:32]}"


def follow_cabinets(tx: Tx, events: Sequence[CabinetEvent]) -> None:
    """Write down what cabinets reported, in its order."""
    if not events:
        return
    # All at once and in one order, so that two who want the same copies wait for each other.
    list_custodies(tx, {copy for event in events for copy in _copies_named(tx, event.body)}, lock=True)
    for event in events:
        _Follower(tx, event).follow()


def _copies_named(tx: Tx, body: CabinetBody) -> Collection[str]:
    if isinstance(body, CabinetCounted):
        return [copy for hung in body.hanging for copy in hung.copies]
    if isinstance(body, KeyRemoved | KeyReturned | KeyMisplaced | KeyRemovedUnauthorised):
        return body.copies or _find_by_tag(tx, body.tag)
    return ()


def _find_by_tag(tx: Tx, tag: str | None) -> tuple[str, ...]:
    """Give the copies that a tag stands for: at the box it may be a stranger's, of another cabinet."""
    if tag is None:
        return ()
    copy, ring = load_copy_of_tag(tx, tag), load_ring_of_tag(tx, tag)
    return (copy.id,) if copy is not None else ring.list_copies(tx.now) if ring is not None else ()


def _hangs_at(custody: Custody, place: Place, target: str | None) -> bool:
    """Tell whether the ledger has a copy where a cabinet sees it; on a ring it is wherever in the box the ring is."""
    if target is not None and target.startswith(f"{TargetKind.ring.value}/"):
        return custody.place is not None and custody.place.cabinet_id == place.cabinet_id
    return custody.place == place


class _Follower:
    """One event on its way into the ledger."""

    def __init__(self, tx: Tx, event: CabinetEvent) -> None:
        self._tx = tx
        self._event = event
        body = event.body
        self._at = tx.now if body.clock == "unset" else min(body.at, tx.now)

    def follow(self) -> None:
        """Do what it leads to."""
        match self._event.body:
            case KeyRemoved() as body:
                self._removed(body)
            case KeyRemovedUnauthorised() as body:
                self._each(body.copies or _find_by_tag(self._tx, body.tag), body.position, self._note_removal)
            case KeyReturned() as body:
                self._returned(body)
            case KeyMisplaced() as body:
                self._misplaced(body)
            case CabinetCounted() as body:
                self._counted(body)
            case CabinetOpened() as body if body.grounds is Grounds.forced:
                raise_alarm(self._tx, Alarm("cabinet_forced", body.cabinet, self._event.device))
            case CabinetOverstayed() as body:
                raise_alarm(self._tx, Alarm("cabinet_overstayed", body.cabinet, self._event.device))
            case CabinetClosed() as body:
                restore_alarms(self._tx, [(kind, body.cabinet) for kind in ENDED_BY_CLOSING])
            case _:
                pass

    def _removed(self, body: KeyRemoved) -> None:
        held = self._load(body.copies)
        free = [each for each in held.values() if each.state is CustodyState.in_custody and self._is_in_order(each)]
        taken = [each.copy_id for each in free]
        self._contradict([copy for copy in body.copies if copy not in taken], held, body.position, seen="removed")
        if not taken:
            return
        keys = TakenKeys(
            self._event.id,
            frozenset(taken),
            self._event.device,
            self._instant(free),
            None if body.grounds == "shelter" else self._event.person,
            second=self._event.second or "",
            entitlement_id=body.entitlement,
            shelter=body.grounds == "shelter",
        )
        self._try(partial(note_taking, self._tx, keys), taken, held, body.position)

    def _returned(self, body: KeyReturned) -> None:
        held, place = self._load(body.copies), Place(self._cabinet, body.position)
        back = [
            each
            for each in held.values()
            if each.state in {CustodyState.out, CustodyState.lost} and self._is_in_order(each)
        ]
        here = {copy for copy, each in held.items() if _hangs_at(each, place, body.target)}  # a desk was told before
        known = here | {each.copy_id for each in back}
        self._contradict([copy for copy in body.copies if copy not in known], held, body.position, seen="returned")
        if not back:
            return
        copies = frozenset(each.copy_id for each in back)
        brought = BroughtBack(
            self._event.id,
            copies,
            self._event.device,
            Hand.cabinet,
            dict.fromkeys(copies, place),
            done_at=self._instant(back),
        )
        self._try(partial(return_key, self._tx, brought), sorted(copies), held, body.position)

    def _misplaced(self, body: KeyMisplaced) -> None:
        copies = body.copies or _find_by_tag(self._tx, body.tag)
        if not copies:
            raise_alarm(self._tx, Alarm("cabinet_stranger", body.cabinet, f"{body.position}"))
            return
        self._each(copies, body.position, self._note_position)

    def _each(self, copies: Sequence[str], position: int, note: Callable[[Custody, int], None]) -> None:
        held = self._load(copies)
        for copy in copies:
            custody = held.get(copy)
            if custody is None or not self._is_in_order(custody):
                self._contradict([copy], held, position, seen=_SEEN[type(self._event.body)])
            else:
                self._try(partial(note, custody, position), [copy], held, position)

    def _note_removal(self, custody: Custody, position: int) -> None:
        del position
        note_removal(self._tx, self._news(custody))

    def _note_position(self, custody: Custody, position: int) -> None:
        note_position(self._tx, self._news(custody), Place(self._cabinet, position))

    def _news(self, custody: Custody) -> CabinetNews:
        name = f"{self._event.id}-{sha256(custody.copy_id.encode()).hexdigest()[:8]}"
        return CabinetNews(name, custody.copy_id, self._event.device, self._instant([custody]))

    def _counted(self, body: CabinetCounted) -> None:
        """Hold what was found against all that the ledger said by then, and what a wrong clock put ahead of us."""
        found = {copy: hung for hung in body.hanging for copy in hung.copies}
        both = list_custodies_in(self._tx, self._cabinet) | self._load(found)
        known = {copy: each for copy, each in both.items() if not self._at < each.since_at <= self._tx.now}
        for copy, hung in found.items():
            here, place = known.get(copy), Place(self._cabinet, hung.position)
            if here is not None and not _hangs_at(here, place, hung.target):
                self._contradict([copy], known, hung.position, seen="hanging")
        for each in known.values():
            position_of = each.place.position if each.place and each.place.cabinet_id == self._cabinet else None
            if position_of is not None and position_of in body.empty and each.copy_id not in found:
                self._contradict([each.copy_id], known, position_of, seen="empty")

    @property
    def _cabinet(self) -> str:
        return self._event.body.cabinet

    def _load(self, copies: Collection[str]) -> dict[str, Custody]:
        return list_custodies(self._tx, copies)

    def _is_in_order(self, custody: Custody) -> bool:
        """Tell whether the ledger says nothing later about a copy."""
        return custody.since_at <= self._at + CLOCKS_APART

    def _instant(self, custodies: Collection[Custody]) -> datetime:
        """Give when it was; a clock that is a little behind does not put it before what came first."""
        return max([self._at, *(each.since_at for each in custodies)])

    def _try(
        self, write: Callable[[], object], copies: Sequence[str], held: Mapping[str, Custody], position: int
    ) -> None:
        try:
            write()
        except KeyFaultError:
            self._contradict(copies, held, position, seen=_SEEN[type(self._event.body)])

    def _contradict(self, copies: Sequence[str], held: Mapping[str, Custody], position: int, *, seen: str) -> None:
        tell_differences(self._tx, Seen(seen, self._cabinet, position, self._at), copies, held)

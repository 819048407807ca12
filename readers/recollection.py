"""What the journal still knows at start: who is where, and which one-time codes were used. Pure over its lines."""

from collections.abc import Iterable

from contract.errors import MalformedMessageError
from contract.records import AccessEnded, TapObserved, decode_record
from domain.access.policy import PolicySnapshot
from domain.access.situation import Code
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Reason
from readers.journal import Journal
from readers.scene import EMPTY_SCENE, PLACES_KEPT, Scene, companions_of, enter_area, use_code, wait_for_second
from readers.state import Passage
from readers.wiring import Wiring

RECORDS_MAX = 20_000
"""So many of the newest records are looked at: some 0.5 s at start, and more than a busy entrance's day."""

_AT_ONCE = 1_000
_BYTES_AT_ONCE = 1 << 20
_TELLING = (b'"kind":"tap.observed"', b'"kind":"access.ended"')


def recent_lines(journal: Journal) -> Iterable[tuple[int, bytes]]:
    """Yield the newest records of a journal in order, as (seq, line)."""
    seq = max(journal.first_seq - 1, journal.next_seq - 1 - RECORDS_MAX)
    while rows := journal.pending(seq, _AT_ONCE, _BYTES_AT_ONCE):
        yield from rows
        seq = rows[-1][0]


def recall_scene(lines: Iterable[tuple[int, bytes]], wiring: Wiring, policy: PolicySnapshot | None) -> Scene:
    """Give the scene that the records leave behind.

    Args:
        lines: (seq, line) in order.
        wiring: which doors have a contact, and so end each grant by a record.
        policy: whose cards they are; without one nobody is known.
    """
    scene, open_passages = EMPTY_SCENE, dict[int, Passage]()
    if policy is None:
        return scene
    for seq, line in lines:
        if not any(kind in line for kind in _TELLING):
            continue
        try:
            body = decode_record(line)
        except MalformedMessageError:
            continue  # of older or newer software; it says nothing here
        match body:
            case TapObserved():
                scene = _after_tap(scene, open_passages, seq, body, wiring, policy)
            case AccessEnded(taken=taken, cause_seq=cause_seq):
                passage = open_passages.pop(cause_seq, None)
                if taken and passage is not None and passage.area is not None:
                    scene = enter_area(scene, passage.people, passage.point, passage.area, body.at)
            case _:
                pass
    return scene


def _after_tap(  # noqa: PLR0917 (one loop's turn)
    scene: Scene, passages: dict[int, Passage], seq: int, tap: TapObserved, wiring: Wiring, policy: PolicySnapshot
) -> Scene:
    token, point = CredentialToken(tap.credential), policy.points.get(AccessPointId(tap.access_point))
    holder = policy.credentials.get(token)
    if holder is None or point is None:
        return scene
    if not tap.granted:
        waits = tap.reason == Reason.two_person_waiting
        return wait_for_second(scene, point.id, holder.person, tap.at) if waits else scene
    if tap.situation is not None and tap.situation.code is Code.fresh:
        scene = use_code(scene, token, tap.at + PLACES_KEPT, tap.at)
    together = companions_of(scene, point.id, holder.person, tap.at) if policy.areas[point.area_to].two_person else ()
    passage = Passage(point.id, token, (holder.person, *together), point.area_to, seq)
    door = wiring.doors.get(point.door)
    if door is None or not door.has_contact:
        return enter_area(scene, passage.people, point.id, point.area_to, tap.at)
    passages[seq] = passage
    return scene

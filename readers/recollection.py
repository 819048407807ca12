"""What the journal still knows at start: who is where, which one-time codes were used, which commands were obeyed.

Pure over its lines.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from contract.errors import MalformedMessageError
from contract.records import AccessEnded, CommandAnswered, TapObserved, decode_record
from domain.access.policy import PolicySnapshot
from domain.access.situation import Code
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Reason
from readers.journal import Journal
from readers.obeying import COMMAND_LIFE_MAX
from readers.scene import EMPTY_SCENE, Scene, companions_of, enter_area, remember_command, use_code, wait_for_second
from readers.state import Passage
from readers.wiring import Wiring

RECORDS_MAX = 20_000
"""So many of the newest records are looked at: some 0.5 s at start, and more than a busy entrance's day."""

CODES_IN_MAX = 200_000
"""In so many of the newest records used codes are looked for: a week and more, for a code may count that long."""

CODES_KEPT = timedelta(days=400)
"""A record does not say how long a code would have counted; a used one is remembered until the next start at least."""

_AT_ONCE = 1_000
_BYTES_AT_ONCE = 1 << 20
_TELLING = (b'"kind":"tap.observed"', b'"kind":"access.ended"', b'"kind":"command.answered"')
_USED_CODE = b'"code":"fresh"'


def recent_lines(journal: Journal) -> Iterable[tuple[int, bytes]]:
    """Yield the newest records of a journal in order, as (seq, line); of older ones those alone that used a code."""
    newest = journal.next_seq - 1 - RECORDS_MAX
    seq = max(journal.first_seq - 1, journal.next_seq - 1 - CODES_IN_MAX)
    while rows := journal.pending(seq, _AT_ONCE, _BYTES_AT_ONCE):
        yield from (row for row in rows if row[0] > newest or _USED_CODE in row[1])
        seq = rows[-1][0]


def recall_scene(lines: Iterable[tuple[int, bytes]], wiring: Wiring, policy: PolicySnapshot | None) -> Scene:
    """Give the scene that the records leave behind.

    Args:
        lines: (seq, line) in order.
        wiring: which doors have a contact, and so end each grant by a record.
        policy: whose cards they are; without one nobody is known, and still which codes were used.
    """
    scene, granted = EMPTY_SCENE, dict[int, _Granted]()
    for seq, line in lines:
        if not any(kind in line for kind in _TELLING):
            continue
        try:
            body = decode_record(line)
        except MalformedMessageError:
            continue  # of older or newer software; it says nothing here
        match body:
            case TapObserved():
                scene = _after_tap(scene, body, policy)
                granted |= _grant(scene, body, seq, wiring, policy)
            case AccessEnded(taken=taken, cause_seq=cause_seq):
                ended = granted.pop(cause_seq, None)
                if taken and ended is not None:
                    scene = _enter(scene, ended.passage, body.at)
            case CommandAnswered(command=command):
                scene = remember_command(scene, command, body.at + COMMAND_LIFE_MAX, body.at)
            case _:
                pass
    for grant in granted.values():
        if grant.counts:
            scene = _enter(scene, grant.passage, grant.at)
    return scene


class _Granted(NamedTuple):
    """A grant whose end was not recorded; it ``counts`` as taken where no contact could have told."""

    passage: Passage
    at: datetime
    counts: bool


def _after_tap(scene: Scene, tap: TapObserved, policy: PolicySnapshot | None) -> Scene:
    token = CredentialToken(tap.credential)
    if tap.granted:
        fresh = tap.situation is not None and tap.situation.code is Code.fresh
        return use_code(scene, token, tap.at + CODES_KEPT, tap.at) if fresh else scene
    holder = policy.credentials.get(token) if policy else None
    if holder is None or tap.reason != Reason.two_person_waiting:
        return scene
    return wait_for_second(scene, AccessPointId(tap.access_point), holder.person, tap.at)


def _grant(
    scene: Scene, tap: TapObserved, seq: int, wiring: Wiring, policy: PolicySnapshot | None
) -> dict[int, _Granted]:
    """Give a tap's grant under its number; nothing for a refused tap and for a card that nobody has."""
    if policy is None or not tap.granted:
        return {}
    token, point = CredentialToken(tap.credential), policy.points.get(AccessPointId(tap.access_point))
    holder = policy.credentials.get(token)
    if holder is None or point is None:
        return {}
    together = companions_of(scene, point.id, holder.person, tap.at) if policy.areas[point.area_to].two_person else ()
    passage = Passage(point.id, token, (holder.person, *together), point.area_to, seq)
    door = wiring.doors.get(point.door)
    return {seq: _Granted(passage, tap.at, counts=door is None or not door.has_contact)}


def _enter(scene: Scene, passage: Passage, at: datetime) -> Scene:
    return scene if passage.area is None else enter_area(scene, passage.people, passage.point, passage.area, at)

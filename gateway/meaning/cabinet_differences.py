"""Where a key cabinet and the ledger say different things of a copy: an alarm names both, and nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.civil import JST
from domain.keys.custody import Custody
from store.alarms import Alarm, insert_alarms
from store.outbox import Notice, insert_notices
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cabinet saw (removed, returned, misplaced, hanging, empty), where and when."""

    word: str
    cabinet: str
    position: int
    at: datetime


def tell_differences(tx: Tx, seen: Seen, copies: Sequence[str], held: Mapping[str, Custody]) -> None:
    """Raise an alarm for each copy; who has it stands on the copy's own page alone.

    Args:
        tx: the transaction.
        seen: what the cabinet saw.
        copies: of which the ledger says something else.
        held: what the ledger says; copies that are not registered are left out.
    """
    at = _written(seen.at)
    for copy in copies:
        ledger = "?" if (custody := held.get(copy)) is None else _say(custody)
        told = f"{seen.cabinet} {seen.position}: {seen.word} {at} / {ledger}"
        raise_alarm(tx, Alarm("key_ledger_differs", copy, told))


def raise_alarm(tx: Tx, alarm: Alarm) -> None:
    """Raise an alarm, and tell the pages if it is one that people are to hear of."""
    told = insert_alarms(tx, [alarm])
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])


def _say(custody: Custody) -> str:
    place = custody.place
    where = "" if place is None else f" {place.cabinet_id}" + (f" {place.position}" if place.position else "")
    return f"{custody.state.value}{where} {_written(custody.since_at)}"


def _written(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"

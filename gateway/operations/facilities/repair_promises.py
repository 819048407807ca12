"""Keep what reservations promise after all, where something kept it from being kept; and tell of what lasts."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.bookings.consequences import keep_promises
from gateway.bookings.demands import load_surroundings
from gateway.bookings.promised_doors import carry_out_doors
from gateway.custody.promised_keys import carry_out_keys
from store.alarms import Alarm, insert_alarms, list_standing_subjects, restore_alarms
from store.outbox import Notice, insert_notices
from store.reservations import load_reservation
from store.tx import Tx
from store.unkept_promises import Unkept, save_unkept

PROMISE_UNKEPT = "promise_unkept"
"""The alarm of a booking without effect; its subject is the reservation, or :data:`MANY`."""

MANY = "bookings"
"""Stands for reservations where so many are without effect at once that they have one cause."""

ALARMS_MAX = 20
"""More that are late at once are told by one alarm."""

UNKEPT_MAX = timedelta(seconds=60)
"""So long a confirmed booking may be without effect until somebody is told."""

REPAIRER = "promise-clock"
"""Stands for a login where what lacks is given."""


REASON = "repair"


def repair_promises(tx: Tx, reservation_id: str) -> bool:
    """Let exactly what a reservation promises be in force; tells whether that changed anything.

    What stands under a reservation that there is not ends.
    """
    kept = load_reservation(tx, reservation_id, lock=True)
    if kept is None:
        keys = carry_out_keys(tx, reservation_id, "", (), by=REPAIRER, reason=REASON)
        return carry_out_doors(tx, reservation_id, None, (), by=REPAIRER, reason=REASON) or bool(keys.ended)
    _, room, reservee = load_surroundings(tx, kept)
    return keep_promises(tx, kept.reservation, room, reservee, by=REPAIRER, reason=REASON)


def tell_unkept(tx: Tx, seen: Sequence[Unkept], still: Sequence[Unkept]) -> int:
    """Write down what is unkept still, raise alarms for what was so too long, let those be right that are kept again.

    Args:
        tx: the transaction.
        seen: what was unkept before the repair, of which whoever looks after it must hear although it is kept now.
        still: what is unkept after it.

    Returns:
        how many alarms somebody is to hear of.
    """
    save_unkept(tx, [each for each in still if each.lacks])
    late = [each for each in seen if each.lacks and tx.now - each.since_at > UNKEPT_MAX]
    standing = list_standing_subjects(tx, PROMISE_UNKEPT)
    lasting = {each.reservation_id for each in still if each.lacks}
    news = [] if MANY in standing else [each for each in late if each.reservation_id not in standing]
    alarms = [_alarm(each) for each in news] if len(news) <= ALARMS_MAX else [_alarm_of_many(news)]
    raised = insert_alarms(tx, alarms)
    if lasting - standing:
        lasting |= {MANY}
    over = (standing | {each.subject for each in alarms}) - lasting
    restore_alarms(tx, [(PROMISE_UNKEPT, subject) for subject in over])
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in raised])
    return len(raised)


def _alarm_of_many(unkept: Sequence[Unkept]) -> Alarm:
    lacks = sorted({kind for each in unkept for kind in each.lacks})
    since_at = min(each.since_at for each in unkept)
    return Alarm(
        PROMISE_UNKEPT, MANY, f"{len(unkept)}, {', '.join(lacks)}: since {since_at.isoformat(timespec='seconds')}"
    )


def _alarm(unkept: Unkept) -> Alarm:
    return Alarm(
        PROMISE_UNKEPT,
        unkept.reservation_id,
        f"{', '.join(sorted(unkept.lacks))}: since {unkept.since_at.isoformat(timespec='seconds')}",
    )

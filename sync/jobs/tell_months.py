"""Telling people in the morning which months wait for them: to confirm, to confirm as a head, to agree to as HR."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from domain.notices.message import Message
from domain.notices.month_notice import adjustments_message, department_message, to_confirm_message
from domain.workflow.route import Organisation, StepRole, list_deciders
from store.deciders import load_organisation
from store.messages import insert_messages
from store.tx import Tx
from store.unconfirmed_months import Unconfirmed, list_proposed, list_unconfirmed_months

FROM_DAY = 3
"""Until then a month may still confirm itself: its last duties end, and boxes tell what they held."""

HEAD_DAYS = frozenset({3, 5, 8, 12, 20})
"""Days of the month on which heads are told how many are left."""

MONDAY = 0


def tell_months(tx: Tx, on: date) -> int:
    """Tell what waits on a day; gives how many messages are new. A person is asked once for a month."""
    organisation = load_organisation(tx, on)
    messages: list[Message] = []
    if on.day >= FROM_DAY:
        period = f"{on.replace(day=1) - timedelta(days=1):%Y-%m}"
        waiting = list_unconfirmed_months(tx, period)
        messages += [to_confirm_message(each.person_id, period) for each in waiting if not each.by_head]
        if on.day in HEAD_DAYS:
            messages += _to_heads(waiting, organisation, period, on)
    if on.weekday() == MONDAY:
        messages += _to_hr(tx, organisation, on)
    return insert_messages(tx, messages)


def _to_heads(waiting: list[Unconfirmed], organisation: Organisation, period: str, on: date) -> Iterator[Message]:
    counts = Counter[str]()
    for each in waiting:
        if each.by_head:
            own = frozenset({each.person_id})
            counts.update(
                head.person_id for head in list_deciders(StepRole.head, each.department_id, organisation, own)[:1]
            )
    for head_id, count in sorted(counts.items()):
        yield department_message(head_id, period, on, count)


def _to_hr(tx: Tx, organisation: Organisation, on: date) -> Iterator[Message]:
    for period, proposed in list_proposed(tx).items():
        for who in sorted(organisation.hr):
            if count := sum(who not in each for each in proposed):  # nobody agrees about himself, nor with himself
                yield adjustments_message(who, period, on, count)

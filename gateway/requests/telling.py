"""Say that an application moved, to the outbox and to whoever has to hear of it. Names stand in no notice."""

import json
from dataclasses import asdict
from datetime import date

from domain.notices.application_notice import WAITING, ApplicationNotice, derive_messages, list_former_subjects
from domain.workflow.application import Application, list_waited_for
from domain.workflow.route import Organisation
from store.messages import insert_messages, settle_messages
from store.outbox import Notice, insert_notices
from store.tx import Tx

MOVED = "application.moved"
"""Payload: the fields of ``domain.notices.application_notice.ApplicationNotice``."""


def tell_application(tx: Tx, after: Application, from_on: date, organisation: Organisation) -> None:
    """Put the notice of an application's last deed into the outbox, with its messages; who is away is told, too.

    Whoever was told that it waits, and does not have to decide any more, finds that message read.
    """
    last = after.deeds[-1]
    notice = ApplicationNotice(
        application_id=after.id,
        application_kind=after.kind,
        act=last.act.value,
        state=after.state.value,
        number=len(after.deeds),
        person_id=after.person_id,
        applicant_id=after.applicant_id,
        by=last.by,
        from_on=from_on.isoformat(),
        waiting_for=tuple(each.person_id for each in list_waited_for(after, organisation)),
    )
    settle_messages(tx, WAITING, list_former_subjects(notice))
    insert_messages(tx, derive_messages(notice))
    insert_notices(tx, [Notice(MOVED, after.id, json.dumps(asdict(notice)))])

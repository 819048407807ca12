"""Say in the outbox that an application moved: to whom it comes now, and whose it is. Names stand in no notice."""

import json
from datetime import date

from domain.workflow.application import Application, list_waited_for
from domain.workflow.route import Organisation
from store.outbox import Notice, insert_notices
from store.tx import Tx

MOVED = "application.moved"
"""Payload: the fields of ``domain.notices.application_notice.ApplicationNotice``."""


def tell_application(tx: Tx, after: Application, from_on: date, organisation: Organisation) -> None:
    """Put the notice of an application's last deed into the outbox; who is away is told, too."""
    payload = {
        "application_id": after.id,
        "application_kind": after.kind,
        "state": after.state.value,
        "number": len(after.deeds),
        "person_id": after.person_id,
        "applicant_id": after.applicant_id,
        "by": after.deeds[-1].by,
        "from_on": from_on.isoformat(),
        "waiting_for": [each.person_id for each in list_waited_for(after, organisation)],
    }
    insert_notices(tx, [Notice(MOVED, after.id, json.dumps(payload))])

"""A device that drifted is offered its policy again: asked for in the database, done by the gateway that runs."""

import json
from collections.abc import Callable

from domain.ids import DeviceId
from store.outbox import Notice, insert_notices
from store.tx import Tx

REPAIR_ASKED = "repair.asked"


def ask_repair(tx: Tx, devices: dict[DeviceId, int]) -> None:
    """Ask for devices, each with the version that it says it holds; 0 for none."""
    insert_notices(
        tx, [Notice(REPAIR_ASKED, device, json.dumps({"have": version})) for device, version in devices.items()]
    )


def hear_repair(notice: Notice, push: Callable[[DeviceId, int], None]) -> None:
    """Let ``push`` send the device its policy if this notice asks for that; any other notice is nothing."""
    if notice.kind == REPAIR_ASKED:
        push(DeviceId(notice.subject), int(json.loads(notice.payload)["have"]))

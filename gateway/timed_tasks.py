"""What the gateway does again and again beside taps and pages: each task a thread of its own, by name."""

import secrets
import threading
from collections.abc import Callable

from gateway.alarm_watch import AlarmWatch
from gateway.booking_clock import BookingClock
from gateway.context import GatewayContext
from gateway.draw_clock import DrawClock
from gateway.key_clock import KeyClock
from gateway.letter_clock import LetterClock
from gateway.months.closing_worker import ClosingWorker
from gateway.months.recount import MonthRecount
from gateway.months.settling import MonthSettler
from gateway.movement_clock import MovementClock
from gateway.pages.safety.muster_file import MusterFile
from gateway.people.party_code import draw_code
from gateway.people.staffing_keeper import StaffingKeeper
from gateway.promise_clock import PromiseClock
from gateway.site.keys import ensure_site_key
from gateway.training_clock import TrainingClock
from gateway.waiting_clock import WaitingClock
from gateway.zones.evidence_worker import EvidenceWorker

Task = Callable[[threading.Event], None]
"""Blocks until the event is set."""


def list_timed_tasks(context: GatewayContext, *, committed: Callable[[], None]) -> dict[str, Task]:
    """Give the tasks that look at the database in turns.

    Args:
        context: what the gateway's parts share.
        committed: called after a commit with something to tell.
    """
    store, now, profiles = context.store, context.now, context.rules.profiles
    tasks: dict[str, Task] = {
        "alarm-watch": AlarmWatch(store, now, committed=committed).run,
        "booking-clock": BookingClock(store, now, committed=committed).run,
        "evidence": EvidenceWorker(store, now, site=lambda: context.site, key=context.signing_key).run,
        "draw-clock": DrawClock(store, now, context.settings.names_key_file, committed=committed).run,
        "key-clock": KeyClock(store, now, profiles, committed=committed).run,
        "letter-clock": LetterClock(store, now).run,
        "month-recount": MonthRecount(store, now, profiles).run,
        "month-closing": ClosingWorker(store, now, profiles).run,
        "movement-clock": MovementClock(store, now).run,
        "muster-file": MusterFile(context).run,
        "promise-clock": _keep_promises(context, committed).run,
        "staffing": StaffingKeeper(store, now).run,
        "training-clock": TrainingClock(store, now, plan=lambda: context.tiers.plan, committed=committed).run,
        "waiting-clock": WaitingClock(store, now, committed=committed).run,
    }
    if not context.settings.attendance.self_confirm:
        tasks["month-settling"] = MonthSettler(store, now, profiles).run
    return tasks


def _keep_promises(context: GatewayContext, committed: Callable[[], None]) -> PromiseClock:
    site_key = ensure_site_key(context.settings.site_key_file)
    return PromiseClock(
        context.store,
        context.now,
        site=lambda: context.site,
        draw=lambda: draw_code(site_key, secrets.token_bytes),
        committed=committed,
    )

"""The timed jobs: what runs when, and how late it may still run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from store.tx import Store
from sync.jobs.deliver_messages import deliver_messages
from sync.jobs.fetch_hr_files import fetch_hr_files
from sync.jobs.fill_calendar import fill_calendar
from sync.jobs.forget_attendance import forget_attendance
from sync.jobs.forget_letters import forget_letters
from sync.jobs.forget_papers import forget_old_papers
from sync.jobs.forget_readings import forget_old_readings
from sync.jobs.forget_reservees import forget_unconfirmed, forget_unseen
from sync.jobs.grant_leave import grant_leave
from sync.jobs.hand_over_closed_pay import PayDesk, hand_over_whole_months
from sync.jobs.import_hr_files import import_hr_files
from sync.jobs.keep_payroll_access import keep_payroll_access
from sync.jobs.send_digest import send_digest
from sync.jobs.tell_months import tell_months
from sync.jobs.tell_year_caps import tell_year_caps
from sync.jobs.watch_visits import forget_visitors, tell_overstays
from sync.settings import SyncSettings


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its times as a crontab line in JST, the lateness it bears, and what it does; it says what came of it.

    ``run`` gets the store, the settings, the civil date of the firing and the instant now.
    """

    crontab: str
    grace: timedelta
    run: Callable[[Store, SyncSettings, date, datetime], str]


def run_fill_calendar(store: Store, _: SyncSettings, on: date, now: datetime) -> str:
    """Fill in the days off of the years around ``on``."""
    with store.transaction(now) as tx:
        changed = fill_calendar(tx, on)
    return f"years changed: {', '.join(str(year) for year in changed) or 'none'}"


def run_grant_leave(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Grant the leave that is due and carry over what the year before left.

    Raises:
        ProfileFileError: the city's file of kinds cannot be used.
    """
    if settings.leave_rule_from_on is None:
        return "no leave_rule_from_on is set: HR's files grant"
    rules = settings.read_leave_rules()
    with store.transaction(now) as tx:
        done = grant_leave(tx, on, rules, settings.read_rules(), rule_from_on=settings.leave_rule_from_on)
    untold = f", terms untold: {len(done.without_terms)}" if done.without_terms else ""
    return f"granted {done.granted}, carried over {done.carried}{untold}"


def run_hand_over_pay(store: Store, settings: SyncSettings, _: date, __: datetime) -> str:
    """Hand over what is due of months that are closed for everybody: files into the payroll folder, or to its service.

    Raises:
        LayoutError: the settings' layout cannot be used.
        ExceptionGroup: as ``hand_over_whole_months``.
    """
    return hand_over_whole_months(PayDesk(store, settings, _utc_now))


def run_keep_payroll_access(store: Store, settings: SyncSettings, _: date, __: datetime) -> str:
    """Renew the tokens of payroll's service in time, also while nothing is due.

    Raises:
        PortClosedError, NotReachedError: as ``FreeeAccess.keep``.
    """
    if settings.freee is None:
        return "no service"
    return keep_payroll_access(store, settings.freee, settings.load_site_key(), _utc_now)


def run_tell_overstays(store: Store, _: SyncSettings, __: date, now: datetime) -> str:
    """Raise alarms for visitors who are still here after their end."""
    with store.transaction(now) as tx:
        return f"overstaying: {tell_overstays(tx)}"


def run_forget_visitors(store: Store, settings: SyncSettings, _: date, now: datetime) -> str:
    """Forget who came, once the settings' days are over."""
    with store.transaction(now) as tx:
        return f"forgotten: {forget_visitors(tx, settings.visitor_days)}"


def run_forget_readings(store: Store, settings: SyncSettings, _: date, now: datetime) -> str:
    """Forget who looked at whose events, once the settings' days are over."""
    with store.transaction(now) as tx:
        return f"forgotten: {forget_old_readings(tx, settings.reading_days)}"


def run_forget_reservees(store: Store, settings: SyncSettings, _: date, now: datetime) -> str:
    """Forget who reserved and was not seen for the settings' years, and who never confirmed the own address."""
    gone = forget_unseen(store, now, settings.reservee_years)
    unconfirmed = forget_unconfirmed(store, now, settings.unconfirmed_days)
    return f"forgotten: {gone.reservees} reservees, {gone.payers} payers, {unconfirmed} unconfirmed"


def run_forget_papers(store: Store, settings: SyncSettings, _: date, now: datetime) -> str:
    """Forget papers that were ordered, once the settings' days are over."""
    with store.transaction(now) as tx:
        return f"forgotten: {forget_old_papers(tx, settings.paper_days)}"


def run_forget_letters(store: Store, settings: SyncSettings, _: date, now: datetime) -> str:
    """Forget what was written to citizens, as old as messages to staff are kept."""
    with store.transaction(now) as tx:
        return f"forgotten: {forget_letters(tx, settings.message_days)}"


def run_forget_attendance(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Forget old messages, and time records beyond the years of the profile."""
    with store.transaction(now) as tx:
        gone = forget_attendance(tx, on, settings.read_rules(), message_days=settings.message_days)
    return f"forgotten: {gone.messages} messages, {gone.time_records} time records"


def run_tell_months(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Tell people which months wait for them, and which caps over more than a month are near or were crossed."""
    with store.transaction(now) as tx:
        waiting = tell_months(tx, on)
    return f"told: {waiting}, of caps: {tell_year_caps(store, on, now, settings.read_rules())}"


def run_deliver_messages(store: Store, settings: SyncSettings, _: date, __: datetime) -> str:
    """Send the messages that are due; without ways people find them in the pages alone."""
    return "no ways" if settings.notify is None else _tell(deliver_messages(store, settings.notify, _utc_now))


def run_send_digest(store: Store, settings: SyncSettings, _: date, __: datetime) -> str:
    """Send the digests that are due."""
    return "no ways" if settings.notify is None else _tell(send_digest(store, settings.notify, _utc_now))


def _tell(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{outcome} {count}" for outcome, count in sorted(counted.items())) or "nothing due"


def _utc_now() -> datetime:  # a round of many letters outlives its firing's instant
    return datetime.now(UTC)


JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "fill_calendar": Job("0 3 * * *", timedelta(days=1), run_fill_calendar),
        "grant_leave": Job("20 3 * * *", timedelta(days=7), run_grant_leave),
        "fetch_hr_files": Job("10-59/15 * * * *", timedelta(minutes=15), fetch_hr_files),
        "import_hr_files": Job("* * * * *", timedelta(minutes=2), import_hr_files),
        "keep_payroll_access": Job("25 * * * *", timedelta(hours=1), run_keep_payroll_access),
        "hand_over_pay": Job("0 6 * * *", timedelta(hours=12), run_hand_over_pay),
        "tell_overstays": Job("*/5 * * * *", timedelta(minutes=5), run_tell_overstays),
        "forget_visitors": Job("30 3 * * *", timedelta(days=7), run_forget_visitors),
        "deliver_messages": Job("*/2 * * * *", timedelta(minutes=4), run_deliver_messages),
        "send_digest": Job("*/5 * * * *", timedelta(minutes=10), run_send_digest),
        "forget_papers": Job("50 3 * * *", timedelta(days=7), run_forget_papers),
        "tell_months": Job("0 8 * * *", timedelta(hours=12), run_tell_months),
        "forget_attendance": Job("20 4 * * *", timedelta(days=7), run_forget_attendance),
        "forget_reservees": Job("30 4 * * *", timedelta(days=7), run_forget_reservees),
        "forget_letters": Job("55 3 * * *", timedelta(days=7), run_forget_letters),
        "forget_readings": Job("40 3 * * *", timedelta(days=7), run_forget_readings),
    }
)
"""Every timed job by the name that stands in ``job_run``."""

"""The timed jobs: what runs when, and how late it may still run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from store.tx import Store
from sync.jobs.deliver_messages import deliver_messages
from sync.jobs.export_payroll import export_payroll, previous_month, write_payroll_file
from sync.jobs.fetch_hr_files import fetch_hr_files
from sync.jobs.fill_calendar import fill_calendar
from sync.jobs.forget_readings import forget_old_readings
from sync.jobs.grant_leave import grant_leave
from sync.jobs.import_hr_files import import_hr_files
from sync.jobs.send_digest import send_digest
from sync.jobs.watch_visits import forget_visitors, tell_overstays
from sync.payroll.layout_files import adapt_layout, load_layout
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
        done = grant_leave(tx, on, rules, settings.read_profile(), rule_from_on=settings.leave_rule_from_on)
    untold = f", terms untold: {len(done.without_terms)}" if done.without_terms else ""
    return f"granted {done.granted}, carried over {done.carried}{untold}"


def run_export_payroll(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Export the month before ``on`` and lay its file into the payroll folder once it is committed."""
    return export_month(store, settings, previous_month(on), now)


def export_month(store: Store, settings: SyncSettings, period: str, now: datetime) -> str:
    """Export one month; again is harmless.

    Raises:
        LayoutError: the settings' layout cannot be used.
        MonthNotOverError, PayrollFileError, ValueError: as ``export_payroll``.
    """
    layout = load_layout(settings.payroll_layout, city_file=settings.payroll_layout_file)
    form = adapt_layout(layout, time=settings.payroll_time, encoding=settings.payroll_encoding)
    with store.transaction(now) as tx:
        month = export_payroll(tx, period, settings.read_profile(), layout=form)
    written = write_payroll_file(settings.payroll_dir, month)
    state = "written" if written else "already there"
    return f"{month.file_name}: {month.batch.lines} lines, {state}"


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
        "export_payroll": Job("0 6 3 * *", timedelta(days=5), run_export_payroll),
        "tell_overstays": Job("*/5 * * * *", timedelta(minutes=5), run_tell_overstays),
        "forget_visitors": Job("30 3 * * *", timedelta(days=7), run_forget_visitors),
        "deliver_messages": Job("*/2 * * * *", timedelta(minutes=4), run_deliver_messages),
        "send_digest": Job("*/5 * * * *", timedelta(minutes=10), run_send_digest),
        "forget_readings": Job("40 3 * * *", timedelta(days=7), run_forget_readings),
    }
)
"""Every timed job by the name that stands in ``job_run``."""

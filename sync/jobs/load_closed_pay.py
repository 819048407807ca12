"""Closed months as payroll takes them: versions and what was agreed about them, read from their bytes."""

from collections import defaultdict

from contract.adjustment_content import read_adjustment
from contract.month_version import read_month
from domain.attendance.adjustment import AdjustmentState
from domain.attendance.pay_line import AgreedAdjustment, ClosedMonth
from store.closings import list_versions
from store.month_adjustments import list_adjustments
from store.tx import Tx
from sync.jobs.hand_over_pay import PersonClosed


def load_closed_pay(tx: Tx, period: str) -> dict[str, PersonClosed]:
    """Give everybody's closed month (``YYYY-MM``) by person; whose month was never closed is left out.

    Raises:
        MonthVersionError, AdjustmentContentError: what is stored cannot be read; nothing may be handed over.
    """
    versions: dict[str, list[ClosedMonth]] = defaultdict(list)
    for version in list_versions(tx, period):
        versions[version.person_id].append(read_month(version.content, version.version))
    agreed: dict[str, list[AgreedAdjustment]] = defaultdict(list)
    for each in list_adjustments(tx, period, states={AdjustmentState.agreed}):
        amounts = read_adjustment(each.content).amounts
        agreed[each.person_id].append(AgreedAdjustment(each.id, each.person_id, period, each.version, amounts))
    return {person_id: PersonClosed(tuple(closed), tuple(agreed[person_id])) for person_id, closed in versions.items()}

"""Make what was ordered: claim an order, make its paper part by part, keep it or say why there is none."""

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from contract.adjustment_content import AdjustmentContentError
from contract.month_version import MonthVersionError
from domain.attendance.paper import PaperKind
from domain.zones.my_number import MyNumberError, refuse_my_numbers
from store.papers import ClaimedPaper, PaperFile, claim_paper, save_paper_failed, save_paper_made
from store.pay_checks import PayrollForm, save_payroll_form
from store.pay_lines import LinesStandError
from sync.documents.press import PressError
from sync.firing import Desk
from sync.jobs.hand_over_closed_pay import read_form
from sync.jobs.month_papers import make_month_paper
from sync.jobs.paper_progress import LostPaperError, PaperWork
from sync.jobs.pay_papers import make_pay_check, make_pay_file, make_unfit_list
from sync.jobs.print_papers import NoSheetError
from sync.jobs.taking_papers import NoTakingError, make_receipt, make_takings_day
from sync.payroll.cells import PayrollFileError
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_api import EmployeeListError
from sync.payroll.layout_files import LayoutError
from sync.payroll.their_list import TheirListError

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(minutes=10)
"""A maker that gave no sign for so long is thought dead."""
ATTEMPTS_MAX = 3
WORDS_MAX = 8000

_TOLD = (
    NoSheetError,
    PressError,
    PayrollFileError,
    TheirListError,
    LinesStandError,
    PortClosedError,
    EmployeeListError,
    MonthVersionError,
    AdjustmentContentError,
    NoTakingError,
    MyNumberError,
)
"""What a person can put right: the error's own words say how, Japanese first."""

_BROKEN = (
    "作れませんでした。もう一度頼んでも同じなら、管理者に伝えてください / "
    "it could not be made; if the same happens again, tell the administrator"
)
_CUT_OFF = (
    "作っている間に何度も止まりました。管理者に伝えてください / "
    "its making was cut off again and again; tell the administrator"
)

MAKERS: Mapping[PaperKind, Callable[[PaperWork], PaperFile]] = MappingProxyType(
    {
        PaperKind.attendance_book: make_month_paper,
        PaperKind.overtime_orders: make_month_paper,
        PaperKind.workbook: make_month_paper,
        PaperKind.pay_file: make_pay_file,
        PaperKind.pay_file_partial: make_pay_file,
        PaperKind.pay_characters: make_unfit_list,
        PaperKind.pay_check: make_pay_check,
        PaperKind.receipt: make_receipt,
        PaperKind.takings_day: make_takings_day,
    }
)


class PaperMaker:
    """Makes papers one after another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tell_form(self) -> None:
        """Say in the database which form payroll is told by, so that pages may name it."""
        settings, now = self._desk.settings, self._desk.now()
        try:
            layout = read_form(settings)
            form = PayrollForm(layout.name, layout.title, layout.format == "csv", "", now)
        except LayoutError as error:
            name, trouble = settings.payroll_layout, str(error)[:WORDS_MAX]
            form = PayrollForm(name, name, is_file=True, trouble=trouble, told_at=now)
        with self._desk.store.transaction(now) as tx:
            save_payroll_form(tx, form)

    def make_next(self) -> bool:
        """Make the paper that waits longest; False when none waits.

        What goes wrong is told with the paper; only a database that is gone raises.
        """
        now = self._desk.now()
        with self._desk.store.transaction(now) as tx:
            claimed = claim_paper(tx, stale_before=now - STALE_AFTER)
        if claimed is None:
            return False
        try:
            words, file = self._make(claimed)
        except LostPaperError:
            return True
        with self._desk.store.transaction(self._desk.now()) as tx:
            if file is None:
                save_paper_failed(tx, claimed, words[:WORDS_MAX])
            else:
                save_paper_made(tx, claimed, file)
        return True

    def _make(self, claimed: ClaimedPaper) -> tuple[str, PaperFile | None]:
        if claimed.attempt > ATTEMPTS_MAX:
            return _CUT_OFF, None
        kind = claimed.order.kind
        try:
            file = MAKERS[kind](PaperWork(self._desk, claimed))
            if file.media_type.startswith("text/"):
                refuse_my_numbers([(file.name, file.content.decode("utf-8", "replace"))], is_ours=True)
        except LostPaperError:
            raise
        except _TOLD as error:
            logger.info("%s refused: %s", kind, type(error).__name__)
            return str(error), None
        except Exception as error:  # noqa: BLE001 (one order that cannot be made must not stop the others)
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            logger.error("%s failed: %s at %s", kind, type(error).__name__, place)  # noqa: TRY400
            return f"{_BROKEN} ({type(error).__name__} at {place})", None
        logger.info("%s made: %d bytes", kind, len(file.content))
        return "", file

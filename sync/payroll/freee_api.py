"""freee人事労務 by its public API: a person's month as one summary, overwritten as a whole.

``PUT /api/v1/employees/{id}/work_record_summaries/{year}/{month}`` sets what it is not given to 0, so every row names
every field of the layout ``freee_api``. Who is who is asked by 従業員番号, which is our person id.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from domain.attendance.pay_line import PayRow
from sync.payroll.delivery import PortClosedError, Told, Verdict
from sync.payroll.freee_settings import FreeeSettings
from sync.payroll.layout import Layout
from sync.payroll.rows import json_body, sum_items
from sync.payroll.wire import Access, NoAnswerError, NotReachedError, Wire, WireAnswer

EMPLOYEES_AT_ONCE = 100
EMPLOYEES_MAX = 200_000


class EmployeeListError(Exception):
    """Who is who could not be asked; nothing was sent. The text says why."""


class FreeePort:
    """The port to one 事業所; ``pay_months_later`` is how many months after the worked month it is paid."""

    def __init__(
        self,
        wire: Wire,
        layout: Layout,
        company_id: int,
        employees: Mapping[str, int],
        *,
        pay_months_later: int = 0,
    ) -> None:
        self._wire = wire
        self._layout = layout
        self._company_id = company_id
        self._employees = employees
        self._pay_months_later = pay_months_later

    def send(self, row: PayRow) -> Told:
        """Write the summary; what comes back has to be what was written."""
        path = self._path(row)
        if path is None:
            return _UNKNOWN_EMPLOYEE
        try:
            answer = self._wire.put(path, {"company_id": self._company_id, **json_body(self._layout, row)}, row.key)
        except NotReachedError as error:
            return Told(
                Verdict.not_reached, f"freee に届きません / freee was not reached ({error})", error.pause_seconds
            )
        except NoAnswerError as error:
            return Told(Verdict.unknown, f"freee の返事がありません / no answer of freee ({error})")
        trouble = _trouble(answer)
        if trouble is not None:
            return trouble
        if not self._is_whole(answer.value):
            return Told(Verdict.unknown, "freee の返事が読めません / freee's answer cannot be read")
        other = self._differences(row, answer.value)
        return Told(Verdict.unknown, f"freee の返事が違います / freee answered otherwise: {other}") if other else _TAKEN

    def ask(self, row: PayRow) -> Told:
        """Read the summary and compare it with the row."""
        path = self._path(row)
        if path is None:
            return _UNKNOWN_EMPLOYEE
        try:
            answer = self._wire.get(path, {"company_id": self._company_id})
        except (NotReachedError, NoAnswerError) as error:
            return Told(Verdict.unknown, f"freee に尋ねられません / freee could not be asked ({error})")
        if answer.status == 404:
            return Told(Verdict.not_there)
        trouble = _trouble(answer)
        if trouble is not None:
            return replace(trouble, verdict=Verdict.busy if trouble.verdict is Verdict.busy else Verdict.unknown)
        if not self._is_whole(answer.value):
            return Told(Verdict.unknown, "freee の返事が読めません / freee's answer cannot be read")
        other = self._differences(row, answer.value)
        if other:
            return Told(Verdict.not_there, f"freee の値が違います / freee has other figures: {other}")
        return Told(Verdict.unproven) if self._has_hidden(row) else _TAKEN

    def _path(self, row: PayRow) -> str | None:
        employee_id = self._employees.get(row.person_id)
        if employee_id is None:
            return None
        months = int(row.period[:4]) * 12 + int(row.period[5:]) - 1 + self._pay_months_later
        return f"/api/v1/employees/{employee_id}/work_record_summaries/{months // 12}/{months % 12 + 1}"

    def _is_whole(self, value: Any) -> bool:
        return isinstance(value, dict) and all(
            isinstance(value.get(column.answer), int | float) for column in self._layout.columns if column.answer
        )

    def _differences(self, row: PayRow, value: Mapping[str, float]) -> str:
        shown = (column for column in self._layout.columns if column.answer)
        pairs = ((column.answer, value[column.answer], sum_items(column, row.amounts)) for column in shown)
        return ", ".join(f"{name} {theirs} ≠ {ours}" for name, theirs, ours in pairs if theirs != ours)

    def _has_hidden(self, row: PayRow) -> bool:
        # Fields that an answer does not show: with one of them set, the same answer could be an earlier version's.
        return any(
            column.key and not column.answer and sum_items(column, row.amounts) for column in self._layout.columns
        )


@contextmanager
def open_freee(settings: FreeeSettings, layout: Layout, access: Access) -> Iterator[FreeePort]:
    """Open the port that the settings name, for as long as the block runs; who is who is asked first.

    Raises:
        PortClosedError: nothing lets us in, or what does may not do this.
        EmployeeListError: who is who could not be asked; nothing was sent.
    """
    with Wire(settings.url, access, timeout_seconds=settings.timeout_seconds) as wire:
        employees = list_employees(wire, settings.company_id)
        later = settings.pay_months_later
        yield FreeePort(wire, layout, settings.company_id, employees, pay_months_later=later)


def list_employees(wire: Wire, company_id: int) -> dict[str, int]:
    """Give freee's id of each employee by 従業員番号; who has none is left out.

    Raises:
        PortClosedError: the token is not accepted.
        EmployeeListError: the list did not come, or not as described, or names a number twice.
    """
    found: dict[str, int] = {}
    for offset in range(0, EMPLOYEES_MAX, EMPLOYEES_AT_ONCE):
        page = _employees_page(wire, company_id, offset)
        for each in page:
            number, employee_id = (each.get("num"), each.get("id")) if isinstance(each, dict) else (None, None)
            if not isinstance(employee_id, int):
                raise EmployeeListError("従業員の一覧が読めません / the list of employees is not as described: id")
            if not isinstance(number, str) or not number:
                continue
            if found.get(number, employee_id) != employee_id:
                raise EmployeeListError(f"従業員番号 {number} が二人にあります / two employees have number {number}")
            found[number] = employee_id
        if len(page) < EMPLOYEES_AT_ONCE:
            return found
    raise EmployeeListError(f"more than {EMPLOYEES_MAX} employees")


def _employees_page(wire: Wire, company_id: int, offset: int) -> list[Any]:
    query = {"limit": EMPLOYEES_AT_ONCE, "offset": offset}
    try:
        answer = wire.get(f"/api/v1/companies/{company_id}/employees", query)
    except (NotReachedError, NoAnswerError) as error:
        raise EmployeeListError(f"freee に尋ねられません / freee could not be asked ({error})") from None
    trouble = _trouble(answer)
    if trouble is not None:
        raise EmployeeListError(trouble.words)
    if not isinstance(answer.value, list):
        raise EmployeeListError("従業員の一覧が読めません / the list of employees is not as described: no list")
    return answer.value


def _trouble(answer: WireAnswer) -> Told | None:
    if answer.status in {401, 403}:
        raise PortClosedError(
            "freee がこの操作を許しません。アプリの権限と許可した人の権限を確かめ、"
            "sekisho sync freee-authorise で許可し直してください / "
            f"freee does not let us do this (HTTP {answer.status}): check what the application and whoever authorised "
            "it may do, then authorise again with sekisho sync freee-authorise"
        )
    if answer.status == 429:
        return Told(Verdict.busy, "freee の回数制限です / freee's rate limit", answer.pause_seconds)
    if answer.status >= 500:
        return Told(Verdict.unknown, f"freee の障害です / freee failed (HTTP {answer.status})")
    if answer.status >= 300:
        return Told(Verdict.refused, f"freee が受け付けません / freee refused it (HTTP {answer.status})")
    return None


_TAKEN = Told(Verdict.taken)
_UNKNOWN_EMPLOYEE = Told(
    Verdict.refused,
    "freee にこの従業員番号がありません。登録してください / freee has no employee of this number; enter it there",
)

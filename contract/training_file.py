"""Who attended which training, and who fell for a phishing drill, as files of a learning or drill system say it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from contract.csv_rows import DayCell, FaultyLine, PersonCell, read_csv_rows, read_each
from domain.ids import ID_PATTERN

ATTENDANCE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"職員番号": "person_id", "研修": "training_id", "受講日": "attended_on", "結果": "passed"}
)
"""The columns in Japanese; their English names are the fields'."""
ATTENDANCE_NEEDED = ("person_id", "training_id", "attended_on")

DRILL_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"職員番号": "person_id", "訓練日": "failed_on", "結果": "fell", "再受講日": "made_good_on"}
)
DRILL_NEEDED = ("person_id", "failed_on")

_PASSED: Mapping[str, bool] = MappingProxyType(
    {
        "合格": True,
        "修了": True,
        "○": True,
        "passed": True,
        "不合格": False,
        "未修了": False,
        "×": False,
        "failed": False,
    }
)
_FELL: Mapping[str, bool] = MappingProxyType(
    {"開封": True, "クリック": True, "入力": True, "×": True, "fell": True}
    | {"なし": False, "報告": False, "○": False, "safe": False}
)
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "職員番号 a–z 0–9 - _ (63)",
        "training_id": "a–z 0–9 - _ (63)",
        "attended_on": "YYYY-MM-DD",
        "failed_on": "YYYY-MM-DD",
        "made_good_on": "YYYY-MM-DD",
        "passed": "合格 / 不合格",
        "fell": "開封 / なし",
    }
)


def _choose(words: Mapping[str, bool]) -> BeforeValidator:
    return BeforeValidator(lambda text: words.get(text, "?") if isinstance(text, str) else text)


class AttendanceRow(BaseModel):
    """Somebody's training on a day."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    person_id: PersonCell
    training_id: Annotated[str, StringConstraints(pattern=ID_PATTERN)]
    attended_on: DayCell
    passed: Annotated[bool, _choose(_PASSED)] = True


class DrillRow(BaseModel):
    """How somebody did in a drill; ``made_good_on`` None: not yet. Without a result somebody named fell for it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    person_id: PersonCell
    failed_on: DayCell
    fell: Annotated[bool, _choose(_FELL)] = True
    made_good_on: DayCell | None = None

    @property
    def last_on(self) -> date:
        """The last day that the row speaks of."""
        return max(self.failed_on, self.made_good_on or self.failed_on)


def read_attendance_file(data: bytes) -> tuple[list[tuple[int, AttendanceRow]], list[FaultyLine]]:
    """Give a file's attendances, each with its line, and the lines that are none.

    Raises:
        ZoneFaultsError: it is no such file as a whole (``file``).
    """
    return read_each(read_csv_rows(data, ATTENDANCE_COLUMNS, ATTENDANCE_NEEDED), AttendanceRow, _EXPECTED)


def read_drill_file(data: bytes) -> tuple[list[tuple[int, DrillRow]], list[FaultyLine]]:
    """Give a file's drill results, each with its line, and the lines that are none.

    Raises:
        ZoneFaultsError: it is no such file as a whole (``file``).
    """
    return read_each(read_csv_rows(data, DRILL_COLUMNS, DRILL_NEEDED), DrillRow, _EXPECTED)

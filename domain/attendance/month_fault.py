"""Why an act at a month's end is refused: the field, a stable word for why, and its words in Japanese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class MonthWhy(StrEnum):
    """Why an act is refused."""

    not_now = "not_now"
    not_yours = "not_yours"
    own_month = "own_month"
    same_person = "same_person"
    no_reason = "no_reason"
    changed = "changed"
    not_over = "not_over"
    blocked = "blocked"
    reader_late = "reader_late"
    unknown = "unknown"


WORDS: Mapping[MonthWhy, str] = MappingProxyType(
    {
        MonthWhy.not_now: "今の状態ではできません。画面を更新してください / not possible as it stands now; look again",
        MonthWhy.not_yours: "権限のある方が行ってください / expected somebody whose act it is; ask that person",
        MonthWhy.own_month: "本人の月です。別の方が行ってください / it is one's own month; expected another person",
        MonthWhy.same_person: (
            "提案した方とは別の方が承認してください / expected another person than the one who proposed it"
        ),
        MonthWhy.no_reason: "理由を入力してください / expected a reason; write one",
        MonthWhy.changed: (
            "集計が変わりました。内容を確かめてください / the counted month changed; look at it and confirm again"
        ),
        MonthWhy.not_over: "月がまだ終わっていません。終了後に行ってください / the month is not over; wait until it is",
        MonthWhy.blocked: (
            "未処理の事項があります。チェックシートの事項を解決してください / "
            "something of the month is unsettled; settle what the check sheet names"
        ),
        MonthWhy.reader_late: (
            "打刻が届いていない読取機があります。受信を待つか、読取機を指定して進めてください / "
            "readers have not told all taps; wait for them, or name them to go on without"
        ),
        MonthWhy.unknown: "対象がありません。一覧から選んでください / there is no such thing; choose it from the list",
    }
)
"""Each reason's words: what was expected and what to do."""


@dataclass(frozen=True, slots=True)
class MonthFault:
    """One thing that is wrong with an act: the field of it, why, and whose month it is about."""

    field: str
    why: MonthWhy
    person_id: str = ""

    @property
    def text(self) -> str:
        """Give the fault's words."""
        return f"{self.field}: {WORDS[self.why]}"


class RefusedMonthError(Exception):
    """An act was refused and nothing changed; ``faults`` are all that is wrong with it."""

    def __init__(self, faults: tuple[MonthFault, ...]) -> None:
        super().__init__("; ".join(fault.text for fault in faults))
        self.faults = faults

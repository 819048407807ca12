"""The reconciliation in words: lines by batch and state, and each difference with both figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.attendance.pay_line import LineState
from domain.attendance.reconciliation import Difference, Found, Reconciliation
from domain.civil import format_h_mm

STATE_WORDS: Mapping[LineState, str] = MappingProxyType(
    {
        LineState.made: "作成済 made",
        LineState.sent: "送付済・確認待ち sent, not confirmed",
        LineState.confirmed: "確認済 confirmed",
        LineState.refused: "拒否 refused",
        LineState.superseded: "後の版に置換 superseded",
    }
)
DIFFERENCE_WORDS: Mapping[Difference, str] = MappingProxyType(
    {
        Difference.twice: "二重に取り込まれています taken twice",
        Difference.missing_there: "先方にありません missing there",
        Difference.missing_here: "こちらから渡していません never handed over",
        Difference.refused_there: "拒否されたのに先方にあります refused, and yet there",
        Difference.differs: "値が違います differs",
    }
)


def write_report(batches: Iterable[tuple[str, LineState]], report: Reconciliation) -> str:
    """Give the report as text for HR; times in H.MM.

    Args:
        batches: each line's batch and state.
        report: the comparison with the other side's list.
    """
    by_batch: dict[str, Counter[LineState]] = defaultdict(Counter)
    for batch_id, state in batches:
        by_batch[batch_id][state] += 1
    lines = [f"{batch_id}: {_counts(counts)}" for batch_id, counts in by_batch.items()]
    lines.append(f"合計 total: {_counts(report.counts)}")
    lines.append(f"一致 agreed: {report.agreed} · 差異 differences: {len(report.found)}")
    lines += [_tell(found) for found in report.found]
    lines += [f"{person_id}: 一覧に複数行 listed more than once" for person_id in report.listed_twice]
    return "\n".join(lines) + "\n"


def _counts(counts: Mapping[LineState, int]) -> str:
    return " · ".join(f"{words} {counts[state]}" for state, words in STATE_WORDS.items() if counts.get(state)) or "0"


def _tell(found: Found) -> str:
    ours, theirs = ("–" if each is None else format_h_mm(each) for each in (found.ours, found.theirs))
    return f"{found.person_id} {found.line}: {ours} ≠ {theirs} {DIFFERENCE_WORDS[found.difference]}"

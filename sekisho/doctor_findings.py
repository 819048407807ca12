"""What the doctor finds, and how it is shown: a mark, what was seen, and what to change in mosquitto's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Mark(StrEnum):
    """How something stands."""

    right = "✓"
    noted = "△"  # worth knowing; Sekisho does not rest on it
    wrong = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: what it is, how it stands, what was seen, and what to change when it is not right."""

    subject: str
    mark: Mark
    seen: str
    change: str = ""


def judge(subject: str, right: bool, seen: str, change: str, *, otherwise: Mark = Mark.wrong) -> Finding:
    """Give the finding: right, or ``otherwise`` with what to change."""
    return Finding(subject, Mark.right, seen) if right else Finding(subject, otherwise, seen, change)


def show_findings(console: Console, findings: Sequence[Finding], *, title: str) -> None:
    """Print the findings as a table, and below it what is to be changed."""
    table = Table("", "検査 · examined", "結果 · seen", title=title)
    for finding in findings:
        table.add_row(_mark(finding.mark), Text(finding.subject), Text(finding.seen))
    console.print(table)
    for mark, heading in ((Mark.wrong, "直すこと · to change"), (Mark.noted, "知っておくこと · worth knowing")):
        lines = [finding for finding in findings if finding.mark is mark and finding.change]
        if lines:
            console.print(Text(f"\n{heading}"))
        for finding in lines:
            console.print(Text(f"{mark} {finding.subject}: {finding.change}"))


def _mark(mark: Mark) -> Text:
    return Text(mark, style={Mark.right: "green", Mark.noted: "yellow", Mark.wrong: "bold red"}[mark])

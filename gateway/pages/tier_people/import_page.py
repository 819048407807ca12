"""取込み: a file looked through and then taken whole, drawn the same for trainings, drills and terminals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from contract.csv_rows import BYTES_MAX, ROWS_MAX, FaultyLine
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.visit import Visit
from gateway.pages.tier_people.kept_file import LINES_SHOWN, keep, tell_lines


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of file: where it is sent, the words that name it, and its columns by their Japanese names."""

    path: str
    name: str
    back: str
    columns: Mapping[str, str]
    needed: Collection[str]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would bring: figures by the words that name them, and the lines that cannot be taken."""

    figures: tuple[tuple[str, int], ...]
    new: int
    faulty: Sequence[FaultyLine]


def show_import(
    visit: Visit,
    kind: ImportKind,
    *,
    looked: Looked | None = None,
    data: bytes = b"",
    refused: ZoneFaultsError | None = None,
    brought: int | None = None,
) -> Response:
    """Show the form, with what a file of bytes ``data`` would bring, why it is none, or how much was just brought."""
    names = {field: name for name, field in kind.columns.items()}
    faulty = sorted(looked.faulty, key=lambda each: each.line) if looked else []
    faults = tell_by_field(refused.faults, describe_zone_fault, visit.language) if refused else {}
    return visit.render(
        "tier_people/import.html",
        kind=kind,
        columns=[(name, field, field in kind.needed) for name, field in kind.columns.items()],
        looked=looked,
        lines=tell_lines(faulty[:LINES_SHOWN], names, visit.language),
        faulty_count=len(faulty),
        more=max(0, len(faulty) - LINES_SHOWN),
        kept=keep(data) if looked and looked.new and not faulty else "",
        faults=faults,
        brought=brought,
        megabytes=BYTES_MAX // 1024 // 1024,
        rows_max=ROWS_MAX,
        fault="some" if faulty or faults else None,
    )

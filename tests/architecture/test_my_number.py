"""Whatever reads from or writes to the outside stands in the table of gates, and each gate really looks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "docs/flows/my-number.md").read_text()
SOURCES = [path for room in ("gateway", "sync", "sekisho", "contract") for path in sorted((ROOT / room).rglob("*.py"))]

READS = re.compile(
    r"csv\.(?:reader|DictReader)|tomllib\.load|load_workbook|request\.(?:stream|body|json)\(|\.form\(\)|yaml\.(?:load|compose)"
)
WRITES = re.compile(
    r"csv\.(?:writer|DictWriter)\(|import xlsxwriter|import typst|to_ical\(|EmailMessage\(|[Cc]ontent-[Dd]isposition"
    r"|FileResponse\(|ZipFile\([^)]*\"w\"|tarfile\.open|media_type=\"(?:application/json|text/csv)|\.publish\("
    r"|import httpx|httpx2"
)
BEHIND_THE_GUARD = "gateway/pages/"
"""What reads a request there reads it after the guard has looked through it."""

LOOKED_INTO_BY_HAND = {
    "gateway/pages/entrance/my_number.py",  # the gate itself
    "sekisho/doctor_doors.py", "sekisho/doctor_memory.py", "sekisho/doctor_peer.py", "sekisho/doctor_rights.py",
    "sekisho/edge.py",
}  # fmt: skip
"""Commands that ask a machine something and print the answer to whoever runs them."""


def _rows(heading: str) -> list[tuple[list[str], str]]:
    part = TABLES.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`([^`]+\.py)`", cells[0]), cells[2].strip()) for cells in lines]


def _named(heading: str) -> set[str]:
    return {module for modules, _ in _rows(heading) for module in modules}


@pytest.mark.parametrize(("heading", "marks"), [("In", READS), ("Out", WRITES)])
def test_every_way_in_and_out_stands_in_the_table(heading: str, marks: re.Pattern[str]) -> None:
    found = {str(path.relative_to(ROOT)) for path in SOURCES if marks.search(path.read_text())}
    if heading == "In":
        found = {path for path in found if not path.startswith(BEHIND_THE_GUARD)}
    assert found - _named(heading) - LOOKED_INTO_BY_HAND == set()


@pytest.mark.parametrize("heading", ["In", "Out"])
def test_each_gate_looks(heading: str) -> None:
    for modules, gate in _rows(heading):
        assert all((ROOT / module).is_file() for module in modules), modules
        if gate.startswith("—"):
            assert len(gate) > 2, f"{modules}: say why there is no gate"
        else:
            assert "from domain.zones.my_number import" in (ROOT / gate.strip("`")).read_text(), gate


def test_tables_of_pages_go_through_one_writer() -> None:
    """Nothing in the pages writes a CSV by itself."""
    pages = [path for path in SOURCES if "pages" in path.parts and "csv.writer(" in path.read_text()]
    assert [str(path.relative_to(ROOT)) for path in pages] == ["gateway/pages/drawing/csv_file.py"]

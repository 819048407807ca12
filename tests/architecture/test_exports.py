"""No page gives a file but by leave: the class of what it holds is asked first (docs/flows/export-classes.md)."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "gateway/pages", ROOT / "gateway/citizens")
MAKER = "gateway/pages/information/let_out.py"
KEYS_ALONE = {"gateway/pages/devices/controller.py", "gateway/pages/devices/controllers.py"}
"""Certificates' requests and a controller's first configuration: nothing of the register."""


def _holding(pattern: str) -> set[str]:
    found = re.compile(pattern)
    return {
        str(path.relative_to(ROOT))
        for room in PAGES
        for path in room.rglob("*.py")
        if found.search(path.read_text(encoding="utf-8"))
    }


def test_a_file_to_keep_is_given_in_one_place() -> None:
    assert _holding(r"[Cc]ontent-[Dd]isposition") - KEYS_ALONE == {
        "gateway/pages/drawing/csv_file.py",
        "gateway/pages/drawing/leaving.py",
    }


def test_leave_is_made_in_one_place() -> None:
    assert _holding(r"\bLeaving\(") == {MAKER}


def test_what_programs_fetch_without_a_session_asks_too() -> None:
    feeds = _holding(r"write_calendar\(|write_facility_feed\(|write_draw_file\(")
    asking = _holding(r"\bmay_flow\(|\blet_out\(")
    assert feeds
    assert feeds <= asking

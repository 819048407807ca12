"""What the documents name is there: files and folders in back-ticks, links and pictures."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = (
    "domain|contract|store|gateway|readers|sync|sekisho|demo|emulation|tests|scripts|firmware_configs|docs|benchmarks"
)
NAMED = re.compile(rf"`((?:{ROOMS})/[A-Za-z0-9_./-]*)`")
LINKED = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {ROOT / name for name in NAMED.findall(text)} | {page.parent / name for name in LINKED.findall(text)}
    assert sorted(str(path.relative_to(ROOT)) for path in named if not path.exists()) == []

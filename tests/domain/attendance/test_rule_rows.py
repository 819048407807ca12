"""Every row of the rule catalogue has a test that bears its name."""

import re
from pathlib import Path

ROWS = {f"r{number}" for number in range(1, 20)} | {f"l{number}" for number in range(1, 24)}


def test_every_row_has_a_test_named_after_it() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {row for name in re.findall(r"^def test_((?:[rl]\d+_)+)", text, re.MULTILINE) for row in name.split("_")}
    assert sorted(ROWS - named) == []

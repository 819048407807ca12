"""Forms that say what they know while they are filled in: an older answer never stands over a newer one."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "gateway/pages/templates"
ASKING = re.compile(r'<[^>]*hx-post="[^"]*"[^>]*hx-trigger="change[^>]*>')


def test_what_is_asked_while_a_form_changes_waits_for_the_answer_before_it() -> None:
    asking = {path: ASKING.findall(path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")}
    asked = [(path.name, tag) for path, tags in asking.items() for tag in tags]
    assert len(asked) >= 3
    assert [name for name, tag in asked if 'hx-sync="queue last"' not in tag] == []

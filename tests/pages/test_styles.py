"""All style sheets are served as one: a class that two of them begin anew would dress a page it was not made for."""

import re
from collections import defaultdict

from gateway.pages.drawing.rendering import STATIC

BEGUN = re.compile(r"^\.([\w-]+) \{", re.MULTILINE)


def test_each_class_is_begun_in_one_style_sheet() -> None:
    begun = defaultdict(set)
    for sheet in (STATIC / "css").glob("*.css"):
        for name in BEGUN.findall(sheet.read_text()):
            begun[name].add(sheet.name)
    assert len(begun) > 100
    assert {name: sheets for name, sheets in begun.items() if len(sheets) > 1} == {}

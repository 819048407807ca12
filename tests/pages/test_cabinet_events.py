"""Key cabinets in the log of events: named by the site's words, found by their controller, told as they were."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contract.records import BODIES
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.records.event_filter import GROUPS, EventForm, read_search
from gateway.pages.records.event_view import view_event
from gateway.pages.words import Language
from gateway.site.description import parse_site
from store.event_log import EventKey, EventLine
from store.records import QUARANTINED
from tests.gateway.keys.boxroom import describe

SITE = parse_site(describe(), Path("site.yaml"))
AT = datetime(2026, 12, 4, tzinfo=UTC)


def line(kind: str, word: str = "", granted: bool | None = None) -> EventLine:
    known: dict[str, Any] = dict.fromkeys(EventLine.__slots__)
    known |= {"key": EventKey("west-1", 1, 1), "kind": kind, "at": AT, "subject": "box", "word": word, "fault": ""}
    return EventLine(**known | {"granted": granted})


@pytest.mark.parametrize(
    ("kind", "word", "granted", "look", "said"),
    [
        ("cabinet.asked", "granted", True, "granted", "鍵を渡した"),
        ("cabinet.asked", "no_key_right", False, "refused", "借りられる鍵がない"),
        ("cabinet.opened", "forced", None, "alarm", "許可なく開けられた"),
        ("key.removed", "", None, "plain", "鍵の持ち出し"),
        ("key.removed_unauthorised", "", None, "alarm", "鍵の許可のない持ち出し"),
    ],
)
def test_a_cabinets_record_is_told(kind: str, word: str, granted: bool | None, look: str, said: str) -> None:
    view, phrases = view_event(line(kind, word, granted), SITE), Phrases(Language.ja)
    assert (view.look, view.say(phrases), view.say_place(phrases)) == (look, said, "鍵箱")


def test_a_cabinet_is_found_by_its_controller() -> None:
    search, faults = read_search(EventForm(group="keys", place="device/west-1"), SITE, None)
    assert faults == {}
    assert (search.subjects, search.kinds) == (("box",), GROUPS["keys"])


def test_every_kind_of_record_is_in_one_group() -> None:
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert sorted(kinds) == sorted({body.model_fields["kind"].default for body in BODIES} | {QUARANTINED})

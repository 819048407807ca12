"""The catalogues: both languages say the same things, and every word the code can say is in them."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from contract.records import DoorMoved, ReaderReported, ReadFailed
from domain.attendance.classes import OVERTIME_CLASSES
from domain.attendance.divergence import DivergenceKind
from domain.attendance.profile import RATES
from domain.verdict import Reason
from gateway.operations.identity.passwords import Weakness
from gateway.operations.identity.roles import Role
from gateway.pages.board_view import Trouble
from gateway.pages.month_view import DayState
from gateway.pages.visit import TABS
from gateway.pages.words import CATALOGUES, Language

TEMPLATES = Path(__file__).parents[2] / "gateway/pages/templates"
JA, EN = CATALOGUES[Language.ja], CATALOGUES[Language.en]


def test_both_languages_have_the_same_keys() -> None:
    assert set(JA) == set(EN)


def test_both_languages_ask_for_the_same_names() -> None:
    for key in JA:
        assert _names(JA[key]) == _names(EN[key]), key


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_japanese_is_japanese_and_english_is_not() -> None:
    japanese = re.compile(r"[぀-ヿ一-鿿]")
    assert [key for key, text in EN.items() if japanese.search(text)] == []
    silent = {"rule", "site"}
    assert [key for key, text in JA.items() if not japanese.search(text) and key.split(".")[0] not in silent] == []


def _words(*words: str, before: str) -> list[str]:
    return [f"{before}.{word}" for word in words]


EVERY = [
    *_words("granted", *Reason, before="reason"),
    *_words(*Reason, before="todo"),
    *_words(*get_args(ReadFailed.model_fields["cause"].annotation), before="unread"),
    *_words(*get_args(ReadFailed.model_fields["cause"].annotation), before="unread_todo"),
    *_words("unknown", *get_args(DoorMoved.model_fields["state"].annotation), before="door"),
    *_words("unknown", "silent", *get_args(ReaderReported.model_fields["health"].annotation), before="reader"),
    *_words(*Trouble, before="trouble"),
    *_words(*Role, before="role"),
    *_words(*DayState, before="state"),
    *_words(*(f"{kind}.{part}" for kind in DivergenceKind for part in ("short", "title", "do")), before="divergence"),
    *_words("regular", *OVERTIME_CLASSES, *(set(RATES) - {"night_regular", "swap_week"}), before="class"),
    *_words(*(f"{weakness}.{part}" for weakness in Weakness for part in ("title", "do")), before="password"),
    *(key for _, key, _ in TABS),
]


@pytest.mark.parametrize("key", sorted(set(EVERY)))
def test_every_word_that_can_be_said_is_there(key: str) -> None:
    assert key in JA


def test_every_key_a_template_names_is_there_and_every_key_is_used() -> None:
    code = "".join(path.read_text() for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.glob("*.py")])
    named = set(re.findall(r"""\bt\(["']([a-z_0-9.]+)["'][,)]""", code))
    assert named <= set(JA)
    begun = set(re.findall(r""""([a-z_]+\.(?:[a-z_]+[._])?)" ~""", code)) | {
        "reason.", "todo.", "unread.", "unread_todo.", "calendar.", "age.", "password.", "error.", "nav.", "state.",
        "sign_in.", "doors.shape_", "taps.result_", "devices.state_", "why.key_",
    }  # fmt: skip
    mentioned = set(re.findall(r"""["']([a-z_]+\.[a-z_0-9.]+)["']""", code))
    unused = [key for key in JA if key not in mentioned and not key.startswith(tuple(begun))]
    assert unused == []

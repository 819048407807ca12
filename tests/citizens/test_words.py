"""The citizens' catalogues: both languages say the same things, and every word that can be said is there and used."""

import re
import string
from pathlib import Path

from domain.facilities.availability import Vacancy
from domain.facilities.reservation import ReservationState
from gateway.citizens.app import TOLD
from gateway.citizens.registration import KINDS
from gateway.citizens.words import CATALOGUES
from gateway.pages.words import Language

DOOR = Path(__file__).parents[2] / "gateway/citizens"
JA, EN = CATALOGUES[Language.ja], CATALOGUES[Language.en]
SAID = {
    *(f"state.{state}" for state in ReservationState),
    *(f"todo.{state}" for state in ReservationState),
    *(f"vacancy.{state}" for state in Vacancy),
    *(f"steps.{step}" for step in ("house", "day", "time", "details", "check", "done")),
    *(f"error.{kind}_{part}" for kind in (*TOLD, "other") for part in ("title", "do")),
    *(f"register.kind_{kind}" for kind in KINDS),
    *(f"register.{name}" for name in ("name", "kana", "contact_name", "email", "phone")),
    "register.email_hint",
    "register.phone_hint",
    "day.closed",
    "day.past",
    "day.wait",
    "day.choose",
    "day.from",
    "day.to",
    "booking.made_applied",
    "booking.made_permitted",
    *(f"rounds.{word}" for word in ("entered", "open", "won", "lost", "won_do", "lost_do", "change", "enter")),
}


def test_both_languages_say_the_same_with_the_same_names() -> None:
    assert set(JA) == set(EN)
    for key in JA:
        assert names(JA[key]) == names(EN[key]), key


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_japanese_is_japanese_and_english_is_not() -> None:
    japanese = re.compile(r"[぀-ヿ一-鿿]")
    assert [key for key, text in EN.items() if japanese.search(text)] == []
    assert [key for key, text in JA.items() if not japanese.search(text)] == []


def test_every_word_is_there_and_none_is_left_over() -> None:
    code = "".join(path.read_text() for path in [*DOOR.rglob("*.html"), *DOOR.rglob("*.py")])
    named = set(re.findall(r"""\b(?:t\(|say\([a-z.]+, )["']([a-z_0-9.]+)["'][,)]""", code))
    assert (named | SAID) - set(JA) == set()
    assert set(JA) - named - SAID == set()


def test_every_class_of_the_sheet_is_worn() -> None:
    sheet = (DOOR / "static/citizens.css").read_text()
    worn = "".join(path.read_text() for path in DOOR.rglob("*.html"))
    states = {*ReservationState, *Vacancy}
    begun = set(re.findall(r"\.([a-z_][\w-]*)", re.sub(r"\{[^}]*\}", "{}", sheet)))
    drawn = {"code-image"}
    bare = {name for name in begun if name not in worn and name.partition("-")[2] not in states}
    assert bare - drawn - {f"week-day-{number}" for number in range(7)} == set()

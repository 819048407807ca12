"""Every alarm that the product can raise has words in both languages, and no words wait for an alarm that is gone."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RAISERS = {"Alarm", "AlarmFound", "_raise_alarm", "raise_alarm", "_say_once"}
DERIVED = {"door_forced_open", "door_held_open", "door_tampered", "door_fire_release", "duress"}
DERIVED |= {"reader_down", "muster_not_exported", "lost_card_tapped", "stolen_card_tapped", "shelter_opened"}
DERIVED |= {"promise_unkept"}
"""Named from a door's state, a card's, or by a constant (gateway/meaning/: consequences.py, card_book.py;
repair_promises.py)."""


def raised_kinds() -> set[str]:
    kinds = set(DERIVED)
    for package in ("gateway", "readers", "sync"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RAISERS and node.args:
                    kinds |= {
                        part.value
                        for part in ast.walk(node.args[0])
                        if isinstance(part, ast.Constant)
                        and isinstance(part.value, str)
                        and part.value.isidentifier()
                        and not part.value.endswith("_")
                    }
    return kinds


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words(language: str) -> None:
    words = tomllib.loads((ROOT / "gateway" / "pages" / "words" / language / "alarms.toml").read_text(encoding="utf-8"))
    assert set(words["alarms"]["kind"]) == raised_kinds()

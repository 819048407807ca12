"""A small building to ask about: one of everything that case files can say."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from sekisho.access import app

Answer = dict[str, Any]


def building(**changes: Any) -> dict[str, Any]:
    """A hall, an office, a vault; three persons with a card each. Sections given here replace these."""
    return {
        "areas": {"outside": {}, "hall": {}, "office": {}, "vault": {}},
        "doors": {"main": {}, "inner": {}, "strong": {}},
        "access_points": {
            "main_in": {"door": "main", "from": "outside", "to": "hall"},
            "main_out": {"door": "main", "from": "hall", "to": "outside"},
            "office_in": {"door": "inner", "from": "hall", "to": "office"},
            "office_back": {"door": "inner", "from": "outside", "to": "office"},
            "office_out": {"door": "inner", "from": "office", "to": "hall"},
            "vault_in": {"door": "strong", "from": "hall", "to": "vault", "minimum_assurance": 2},
            "vault_out": {"door": "strong", "from": "vault", "to": "hall"},
        },
        "schedules": {"day": {"rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "from": "07:30", "to": "19:00"}},
        "levels": {"all": [{"points": ["main_in", "main_out", "office_in", "office_back", "office_out", "vault_in",
                                       "vault_out"]}]},
        "persons": {name: {"levels": ["all"]} for name in ("p1", "p2", "p3", "p4")},
        "credentials": {f"c{n}": {"person": f"p{n}", "assurance": 2} for n in range(1, 5)},
        **changes,
    }  # fmt: skip


def tap(at: str, point: str, credential: str = "c1", **more: Any) -> dict[str, Any]:
    """A card at a point on a Thursday, unless ``at`` names a day."""
    return {"at": at if " " in at or "T" in at else f"2025-11-13 {at}", "point": point, "credential": credential} | more


def change(at: str, **what: Any) -> dict[str, Any]:
    return {"at": f"2025-11-13 {at}", "set": what}


def run(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["evaluate", str(file)])


def evaluate(tmp_path: Path, scenario: dict[str, Any], *events: dict[str, Any]) -> list[Answer]:
    told = run(tmp_path, json.dumps({**scenario, "events": list(events)}))
    assert told.exit_code == 0, told.stderr
    answers: list[Answer] = json.loads(told.stdout)
    assert all(set(answer) == {"granted", "reason", "rule", "soft"} for answer in answers)
    return answers


def reasons(tmp_path: Path, scenario: dict[str, Any], *events: dict[str, Any]) -> list[str]:
    answers = evaluate(tmp_path, scenario, *events)
    assert all(answer["granted"] == (answer["reason"] == "granted") for answer in answers)
    return [answer["reason"] for answer in answers]

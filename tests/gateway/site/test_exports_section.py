"""Exports in a site's file: every kind has its row or none has, and what does not fit is named."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.access.reach import ReachChange
from domain.zones.export import Export, ExportRule, find_export_rule
from domain.zones.tier import TierId
from gateway.site.description import Site, SiteError, load_site, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.plan import plan_site
from gateway.site.source import read_source

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
CONTENT = json.loads(read_source(DEMO).as_json())
ROWS: list[dict[str, Any]] = CONTENT["exports"]
FIRST = ROWS[0]
LATER = FIRST | {"class": "1", "valid_from": "2027-04-01"}


def demo(*exports: dict[str, Any]) -> Site:
    return parse_site(json.dumps(CONTENT | {"exports": exports}), Path("site.yaml"))


def test_the_demo_says_of_every_kind() -> None:
    rules = load_site(DEMO).export_rules
    assert {each.export for each in rules} == set(Export)
    evidence = find_export_rule(rules, Export.evidence, date(2026, 11, 23))
    assert evidence == ExportRule(Export.evidence, "2", TierId("lgwan"), TierId("internet"))


def test_a_city_need_not_say_anything() -> None:
    assert demo().export_rules == ()


@pytest.mark.parametrize(
    ("exports", "fields"),
    [
        ((FIRST,), {"exports"}),
        ((*ROWS[1:], FIRST | {"from": "moon"}), {"exports[12].from"}),
        ((*ROWS[1:], FIRST | {"to": "moon"}), {"exports[12].to"}),
        ((*ROWS, FIRST), {"exports[13].id"}),
        ((*ROWS, LATER), {"exports[13].id"}),
        ((*ROWS[1:], LATER | {"valid_until": "2027-03-31"}), {"exports[12].valid_until"}),
        ((*ROWS, FIRST | {"id": "gossip"}), {"exports[13].id"}),
        ((*ROWS[1:], {"id": "attendance", "from": "lgwan", "to": "lgwan"}), {"exports[12].class"}),
    ],
    ids=[
        "kinds missing",
        "from nowhere",
        "to nowhere",
        "twice",
        "on the same days",
        "over",
        "unknown kind",
        "no class",
    ],
)
def test_what_does_not_fit_is_named(exports: tuple[dict[str, Any], ...], fields: set[str]) -> None:
    with pytest.raises(SiteError) as error:
        demo(*exports)
    assert {problem.field for problem in error.value.problems} == fields
    assert all(" / " in problem.expected for problem in error.value.problems)


def test_a_plan_of_changes_names_the_kind() -> None:
    former, later = demo(*ROWS), demo(FIRST | {"valid_until": "2027-03-31"}, *ROWS[1:], LATER)
    told = [(each.section, each.id, each.kind) for each in plan_site(former, later, ReachChange(0, 0, 0, ())).things]
    assert told == [("exports", "attendance", "changed"), ("exports", "attendance 2027-04-01", "added")]

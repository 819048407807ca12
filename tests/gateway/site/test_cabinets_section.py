"""Key cabinets as a site's file says them: what fits, what is named where it does not, and what the box is given."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.access.reach import ReachChange
from domain.ids import PersonId
from domain.key_boxes import KeyBox, KeyHook, KeyRight
from gateway.site.description import Site, SiteError, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.plan import plan_site
from gateway.site.policy import derive_policy
from gateway.site.render import render_site
from gateway.site.source import read_source
from readers.settings import load_edge_settings
from sekisho.equipment import check_equipment
from store.rights import CardFacts, PolicyInputs

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
READER = {"id": "keys_in", "name": "鍵箱のリーダー", "driver": "simulated", "path": "keys_in"}
CABINET: dict[str, Any] = {
    "id": "keys-1",
    "name": "鍵箱",
    "name_en": "Key cabinet",
    "device": "west-1",
    "positions": 12,
    "reader": READER,
}
WIRED = """
[cabinet_wiring.keys-1]
simulated = "{{ state }}/keys.sock"
lock = { kind = "simulated", path = "{{ state }}/keys.moves" }
"""


def demo(*cabinets: dict[str, Any]) -> Site:
    content = json.loads(read_source(DEMO).as_json())
    return parse_site(json.dumps(content | {"cabinets": cabinets}), Path("site.yaml"))


@pytest.mark.parametrize(
    ("cabinets", "field"),
    [
        ((CABINET, CABINET | {"reader": READER | {"id": "other"}}), "cabinets[1].id"),
        ((CABINET | {"device": "nowhere"},), "cabinets[0].device"),
        ((CABINET | {"id": "main"},), "cabinets[0].id"),
        ((CABINET | {"reader": READER | {"id": "main_in"}},), "cabinets[0].reader.id"),
        ((CABINET, CABINET | {"id": "keys-2"}), "cabinets[1].reader.id"),
        ((CABINET | {"positions": 0},), "cabinets[0].positions"),
        ((CABINET | {"positions": 201},), "cabinets[0].positions"),
        ((CABINET | {"id": "k" * 51},), "cabinets[0].id"),
        ((CABINET | {"reader": READER | {"cards": ["desfire"]}},), "cabinets[0].reader.cards"),
        (
            (CABINET | {"minimum_assurance": 2, "reader": READER | {"driver": "pcsc", "cards": ["felica_idm"]}},),
            "cabinets[0].reader.cards",
        ),
    ],
)
def test_what_does_not_fit_is_named(cabinets: tuple[dict[str, Any], ...], field: str) -> None:
    with pytest.raises(SiteError) as error:
        demo(*cabinets)
    assert {problem.field for problem in error.value.problems} == {field}


def test_a_device_may_have_a_cabinet_alone() -> None:
    content = json.loads(read_source(DEMO).as_json())
    box = {"id": "shelter-1", "name": "避難所", "name_en": "Shelter"}
    site = parse_site(
        json.dumps(content | {"devices": [*content["devices"], box], "cabinets": [CABINET | {"device": "shelter-1"}]}),
        Path("site.yaml"),
    )
    assert [cabinet.id for cabinet in site.cabinets_of("shelter-1")] == ["keys-1"]
    assert site.cabinets_of("west-1") == ()


def test_the_box_is_given_its_cabinet_and_its_reader(tmp_path: Path) -> None:
    root = tmp_path / "c"
    rendered = render_site(demo(CABINET), root, options=RenderOptions(), now=NOW, equipment={"west-1": WIRED})
    settings = load_edge_settings(rendered.root / "edge" / "west-1" / "edge-west-1.toml")
    wiring = settings.read_wiring()
    assert wiring.points["keys_in"] == "keys-1"
    spec = wiring.cabinets["keys-1"]
    assert (spec.positions, spec.has_hook_locks, spec.has_contact) == (12, True, True)
    other = load_edge_settings(rendered.root / "edge" / "east-1" / "edge-east-1.toml")
    assert other.cabinets == ()


def test_wiring_for_another_boxs_cabinet_and_a_hook_too_many_are_named(tmp_path: Path) -> None:
    site = demo(CABINET)
    check_equipment(tmp_path / "site.yaml", site, {"west-1": WIRED})
    hook = '[[cabinet_wiring.keys-1.hooks]]\nposition = 13\nlock = { kind = "gpio", pin = 4 }\n'
    for device, text, field in (
        ("east-1", WIRED, "cabinet_wiring.keys-1"),
        ("west-1", hook, "cabinet_wiring.keys-1.hooks"),
    ):
        with pytest.raises(SiteError) as error:
            check_equipment(tmp_path / "site.yaml", site, {device: text})
        assert [problem.field for problem in error.value.problems] == [field]


def test_a_cabinet_more_needs_hands_at_its_box() -> None:
    plan = plan_site(demo(), demo(CABINET), ReachChange(0, 0, 0, ()))
    assert [(each.section, each.id, each.kind) for each in plan.things] == [("cabinets", "keys-1", "added")]
    assert [(each.device, each.deed, each.about) for each in plan.hands] == [
        ("west-1", "new_edge_toml", ("cabinets keys-1",))
    ]


def test_a_policy_names_what_hangs_on_the_hooks_that_there_are() -> None:
    anna = PersonId("p1")
    rights = tuple(
        KeyRight(f"e-{each}", f"key/{each}", NOW, NOW + timedelta(hours=1)) for each in ("hall", "elsewhere")
    )
    hooks = (KeyHook(3, "key/hall", ("hall-0",)), KeyHook(13, "key/beyond", ("beyond-0",)))
    elsewhere = (KeyHook(1, "key/elsewhere", ("elsewhere-0",)),)
    inputs = PolicyInputs(
        (CardFacts("a" * 32, anna, "active", None, None, None, None),),  # type: ignore[arg-type]
        {},
        frozenset(),
        {anna: rights},
        {"keys-1": hooks, "drawer": elsewhere},
    )
    site = demo(CABINET | {"shelter": True, "offline_minutes_max": 90})
    policy = derive_policy(site, inputs, version=1, issued_at=NOW, first_on=NOW.date(), days=1)
    assert policy.cabinets == {"keys-1": KeyBox("keys-1", timedelta(minutes=90), 1, shelter=True, hooks=hooks[:1])}
    assert policy.credentials["a" * 32].keys == rights[:1]  # type: ignore[index]


def test_the_rendered_file_is_toml(tmp_path: Path) -> None:
    rendered = render_site(demo(CABINET), tmp_path / "c", options=RenderOptions(), now=NOW)
    text = (rendered.root / "edge" / "west-1" / "edge-west-1.toml").read_text()
    assert tomllib.loads(text)["cabinets"] == [{"id": "keys-1", "positions": 12}]

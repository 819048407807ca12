"""The section of a site's file that says who tries a change first."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.site.description import Site, SiteError, load_site, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.rollout import derive_rules
from gateway.site.source import read_source

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def demo(**rollout: object) -> Site:
    content = json.loads(read_source(DEMO).as_json()) | {"rollout": rollout}
    return parse_site(json.dumps(content), Path("site.yaml"))


def test_every_device_is_in_one_stage() -> None:
    rules = derive_rules(load_site(DEMO), load_site(DEMO))
    assert rules.stages == (("north-1",), ("west-1",), ("east-1",))
    assert rules.soak == timedelta(minutes=10)
    assert derive_rules(demo(), load_site(DEMO)).stages == (("west-1",), ("east-1", "north-1"))
    assert derive_rules(demo(groups=[["west-1", "east-1"]]), load_site(DEMO)).stages == (
        ("west-1",), ("east-1",), ("north-1",),
    )  # fmt: skip


def test_a_device_that_the_new_description_lacks_comes_last() -> None:
    site, former = demo(), load_site(DEMO)
    smaller = site.model_copy(update={"devices": site.devices[:1], "readers": site.readers_of("west-1")})
    assert derive_rules(smaller, former).stages == (("west-1",), ("east-1", "north-1"))


@pytest.mark.parametrize(
    ("rollout", "field"),
    [
        ({"canary": ["west-9"]}, "rollout.canary[0]"),
        ({"groups": [["east-1"], ["west-9"]]}, "rollout.groups[1][0]"),
        ({"canary": ["west-1"], "groups": [["west-1"]]}, "rollout.groups[0][0]"),
        ({"groups": [[]]}, "rollout.groups[0]"),
        ({"lost_share_percent_max": 101}, "rollout.lost_share_percent_max"),
    ],
)
def test_wrong_ones_are_named(rollout: dict, field: str) -> None:
    with pytest.raises(SiteError) as error:
        demo(**rollout)
    assert [problem.field for problem in error.value.problems] == [field]

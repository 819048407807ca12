"""What the description says a booking of an area gives: it is a level that there is, and that leads into it."""

from pathlib import Path

import pytest

from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import Site, SiteError, parse_site

DEMO = Path(__file__).parents[3] / "firmware_configs/sites/demo/site.yaml"
TEXT = DEMO.read_text(encoding="utf-8")


def booked(level: str) -> Site:
    """The demo whose hall names a level."""
    named = TEXT.replace("    name_en: Public hall\n", f"    name_en: Public hall\n    booked_level: {level}\n", 1)
    assert named != TEXT
    return parse_site(named, DEMO)


def test_an_area_tells_its_level_and_the_ways_into_it() -> None:
    areas = {area.id: area for area in list_booked_areas(booked("staff"))}
    assert (areas["hall"].level_id, areas["hall"].points) == ("staff", ("main_in", "west_in"))
    assert (areas["server_room"].level_id, areas["server_room"].points) == (None, ("server_in",))


@pytest.mark.parametrize(("level", "told"), [("nobody", "levels"), ("it", "always"), ("visitor", "always")])
def test_a_level_that_leads_nowhere_is_refused_at_its_field(level: str, told: str) -> None:
    with pytest.raises(SiteError) as refused:
        booked(level)
    assert "areas[1].booked_level" in str(refused.value)
    assert told in str(refused.value)

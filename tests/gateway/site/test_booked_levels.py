"""What the description says a booking of an area gives: it is a level that there is, and that leads into it."""

from pathlib import Path

import pytest

from gateway.site.booked_areas import list_booked_areas
from gateway.site.code_readers import list_areas_without_codes
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


def reading(path: str, driver: str = "serial") -> Site:
    """The demo whose hall is booked, with this reader on both ways into it."""
    site = booked("staff")
    ways = {point.id for point in site.access_points if point.area_to == "hall"}
    spoken = {"driver": driver, "path": path}
    readers = (each.model_copy(update=spoken) if each.access_point in ways else each for each in site.readers)
    return site.model_copy(update={"readers": tuple(readers)})


@pytest.mark.parametrize(
    ("driver", "path", "reads"),
    [
        ("serial", "/dev/ttyACM0?holds=code", True),
        ("serial", "/dev/ttyACM0?baud=115200&holds=code", True),
        ("wedge", "/dev/input/by-id/usb-Maker_Scanner-event-kbd?holds=code", True),
        ("simulated", "main_in.sock", True),
        ("serial", "/dev/ttyACM0?holds=decimal", False),
        ("serial", "/dev/ttyACM0", False),
        ("pcsc", "code", False),
        ("osdp", "line1:3", False),
    ],
)
def test_a_code_is_read_by_what_holds_codes(driver: str, path: str, reads: bool) -> None:
    site = reading(path, driver)
    areas = {area.id: area for area in list_booked_areas(site)}
    assert areas["hall"].code_points == (("main_in", "west_in") if reads else ())
    assert ("hall" in list_areas_without_codes(site)) is not reads


def test_an_area_that_nobody_books_needs_no_reader_of_codes() -> None:
    assert "server_room" not in list_areas_without_codes(reading("line1:3", "osdp"))

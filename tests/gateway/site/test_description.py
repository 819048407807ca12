"""A site's file: what is right is read, what is wrong is named by field and line, and a Site is always consistent."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.people.roll_call import assembly_points
from gateway.site.description import Site, SiteError, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import load_options
from gateway.site.source import read_source

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def demo() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_source(DEMO).as_json())
    return found


def refused(folder: Path, site: dict[str, Any]) -> list[str]:
    """Give the problems of a site as ``field: expected``."""
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(path)
    assert all(problem.line > 0 for problem in error.value.problems)
    return [f"{problem.field}: {problem.expected}" for problem in error.value.problems]


def test_the_demo_site() -> None:
    site = load_site(DEMO)
    assert len(site.readers) == 8
    assert [door.name for door in site.doors] == ["正面玄関", "西口", "職員通用口", "サーバ室", "市民館"]
    assert site.door("main").release_seconds == 5
    assert site.access_point("west_in").attendance.value == "presence"
    assert site.reader("staff_in").driver == "pcsc"
    assert site.area("server_room").offline_age_max.total_seconds() == 15 * 60
    assert site.device("west-1").name == "西側制御盤"
    assert {device.id: {reader.driver for reader in site.readers_of(device.id)} for device in site.devices} == {
        "west-1": {"nfc"},
        "east-1": {"pcsc"},
        "north-1": {"simulated"},
    }
    assert [door.id for door in site.doors_of("north-1")] == ["west", "server", "civic"]
    assert [reader.id for reader in site.readers if reader.desk] == ["main_out"]
    assert assembly_points(site) == {"west_out"}
    assert {level.id for level in site.levels if level.declares or level.during} == {"shelter_opener", "shelter_staff"}
    with pytest.raises(KeyError):
        site.door("nowhere")


def change(path: str, value: Any) -> dict[str, Any]:
    """Give the demo with one field changed: ``access_points.2.door``; a value of None removes it."""
    site = demo()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    node: Any = site
    for part in way:
        node = node[part]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return site


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("access_points.2.door", "mian", "access_points[2].door: 'mian' は doors にありません"),
        ("access_points.2.door", "mian", "expected one of: main, west, staff, server, civic"),
        ("access_points.0.area_to", "moon", "access_points[0].area_to: 'moon' は areas にありません"),
        ("access_points.0.area_to", "outside", "access_points[0].area_to: area_from と違う"),
        ("access_points.1.id", "main_in", "access_points[1].id: 'main_in' は access_points[0] で使われています"),
        ("readers.0.device", "south-1", "readers[0].device: 'south-1' は devices にありません"),
        ("readers.1.device", "east-1", "readers[1].device: 扉 'main' の錠は 'west-1' が動かします"),
        ("readers.1.access_point", "main_in", "access_points[0].id: 'main_in' のリーダーは1台に"),
        ("readers.1.access_point", "main_in", "access_points[1].id: 'main_out' のリーダーは1台に"),
        ("devices.0.id", "gateway", "devices[0].id: 'gateway' は中央の名前です"),
        ("devices.0.id", "homeassistant", "devices[0].id: 'homeassistant' は Home Assistant の名前です"),
        ("levels.0.points", {"nowhere": "always"}, "levels[0].points.nowhere: 'nowhere' は access_points にありません"),
        ("levels.0.points", {"main_in": "never"}, "levels[0].points.main_in: 'never' は schedules にありません"),
        ("schedules.0.id", "always", "schedules[0].id: 'always' は組み込みです"),
        ("schedules.0.closes", "07:30", "schedules[0].closes: opens より後"),
        ("schedules.0.closes", "31:31", "schedules[0].closes: opens より後、24時間以内"),
        ("schedules.0.closes", 1140, "schedules[0].closes: 文字列にしてください"),
        ("schedules.0.opens", "7:30", "schedules[0].opens: 形が違います"),
        ("schedules.0.days", ["moon"], "schedules[0].days[0]: 次のいずれか"),
        ("schedules.0.days", [], "schedules[0].days: 1つ以上"),
        ("schedules.0.days", None, "schedules[0].days: days か rrule のどちらか一つ"),
        ("schedules.0.rrule", "FREQ=DAILY", "schedules[0].days: days か rrule のどちらか一つ"),
        ("schedules.1.rrule", "FREQ=DAILY;COUNT=3", "schedules[1].rrule: 開始日のない RFC 5545"),
        ("schedules.1.rrule", "daily", "schedules[1].rrule: 開始日のない RFC 5545"),
        ("schedules.0.except", ["feasts"], "schedules[0].except[0]: 'feasts' は special_days にありません"),
        ("schedules.0.closed_on", ["holidays"], "schedules[0].closed_on: この項目はありません"),
        ("schedules.0.on", {"feasts": "09:00-12:00"}, "schedules[0].on.feasts: 'feasts' は special_days にありません"),
        ("schedules.0.on", {"holidays": "09:00"}, "schedules[0].on.holidays: 形が違います"),
        ("schedules.0.on", {"holidays": "12:00-09:00"}, "schedules[0].on.holidays: opens より後"),
        ("special_days.0.id", "holidays", "special_days[0].id: 'holidays' は組み込みです"),
        ("special_days.0.dates", [], "special_days[0].dates: dates か rrule"),
        ("special_days.0.dates", ["2026-02-30"], "special_days[0].dates[0]: "),
        ("special_days.0.rrule", "FREQ=WEEKLY", "special_days[0].rrule: 開始日のない RFC 5545"),
        ("levels.0.points", {}, "levels[0].points: points か areas"),
        ("levels.0.areas", {"moon": "always"}, "levels[0].areas.moon: 'moon' は areas にありません"),
        ("levels.0.areas", {"hall": "never"}, "levels[0].areas.hall: 'never' は schedules にありません"),
        ("levels.0.during", "panic", "levels[0].during: 次のいずれか"),
        ("areas.0.offline_minutes_max", "60", "areas[0].offline_minutes_max: 整数に"),
        ("areas.0.offline_minutes_max", 0, "areas[0].offline_minutes_max: 小さすぎます"),
        ("areas.0.on_journal_failure", "shut", "areas[0].on_journal_failure: 次のいずれか"),
        ("doors.0.release_seconds", 600, "doors[0].release_seconds: 大きすぎます"),
        ("doors.0.name", None, "doors[0].name: 必須の項目がありません"),
        ("doors.0.nmae", "x", "doors[0].nmae: この項目はありません"),
        ("doors.0.id", "Main Door", "doors[0].id: 形が違います"),
        ("doors.0.name", "玄関\nuser gateway", "doors[0].name: 形が違います"),
        ("readers.0.driver", "telepathy", "readers[0].driver: 次のいずれか"),
        ("readers.0.driver", "wedge", "readers[0].path: 'udp:127.0.0.1:54321' は再起動で変わりえます"),
        ("readers", [], "readers: 1つ以上"),
        ("name", None, "name: 必須の項目がありません"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, path: str, value: Any, expected: str) -> None:
    problems = refused(tmp_path, change(path, value))
    assert any(problem.startswith(expected) or expected in problem for problem in problems), problems


def test_all_problems_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    text = DEMO.read_text(encoding="utf-8")
    path.write_text(text.replace("door: west\n", "door: wset\n").replace("staff_in: always", "staff_in: alway"))
    with pytest.raises(SiteError) as error:
        load_site(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [problem.field for problem in error.value.problems] == [
        "access_points[4].door",
        "access_points[5].door",
        "levels[0].points.staff_in",
        "levels[3].points.staff_in",
    ]
    assert ["wset" in lines[problem.line - 1] or "alway" in lines[problem.line - 1] for problem in error.value.problems]
    assert str(error.value).startswith(f"site.yaml:{lines.index('    door: wset') + 1}: access_points[4].door: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", "yaml: YAML ではありません"),
        ("name: a\nname: b\n", "'name' is said twice"),
        ("", "site"),
        ("- 1\n", "site"),
        ("name: !!python/object/apply:os.getcwd []\n", "yaml: YAML ではありません"),
    ],
)
def test_no_site_at_all(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(path)
    assert expected in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"nowhere\.yaml"):
        load_site(tmp_path / "nowhere.yaml")


def test_a_site_cannot_be_made_inconsistent() -> None:
    site = load_site(DEMO)
    fields = site.model_dump() | {"doors": ()}
    with pytest.raises(ValueError, match="doors"):
        Site.model_validate(fields)


def test_what_is_read_can_be_written_and_read_again(tmp_path: Path) -> None:
    site = load_site(DEMO)
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(site.model_dump(mode="json"), allow_unicode=True))
    assert load_site(path) == site


def test_options_are_named_too(tmp_path: Path) -> None:
    path = tmp_path / "options.yaml"
    path.write_text("broker_port: 70000\nbroker_hots: x\n")
    with pytest.raises(SiteError) as error:
        load_options(path)
    assert {(problem.field, problem.line) for problem in error.value.problems} == {
        ("broker_port", 1),
        ("broker_hots", 2),
    }
    path.write_text("installed_under: /etc/sekisho\nreader_paths: {main_in: usb}\ncentre_names: [centre]\n")
    assert load_options(path).installed_under == Path("/etc/sekisho")
    path.write_text("")
    assert load_options(path).broker_port == 8883


def test_on_and_off_are_words(tmp_path: Path) -> None:
    """As editors read them, by YAML 1.2: not true and false."""
    path = tmp_path / "site.yaml"
    path.write_text(DEMO.read_text(encoding="utf-8").replace("passback: soft", "passback: off"), encoding="utf-8")
    site = load_site(path)
    assert site.area("office").passback.value == "off"
    assert site.schedules[0].on == {"last_day": "07:30-15:00"}

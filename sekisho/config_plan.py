"""``sekisho config plan``: what a changed site file would do, before anything moves."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.access.rollout import needs_second_person
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import Revision, load_settled, read_revision
from gateway.settings import SettingsError, load_gateway_settings
from gateway.site.plan import SitePlan, ThingChange
from gateway.site.source import SiteError
from sekisho.config_refusal import refuse
from store.directory import load_directory_line
from store.migrate import SchemaError, require_schema
from store.tx import Store, Tx

CHANGES = 1
"""The exit code of a plan that changes something; 0: nothing, 2: a file is wrong."""

MARKS = {"added": "+", "removed": "-", "changed": "~"}
SECTIONS = {
    "site": "庁舎 site",
    "areas": "区域 areas",
    "doors": "扉 doors",
    "access_points": "通行口 access points",
    "devices": "制御盤 devices",
    "readers": "読取機 readers",
    "cabinets": "鍵箱 key cabinets",
    "special_days": "特別日 special days",
    "schedules": "時間帯 schedules",
    "levels": "権限 levels",
    "radius_clients": "ネットワーク機器 RADIUS clients",
    "switch_models": "機種 switch models",
    "tiers": "系 network tiers",
    "exports": "書き出し exports",
}
DEEDS = {
    "install": "新しい制御盤を取り付けます / install it",
    "remove": "外して失効させます / take it away and revoke it (config apply --revoke-others)",
    "new_edge_toml": "新しい edge.toml が要ります / needs a new edge.toml",
}


def plan(
    site_file: Annotated[Path, typer.Argument(help="変えた庁舎の設定ファイル · the changed site file")],
    settings_file: Annotated[Path, typer.Argument(help="gateway.toml")],
    names: Annotated[bool, typer.Option("--names", help="人の名前も出す · name the people concerned")] = False,
) -> None:
    """何が変わるかを見る · Show what would change: 0 nothing, 1 something, 2 a file is wrong."""
    now = datetime.now(UTC)
    try:
        settings = load_gateway_settings(settings_file)
        coming = read_revision(site_file)
        first = read_revision(settings.site_file)
    except (SettingsError, SiteError) as error:
        refuse(str(error))
    store = Store(settings.database_url)
    try:
        with store.reading(now) as tx:
            require_schema(tx)
            former = load_settled(tx) or first
            found = plan_revision(tx, former, coming, now)
            people = _names(tx, found) if names else {}
    except (SchemaError, SiteError) as error:
        refuse(str(error))
    finally:
        store.close()
    for line in describe_plan(found, former, people):
        print(line)
    raise typer.Exit(0 if found.is_empty else CHANGES)


def _names(tx: Tx, found: SitePlan) -> Mapping[str, str]:
    lines = (load_directory_line(tx, each.person) for each in found.rights.most)
    return {line.person_id: line.name for line in lines if line is not None}


def describe_plan(found: SitePlan, former: Revision, people: Mapping[str, str]) -> Iterator[str]:
    """Yield a plan line by line; people are named where ``people`` has their names, else only counted."""
    if found.is_empty:
        yield "変わりません / nothing changes"
        return
    for section, title in SECTIONS.items():
        things = found.those(section)
        if things:
            yield f"{title}:"
            for thing in things:
                yield from _describe_thing(thing)
    yield from _describe_rights(found, former, people)
    if found.hands:
        yield "装置のそばで / at the boxes:"
        for hands in found.hands:
            about = f" ({', '.join(hands.about)})" if hands.about else ""
            yield f"  ! {hands.device}: {DEEDS[hands.deed]}{about}"


def _describe_thing(thing: ThingChange) -> Iterator[str]:
    yield f"  {MARKS[thing.kind]} {thing.id} {thing.name}"
    for field in thing.fields:
        yield f"      {field.field}: {field.before or '—'} → {field.after or '—'}"


def _describe_rights(found: SitePlan, former: Revision, people: Mapping[str, str]) -> Iterator[str]:
    rights = found.rights
    yield "権限（カード×通行口）rights (card × access point):"
    yield f"  + {rights.gained}  - {rights.lost} ({rights.lost_percent:.1f} %)  いま now {rights.held}"
    if rights.persons:
        yield f"  関係する人 people concerned: {rights.persons}"
    for each in rights.most:
        if each.person in people:
            yield f"      {each.person} {people[each.person]}: + {each.gained}  - {each.lost}"
    limit = former.site.rollout.lost_share_percent_max
    if needs_second_person(lost=rights.lost, held=rights.held, share_max=limit / 100):
        yield f"  ! {limit:g} % を超えるため、別の人の承認が要ります / more than {limit:g} %: a second person approves"

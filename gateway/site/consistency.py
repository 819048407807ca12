"""What a site's description must hold beyond the shape of each field: ids defined once, and defined where named."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from contract.technologies import ASSURANCE_MAX
from domain.access.policy import ALWAYS
from gateway.site.cabinets import check_cabinets
from gateway.site.consistency_of_hours import check_levels, check_schedules, check_special_days
from gateway.site.exports import check_exports
from gateway.site.findings import Finding, find_undefined
from gateway.site.network import check_radius_clients
from gateway.site.rollout import check_rollout
from gateway.site.threats import check_threats
from gateway.site.tiers import check_tiers
from gateway.site.wedge_links import EXPECTED, wedge_link

if TYPE_CHECKING:
    from gateway.site.description import Site

INCONSISTENT = "site_inconsistent"
"""The pydantic error type that carries what :func:`list_inconsistencies` found in its context."""

CENTRE = "gateway"
"""The centre's name in its client certificate, at the broker and in the ACL; no device may bear it."""

HOME_ASSISTANT = "homeassistant"
"""The same of Home Assistant, which sees doors and readers."""


SECTIONS = (
    "areas", "doors", "access_points", "devices", "readers", "cabinets", "special_days", "schedules", "levels",
    "radius_clients", "switch_models",
)  # fmt: skip
"""The sections that hold things with an id, in the file's order."""


def list_inconsistencies(site: "Site") -> Iterator[Finding]:
    """Yield everything that does not fit together, in the file's order, each with the field to change."""
    for section in SECTIONS:
        yield from _repeated_ids(section, [thing.id for thing in getattr(site, section)])
    yield from _access_points(site)
    yield from _doors(site)
    yield from _readers(site)
    yield from check_cabinets(site)
    yield from check_special_days(site)
    yield from check_schedules(site)
    yield from check_levels(site)
    yield from check_threats(site)
    yield from check_rollout(site)
    yield from check_radius_clients(site)
    yield from check_tiers(site)
    yield from check_exports(site)


def _repeated_ids(section: str, ids: list[str]) -> Iterator[Finding]:
    for index, identifier in enumerate(ids):
        if (first := ids.index(identifier)) < index:
            yield Finding(
                (section, index, "id"),
                f"{identifier!r} は {section}[{first}] で使われています。別の id にしてください",
                f"taken by {section}[{first}]; choose another id",
            )


def _access_points(site: "Site") -> Iterator[Finding]:
    areas, doors = [area.id for area in site.areas], [door.id for door in site.doors]
    served = Counter(reader.access_point for reader in site.readers)
    for index, point in enumerate(site.access_points):
        yield from find_undefined(("access_points", index, "door"), point.door, "doors", doors)
        yield from find_undefined(("access_points", index, "area_from"), point.area_from, "areas", areas)
        yield from find_undefined(("access_points", index, "area_to"), point.area_to, "areas", areas)
        if point.area_from == point.area_to:
            yield Finding(
                ("access_points", index, "area_to"),
                "area_from と違う区域にしてください",
                "must differ from area_from",
            )
        if (count := served[point.id]) != 1:
            yield Finding(
                ("access_points", index, "id"),
                f"{point.id!r} のリーダーは1台にしてください（今は{count}台）",
                f"needs exactly one reader, has {count}",
            )


def _doors(site: "Site") -> Iterator[Finding]:
    schedules = [ALWAYS, *(schedule.id for schedule in site.schedules)]
    for index, door in enumerate(site.doors):
        if door.unlocked is not None:
            yield from find_undefined(("doors", index, "unlocked"), door.unlocked, "schedules", schedules)
        elif door.first_card:
            yield Finding(
                ("doors", index, "first_card"),
                "unlocked に開放の時間帯を指定してください",
                "needs the schedule in which the door opens: set unlocked",
            )
    for index, point in enumerate(site.access_points):
        if point.pin is not None:
            yield from find_undefined(("access_points", index, "pin"), point.pin, "schedules", schedules)
        if point.pin is not None and point.egress:
            yield Finding(
                ("access_points", index, "pin"),
                "避難方向では暗証番号を求められません",
                "a way out never asks for a PIN",
            )


def _readers(site: "Site") -> Iterator[Finding]:
    devices, points = [device.id for device in site.devices], {point.id: point for point in site.access_points}
    device_of_door: dict[str, str] = {}
    for index, reader in enumerate(site.readers):
        yield from find_undefined(("readers", index, "device"), reader.device, "devices", devices)
        yield from find_undefined(("readers", index, "access_point"), reader.access_point, "access_points", points)
        if reader.access_point in points:
            door = points[reader.access_point].door
            if (owner := device_of_door.setdefault(door, reader.device)) != reader.device:
                yield Finding(
                    ("readers", index, "device"),
                    f"扉 {door!r} の錠は {owner!r} が動かします。同じ装置にしてください",
                    f"the lock of {door!r} hangs on {owner!r}; a door has one device",
                )
    yield from _proofs(site)
    used = {reader.device for reader in site.readers} | {cabinet.device for cabinet in site.cabinets}
    for index, device in enumerate(devices):
        if device == CENTRE:
            yield Finding(
                ("devices", index, "id"),
                f"{CENTRE!r} は中央の名前です。別の id にしてください",
                "the centre's own name; choose another id",
            )
        if device == HOME_ASSISTANT:
            yield Finding(
                ("devices", index, "id"),
                f"{HOME_ASSISTANT!r} は Home Assistant の名前です。別の id にしてください",
                "Home Assistant's name at the broker; choose another id",
            )
        if device not in used:
            yield Finding(
                ("devices", index, "id"),
                f"{device!r} にリーダーがありません。加えるか、この装置を消してください",
                "no reader hangs on it; add one or remove it",
            )


def _proofs(site: "Site") -> Iterator[Finding]:
    """A reader whose cards can never prove what its access point asks for refuses everybody."""
    asked = {point.id: point.minimum_assurance for point in site.access_points}
    for index, reader in enumerate(site.readers):
        reached = max((ASSURANCE_MAX[name] for name in reader.cards), default=None)
        least = asked.get(reader.access_point, 0)
        if reached is not None and reached < least:
            yield Finding(
                ("readers", index, "cards"),
                f"通行口 {reader.access_point!r} は保証度 {least} を求めます。{least} に届くカードを加えてください",
                f"{reader.access_point!r} asks for assurance {least}; add cards that reach it",
            )
        if reader.cards and reader.driver not in {"nfc", "pcsc"}:
            yield Finding(
                ("readers", index, "cards"),
                "nfc・pcsc のリーダーだけがカードの種類を選べます。この行を消してください",
                "only readers on nfc and pcsc choose their cards; remove it",
            )
        if reader.driver == "wedge" and wedge_link(reader.path) is None:
            yield Finding(
                ("readers", index, "path"),
                f"{reader.path!r} は再起動で変わりえます。{EXPECTED} のような名前にしてください",
                f"expected a name that lasts, as {EXPECTED}",
            )

"""Key cabinets of a site's description: where each hangs, how many hooks it has, and the reader in front of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from contract.cabinet_records import POSITIONS_MAX
from contract.fields import Id
from contract.technologies import ASSURANCE_MAX, CardName
from gateway.site.findings import Finding, find_undefined
from gateway.site.places import Description, Name

if TYPE_CHECKING:
    from gateway.site.description import Site

HOOK_MARK = "-hook-"
"""``keys-1-hook-3`` is what the controller calls a hook's lock."""

ID_LENGTH_MAX = 50
"""Of a cabinet: what its hooks are called is an id as well."""


class CabinetReader(Description):
    """The reader in front of a cabinet; it serves no access point."""

    id: Id
    name: Name
    driver: Literal["nfc", "pcsc", "osdp", "serial", "wedge", "simulated"]
    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """As of any reader."""
    cards: tuple[CardName, ...] = ()


class CabinetDescription(Description):
    """鍵箱 · A key cabinet on a controller. Its id is the one under which the keys' desk registers it."""

    id: Annotated[Id, StringConstraints(max_length=ID_LENGTH_MAX)]
    name: Name
    name_en: Name
    device: Id
    positions: Annotated[int, Field(ge=1, le=POSITIONS_MAX)]
    """掛け位置の数 · Hooks 1 to this."""
    reader: CabinetReader
    minimum_assurance: Annotated[int, Field(ge=0, le=3)] = 1
    """The least assurance a card reading must have here, 0 (simulated) to 3."""
    offline_minutes_max: Annotated[int, Field(ge=1, le=60 * 24 * 30)] = 60 * 24
    """How long it may hand out keys without hearing from the centre, in minutes."""
    shelter: bool = False
    """避難所キーボックス · It stands open while a shelter is open, also without the centre."""


def check_cabinets(site: "Site") -> Iterator[Finding]:
    """Yield what does not fit together of a site's cabinets."""
    devices = [device.id for device in site.devices]
    doors, points = {door.id for door in site.doors}, {point.id for point in site.access_points}
    readers = [reader.id for reader in site.readers]
    for index, cabinet in enumerate(site.cabinets):
        yield from find_undefined(("cabinets", index, "device"), cabinet.device, "devices", devices)
        if cabinet.id in doors | points:
            yield Finding(
                ("cabinets", index, "id"),
                f"{cabinet.id!r} は扉か通行口の id です。別の id にしてください",
                "the id of a door or an access point; choose another id",
            )
        if cabinet.reader.id in readers:
            yield Finding(
                ("cabinets", index, "reader", "id"),
                f"{cabinet.reader.id!r} は別のリーダーの id です。別の id にしてください",
                "another reader's id; choose another id",
            )
        readers.append(cabinet.reader.id)
        yield from _check_proofs(index, cabinet)


def _check_proofs(index: int, cabinet: CabinetDescription) -> Iterator[Finding]:
    reached = max((ASSURANCE_MAX[name] for name in cabinet.reader.cards), default=None)
    least = cabinet.minimum_assurance
    if reached is not None and reached < least:
        yield Finding(
            ("cabinets", index, "reader", "cards"),
            f"鍵箱は保証度 {least} を求めます。{least} に届くカードを加えてください",
            f"the cabinet asks for assurance {least}; add cards that reach it",
        )
    if cabinet.reader.cards and cabinet.reader.driver not in {"nfc", "pcsc"}:
        yield Finding(
            ("cabinets", index, "reader", "cards"),
            "nfc・pcsc のリーダーだけがカードの種類を選べます。この行を消してください",
            "only readers on nfc and pcsc choose their cards; remove it",
        )

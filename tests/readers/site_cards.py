"""Cards of a made-up site, issued by the desk's own code under masters in a key file, and a policy that knows them."""

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.technologies import Technology
from contract.tokens import DeviceTokens, credential_token
from domain.access.policy import ALWAYS, AccessPoint, Area, Credential, Level, PassbackMode, PolicySnapshot
from domain.ids import AccessPointId, AreaId, DoorId, LevelId, PersonId
from emulation.desfire_card import DesfireCard
from emulation.felica_card import FelicaCard
from emulation.felica_lite_s_card import REAL_PMM, LiteSCard
from readers.cards.desfire import Desfire, DesfireSettings
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.lite_s_exchange import derive_card_key
from readers.keys.file import FileKeys, add_master
from readers.keys.port import MASTER_BYTES
from tests.readers.cards.desk import laid_down

DESFIRE = DesfireSettings(aid="f51cd8")
LITE_S, DESFIRE_MASTERS = "lite_s", ("desfire-1", "desfire_application-1")


SITE_KEY = bytes(range(32))
NAMES_KEY = bytes(range(100, 132))

KnownCard = tuple[Technology, bytes]
"""A card's technology and the number by which that knows it."""


def policy_for(cards: Collection[KnownCard], points: dict[AccessPointId, DoorId]) -> PolicySnapshot:
    """Give a policy by which these cards, each another person's, may enter the hall at all points at any time."""
    outside = Area(AreaId("outside"), timedelta(days=1))
    hall = Area(AreaId("hall"), timedelta(days=1), passback=PassbackMode.soft, occupancy_max=10_000)
    level = Level(LevelId("staff"), dict.fromkeys(points, ALWAYS))
    tokens = [credential_token(SITE_KEY, technology, number) for technology, number in cards]
    return PolicySnapshot(
        version=1,
        issued_at=datetime.now(UTC),
        areas={area.id: area for area in (outside, hall)},
        points={point: AccessPoint(point, door, outside.id, hall.id) for point, door in points.items()},
        levels={level.id: level},
        credentials={
            name: Credential(PersonId(f"s{at:05}"), (level.id,))
            for at, name in enumerate(DeviceTokens(NAMES_KEY).name(tokens))
        },
    )


class CardMaker:
    """Makes cards by their number on the list; the same number is the same card."""

    def __init__(self, folder: Path) -> None:
        path = folder / "keys.toml"
        for label in (f"{LITE_S}-1", *DESFIRE_MASTERS):
            add_master(path, label, os.urandom(MASTER_BYTES))
        self.keys = FileKeys(path)

    def felica(self, number: int) -> FelicaCard:
        """Make a card that has an IDm and nothing else."""
        return FelicaCard(_idm(0x10, number))

    def known_felica(self, number: int) -> KnownCard:
        """Give what it is known as."""
        return "felica_idm", _idm(0x10, number)

    def lite_s(self, number: int) -> LiteSCard:
        """Make a Lite-S as the desk leaves it, as patient as a real one."""
        idm = _idm(0x20, number)
        card = LiteSCard(idm, key=derive_card_key(self.keys, LITE_S, 1, idm), key_version=1, pmm=REAL_PMM)
        card.configure()
        return card

    def known_lite_s(self, number: int) -> KnownCard:
        """Give what it is known as."""
        return "felica_lite_s", _idm(0x20, number)

    def lite_s_technology(self) -> FelicaLiteS:
        """Give what proves it, mutually."""
        return FelicaLiteS(self.keys, LITE_S, frozenset((1,)), "mutual")

    def desfire(self, number: int) -> DesfireCard:
        """Make a DESFire as the desk leaves it: EV2, its own key by AN10922."""
        card = DesfireCard(_uid(number))
        DesfireDesk(DESFIRE, self.keys).issue(laid_down(card))
        return card

    def known_desfire(self, number: int) -> KnownCard:
        """Give what it is known as."""
        return "desfire", _uid(number)

    def desfire_technology(self) -> Desfire:
        """Give what proves it."""
        return Desfire(DESFIRE, self.keys)


def _idm(kind: int, number: int) -> bytes:
    return bytes((0x01, kind)) + number.to_bytes(6, "big")


def _uid(number: int) -> bytes:
    return b"\x04" + number.to_bytes(6, "big")

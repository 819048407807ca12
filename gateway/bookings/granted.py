"""What a booking gives at the doors, in words for whoever looks after it: what opens, for whom, until when; what lacks.

Keys have a view of their own; of them only what lacks is told here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.access.policy import CredentialStatus
from domain.civil import civil_minute
from domain.facilities.entry import Way, choose_entry
from domain.facilities.promises import PROMISING, PromiseKind
from gateway.bookings.remembered_rules import recall_rules
from gateway.bookings.unkept_promises import find_lacks
from gateway.site.code_readers import list_code_points
from gateway.site.description import Site
from store.cards import list_desk_cards
from store.party_passes import list_party_codes, party_id
from store.reservations import Kept
from store.reservees import load_reservee
from store.site_areas import list_site_areas
from store.tx import Tx
from store.unkept_promises import list_held_grants
from store.visitor_cards import CODE_TECHNOLOGY


class GrantedWord(StrEnum):
    """What is told of a booking at the doors."""

    own_card = "own_card"
    party_door = "party_door"
    party_card = "party_card"
    code = "code"
    lent_card = "lent_card"
    let_in = "let_in"
    open_anyway = "open_anyway"
    # What somebody has to see to
    no_own_card = "no_own_card"
    no_level = "no_level"
    no_grant = "no_grant"
    no_code = "no_code"
    no_code_reader = "no_code_reader"
    no_key = "no_key"
    card_still_out = "card_still_out"


WORDS: Mapping[GrantedWord, tuple[str, str]] = MappingProxyType(
    {
        GrantedWord.own_card: ("職員証で「{area}」の扉が開きます", "their own staff card opens {area}"),
        GrantedWord.party_door: (
            "予約のコード、または窓口で貸し出すカードで「{area}」の扉が開きます",
            "the booking's code, or a card that the desk lends, opens {area}",
        ),
        GrantedWord.party_card: (
            "窓口で貸し出すカードで「{area}」の扉が開きます",
            "a card that the desk lends opens {area}",
        ),
        GrantedWord.code: (
            "QRコードは「{points}」で読み取ります。利用時間のあいだ何度でも使えます",
            "the QR code is read at {points}, as often as needed meanwhile",
        ),
        GrantedWord.lent_card: ("カード {label} を貸し出しています", "card {label} is lent"),
        GrantedWord.let_in: ("職員が部屋を開けます", "staff let them in"),
        GrantedWord.open_anyway: ("部屋は開いています。手続きは要りません", "the room is open to everybody"),
        GrantedWord.no_own_card: (
            "予約した職員に使えるカードがありません。カードを登録するか、窓口で開けてください",
            "whoever booked has no card in use; enrol one, or let them in",
        ),
        GrantedWord.no_level: (
            "区域「{area}」に予約者の権限（booked_level）がないため、扉が開きません。サイトの設定に加えてください",
            "the site's description names no booked_level for {area}, so no door opens; add it there",
        ),
        GrantedWord.no_grant: (
            "扉の権限がまだ付いていません。20 秒ごとに自動で直しています",
            "the doors do not know it yet; what lacks is given within 20 seconds",
        ),
        GrantedWord.no_code: (
            "QRコードがまだありません。20 秒ごとに自動で用意しています",
            "no QR code yet; one is drawn within 20 seconds",
        ),
        GrantedWord.no_code_reader: (
            "「{area}」の扉にQRコードを読むリーダーがありません。窓口でカードを貸し出すか、入室方法を変えてください",
            "no door into {area} reads the QR code; lend a card at the desk, or change the way in",
        ),
        GrantedWord.no_key: (
            "この部屋を開ける鍵が登録されていません。鍵の台帳に加えるか、入室方法を変えてください",
            "no key of the room is registered; register one, or change the way in",
        ),
        GrantedWord.card_still_out: (
            "カード {label} がまだ返っていません。扉は開きません",
            "card {label} is not back yet; it opens nothing",
        ),
    }
)
"""Each in Japanese and English: what holds, or what is wrong and what to do."""

FAULTS = frozenset(
    {
        GrantedWord.no_own_card,
        GrantedWord.no_level,
        GrantedWord.no_grant,
        GrantedWord.no_code,
        GrantedWord.no_code_reader,
        GrantedWord.no_key,
        GrantedWord.card_still_out,
    }
)
"""What somebody has to see to."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One thing that is told; ``values`` fill its words, in Japanese and English. Times where it holds for a time."""

    word: GrantedWord
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    from_at: datetime | None = None
    until_at: datetime | None = None

    @property
    def is_fault(self) -> bool:
        """Tell whether somebody has to see to it."""
        return self.word in FAULTS

    @property
    def told(self) -> tuple[str, str]:
        """Give it in Japanese and English."""
        japanese, english = WORDS[self.word]
        return (
            japanese.format_map({name: text for name, (text, _) in self.values.items()}),
            english.format_map({name: text for name, (_, text) in self.values.items()}),
        )


def list_granted(tx: Tx, kept: Kept, site: Site) -> tuple[Granted, ...]:
    """Give what a booking gives at the doors now, and what lacks of it; nothing of one that promises nothing.

    Args:
        tx: the transaction.
        kept: the booking.
        site: the description that holds, for the names of areas and of doors that read codes.
    """
    return tuple(_list_granted(tx, kept, site))


def _list_granted(tx: Tx, kept: Kept, site: Site) -> Iterator[Granted]:
    standing = kept.reservation
    cards = [card for card in list_desk_cards(tx, party_id(standing.id)) if card.technology != CODE_TECHNOLOGY]
    if standing.state not in PROMISING:
        for card in cards:
            yield Granted(GrantedWord.card_still_out, {"label": (card.label, card.label)})
        return
    rules = recall_rules(tx, [standing.room_id])[kept.facility_id]
    room = rules.room(standing.room_id)
    entry = choose_entry(rules.entries, standing.room_id, civil_minute(standing.from_at)[0])
    ways = frozenset[Way]() if entry is None else entry.ways
    if Way.staff in ways:
        yield Granted(GrantedWord.let_in)
    if Way.open in ways:
        yield Granted(GrantedWord.open_anyway)
    area_id = None if room is None else room.area_id
    area = {} if area_id is None else {"area": _name_area(site, area_id)}
    reservee = load_reservee(tx, standing.reservee_id)
    person_id = None if reservee is None else reservee.person_id
    code = list_party_codes(tx, [standing.id]).get(standing.id)
    points = () if area_id is None else list_code_points(site, area_id)
    has_code = code is not None and code.is_active
    opens_by_code = has_code and bool(points)
    grants = list_held_grants(tx, standing.id)
    for grant in grants:
        word = GrantedWord.party_door if opens_by_code else GrantedWord.party_card
        word = GrantedWord.own_card if grant.person_id == person_id else word
        yield Granted(word, area, grant.valid_from, grant.valid_until)
    if code is not None and has_code and grants:
        word = GrantedWord.code if opens_by_code else GrantedWord.no_code_reader
        yield Granted(word, area | {"points": _name_points(site, points)}, code.valid_from, code.valid_until)
    for card in cards:
        yield Granted(GrantedWord.lent_card, {"label": (card.label, card.label)})
    yield from _tell_lacks(tx, kept, area_id, area)
    if grants and person_id is not None and not _has_card(tx, person_id):
        yield Granted(GrantedWord.no_own_card)


def _has_card(tx: Tx, person_id: str) -> bool:
    return any(card.status == CredentialStatus.active.value for card in list_desk_cards(tx, person_id))


def _tell_lacks(tx: Tx, kept: Kept, area_id: str | None, area: Mapping[str, tuple[str, str]]) -> Iterator[Granted]:
    lacks = find_lacks(tx, kept)
    if PromiseKind.door in lacks:
        known = list_site_areas(tx).get(area_id or "")
        has_level = known is not None and known.level_id is not None
        yield Granted(GrantedWord.no_grant if has_level else GrantedWord.no_level, area)
    if PromiseKind.code in lacks:
        yield Granted(GrantedWord.no_code)
    if PromiseKind.key in lacks:
        yield Granted(GrantedWord.no_key)


def _name_points(site: Site, point_ids: Iterable[str]) -> tuple[str, str]:
    points = [site.access_point(each) for each in point_ids]
    return "・".join(each.name for each in points), ", ".join(each.name_en for each in points)


def _name_area(site: Site, area_id: str) -> tuple[str, str]:
    area = next((each for each in site.areas if each.id == area_id), None)
    return (area_id, area_id) if area is None else (area.name, area.name_en)

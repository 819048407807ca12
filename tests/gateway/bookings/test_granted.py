"""What a booking gives is told in words: what opens, for whom, until when, and what somebody has to see to."""

import pytest
from sqlalchemy import delete, update

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.entry import Way
from gateway.bookings.granted import FAULTS, WORDS, Granted, GrantedWord, list_granted
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.lend_party_card import lend_party_card
from gateway.operations.facilities.redraw_code import redraw_code
from gateway.site.description import Site
from store.cards import insert_card
from store.reservations import load_reservation
from store.rights_tables import right_grant
from store.tables import credential
from store.tx import Store
from store.visitor_cards import POOL, ensure_pool
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.doors import BEHIND, CARD, DEMO, SITE, build, code_of, opens, with_ways
from tests.gateway.bookings.house import DESK, book, booked, citizen

W = GrantedWord


def granted(store: Store, id_: str = "r1", site: Site = SITE) -> tuple[Granted, ...]:
    with store.reading(NOW) as tx:
        kept = load_reservation(tx, id_)
        assert kept is not None
        return list_granted(tx, kept, site)


def words(store: Store, id_: str = "r1", site: Site = SITE) -> list[GrantedWord]:
    return [each.word for each in granted(store, id_, site)]


def test_a_citizens_code_is_told_with_its_times(store: Store) -> None:
    build(store)
    book(store, "r0", wish(780, 900), citizen(1))
    assert granted(store, "r0") == ()
    made = booked(store)
    door, code = granted(store)
    assert (door.word, door.from_at, door.until_at) == (W.party_door, made.from_at, made.until_at)
    assert door.told == (
        "予約のコード、または窓口で貸し出すカードで「市民ホール」の扉が開きます",
        "the booking's code, or a card that the desk lends, opens Public hall",
    )
    assert (code.word, code.until_at, code.is_fault) == (W.code, made.until_at, False)
    assert code.told[0] == "QRコードは「西口」で読み取ります。利用時間のあいだ何度でも使えます"


def test_staff_are_told_to_use_their_card_and_when_they_have_none(store: Store) -> None:
    build(store)
    book(store, "r1", wish(room_id="meeting", reservee_id="s1"), DESK)
    assert words(store) == [W.own_card]
    with store.transaction(NOW) as tx:
        tx.connection.execute(update(credential).where(credential.c.token == CARD).values(status="lost"))
    assert words(store) == [W.own_card, W.no_own_card]


def test_a_lent_card_is_told_until_it_is_back(store: Store) -> None:
    build(store, with_ways(Way.card))
    booked(store)
    with store.transaction(NOW) as tx:
        ensure_pool(tx)
        assert insert_card(tx, f"{0xA1:032x}", POOL, "No.1")
        lend_party_card(tx, "r1", f"{0xA1:032x}", by="desk")
    assert words(store) == [W.party_card, W.lent_card]
    with store.transaction(NOW) as tx:
        cancel_reservation(tx, "r1", DESK)
    (still,) = granted(store)
    assert (still.told[0], still.is_fault) == ("カード No.1 がまだ返っていません。扉は開きません", True)


@pytest.mark.parametrize(("way", "word"), [(Way.staff, W.let_in), (Way.open, W.open_anyway)])
def test_where_nothing_is_needed_it_is_said(store: Store, way: Way, word: GrantedWord) -> None:
    build(store, with_ways(way))
    booked(store)
    assert words(store) == [word]


def test_what_lacks_is_told_with_what_to_do(store: Store) -> None:
    build(store, with_ways(Way.code, Way.key), codes=0)
    booked(store)
    book(store, "r2", wish(room_id="meeting", reservee_id="u2"), citizen(2))
    assert words(store) == [W.party_card, W.no_code]
    assert words(store, "r2") == [W.party_card, W.no_code, W.no_key]
    with store.transaction(NOW) as tx:
        tx.connection.execute(delete(right_grant))
    assert words(store) == [W.no_grant, W.no_code]


def test_an_area_without_a_level_is_named(store: Store) -> None:
    build(store, with_ways(Way.card, rules=BEHIND), site=DEMO)
    booked(store)
    (lack,) = granted(store, site=DEMO)
    assert lack.word is W.no_level
    assert "区域「市民ホール」に予約者の権限（booked_level）がない" in lack.told[0]


def test_a_code_that_no_door_reads_is_told_and_what_to_do(store: Store) -> None:
    build(store, with_ways(Way.code))
    booked(store)
    blind = tuple(each.model_copy(update={"driver": "osdp", "path": "line1:3"}) for each in SITE.readers)
    door, lack = granted(store, site=SITE.model_copy(update={"readers": blind}))
    assert (door.word, lack.word, lack.is_fault) == (W.party_card, W.no_code_reader, True)
    assert lack.told[0].startswith("「市民ホール」の扉にQRコードを読むリーダーがありません")


def test_a_code_that_somebody_saw_is_drawn_anew(store: Store) -> None:
    build(store)
    made = booked(store)
    former = code_of(store, "r1")
    with store.transaction(NOW) as tx:
        redraw_code(tx, "r1", by="desk")
    code = code_of(store, "r1")
    assert [opens(store, token, made.from_at) for token in (former, code)] == [False, True]
    with store.transaction(NOW) as tx:
        cancel_reservation(tx, "r1", DESK)
        with pytest.raises(BookingFaultsError):
            redraw_code(tx, "r1", by="desk")


def test_everything_has_words_in_both_languages() -> None:
    assert WORDS.keys() == set(GrantedWord)
    assert set(GrantedWord) > FAULTS
    assert all(japanese and english and japanese != english for japanese, english in WORDS.values())

"""Who reserves: contacts in one spelling, likely duplicates, merging, blocks, codes that stop after few tries."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.blocking import derive_block
from domain.facilities.booking_rules import Deadline, Terms
from domain.facilities.confirmation import (
    LIMITS,
    Confirmation,
    ContactWay,
    hash_code,
    judge_code,
    judge_sending,
)
from domain.facilities.contact import is_email, is_kana, is_phone, tidy_email, tidy_kana, tidy_phone, tidy_text
from domain.facilities.duplicates import Alike, assess_merge, merge_into, rank_likely
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy
from domain.facilities.reservee_words import WORDS, describe_reservee_fault, tell_reservee_fault
from domain.facilities.waiting import LEADS_TO, WaitingState, derive_offer_end

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TERMS = Terms("t", Deadline(3, 1020), no_shows_to_block=2, no_show_days=100, block_days=30)
KEY = b"k" * 32


def reservee(id_: str, **given: object) -> Reservee:
    return replace(Reservee(id_, ReserveeKind.citizen, "resident", "青木 太郎", NOW, "self"), **given)  # type: ignore[arg-type]


def test_one_person_is_found_however_it_was_typed() -> None:
    assert tidy_kana("ｱｵｷ　たろう ") == "アオキ タロウ"
    assert tidy_email(" Ｔaro@Example.JP ") == "taro@example.jp"
    assert {tidy_phone(each) for each in ("+81 90-1234-5678", "０９０ー１２３４ー５６７８", "(090)1234.5678")} == {
        "09012345678"
    }
    assert tidy_phone("+81(0)90-1234-5678") == "09012345678"
    assert tidy_text(" 髙橋　﨑子\n") == "髙橋 﨑子"


@given(st.text(st.sampled_from("aZ09ｱア゛ﾞたａＺ＠@.-ー－−+＋８1 　()（）´ヴ"), max_size=30))
def test_what_is_a_contact_is_written_in_one_way(text: str) -> None:
    for tidy, is_one in ((tidy_kana, is_kana), (tidy_email, is_email), (tidy_phone, is_phone)):
        written = tidy(text)
        assert not is_one(written) or tidy(written) == written


def test_what_is_no_contact_is_told() -> None:
    assert is_kana("アオキ タロウ")
    assert not is_kana("青木")
    assert is_email("taro@example.jp")
    assert not is_email("taro@example")
    assert not is_email("a@b.jp\n")
    assert is_phone("0312345678")
    assert not is_phone("110")
    assert not is_phone("٠٩٠١٢٣٤٥٦٧٨")


def test_likely_ones_are_ranked_by_what_is_alike() -> None:
    one = reservee("u1", kana="アオキ タロウ", email="taro@example.jp", phone="09012345678")
    others = [
        reservee("namesake", name="青木 多朗", kana="アオキ タロウ"),
        reservee("family", name="青木 花子", phone="09012345678"),
        reservee("same", kana="アオキ タロウ", email="taro@example.jp"),
        reservee("merged", email="taro@example.jp", merged_into="u1"),
        one,
    ]
    ranked = rank_likely(one, others)
    assert [each.reservee.id for each in ranked] == ["same", "family"]
    assert ranked[0].alike == (Alike.email, Alike.kana, Alike.name)


def test_merging_fills_what_was_missing_and_keeps_the_longer_block() -> None:
    stays = reservee("u1", email="taro@example.jp", confirmed_at=NOW)
    goes = reservee("u2", phone="0312345678", blocked_until=TODAY, blocked_reason="不使用")
    merged = merge_into(stays, goes)
    assert merged == replace(stays, phone="0312345678", blocked_until=TODAY, blocked_reason="不使用")
    bare = merge_into(reservee("u3"), stays)
    assert (bare.email, bare.confirmed_at) == ("taro@example.jp", NOW)
    assert merge_into(reservee("u4", phone="0312345678"), stays).confirmed_at is None


def test_what_cannot_be_merged_is_told() -> None:
    one, staff = reservee("u1"), reservee("s1", kind=ReserveeKind.staff)
    assert [each.why for each in assess_merge(one, one)] == [ReserveeWhy.same_reservee]
    assert [each.why for each in assess_merge(one, staff)] == [ReserveeWhy.staff_stays]
    assert [each.field for each in assess_merge(one, reservee("u2", merged_into="u3"))] == ["goes"]
    assert assess_merge(staff, one) == ()


def test_no_shows_block_from_the_last_one_on() -> None:
    missed = [TODAY - timedelta(days=10), TODAY - timedelta(days=99)]
    assert derive_block(TERMS, missed, TODAY) == TODAY + timedelta(days=20)
    assert derive_block(TERMS, missed, TODAY + timedelta(days=2)) is None  # the older one no longer counts
    assert derive_block(TERMS, missed[:1], TODAY) is None
    assert derive_block(replace(TERMS, no_shows_to_block=0), missed, TODAY) is None
    assert derive_block(replace(TERMS, block_days=5), missed, TODAY) is None  # over already


def sent(code: str = "123456", **given: object) -> Confirmation:
    hashed = hash_code(KEY, "c1", "taro@example.jp", code)
    new = Confirmation("c1", "u1", ContactWay.email, "taro@example.jp", hashed, NOW, NOW + timedelta(minutes=15))
    return replace(new, **given)  # type: ignore[arg-type]


@given(st.lists(st.text("0123456789", min_size=6, max_size=6), max_size=12), st.integers(0, 9))
def test_a_code_never_passes_after_its_tries(guesses: list[str], right_at: int) -> None:
    standing = sent()
    told = [*guesses[:right_at], "123456", *guesses[right_at:]]
    for number, code in enumerate(told):
        fault = judge_code(standing, code, key=KEY, now=NOW, most=LIMITS.tries)
        if number >= LIMITS.tries:
            assert fault is not None
            assert fault.why is ReserveeWhy.tries_over
        else:
            assert (fault is None) == (code == "123456")
        if fault is None:
            return
        standing = replace(standing, tries=min(number + 1, LIMITS.tries))


def test_a_code_is_of_one_contact_one_key_and_few_minutes() -> None:
    def why(standing: Confirmation | None, *, key: bytes = KEY, minutes: int = 0) -> ReserveeWhy | None:
        fault = judge_code(standing, " 123456 ", key=key, now=NOW + timedelta(minutes=minutes), most=5)
        return None if fault is None else fault.why

    assert why(sent()) is None
    assert why(None) is ReserveeWhy.no_code
    assert why(sent(confirmed_at=NOW)) is ReserveeWhy.no_code
    assert why(sent(contact="hana@example.jp")) is ReserveeWhy.wrong_code
    assert why(sent(id="c2")) is ReserveeWhy.wrong_code
    assert why(sent(), key=b"other") is ReserveeWhy.wrong_code
    assert why(sent(), minutes=15) is ReserveeWhy.code_over


def test_codes_are_sent_so_many_an_hour_and_a_day() -> None:
    hour = [NOW - timedelta(minutes=minutes) for minutes in (50, 30, 10)]
    fault = judge_sending(hour, NOW, LIMITS)
    assert fault is not None
    assert fault.values == {"again_at": NOW + timedelta(minutes=10)}
    assert judge_sending(hour, NOW + timedelta(minutes=10), LIMITS) is None
    day = [NOW - timedelta(hours=2 * number) for number in range(1, 11)]
    fault = judge_sending(day, NOW, LIMITS)
    assert fault is not None
    assert fault.values == {"again_at": NOW + timedelta(hours=4)}


def test_an_offer_never_outlives_the_beginning() -> None:
    assert derive_offer_end(NOW, NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert derive_offer_end(NOW, NOW + timedelta(days=3)) == NOW + timedelta(hours=24)
    assert all(after not in LEADS_TO for after in set(WaitingState) - set(LEADS_TO))


@pytest.mark.parametrize("why", ReserveeWhy)
def test_every_reason_has_words_in_both_languages(why: ReserveeWhy) -> None:
    fault = ReserveeFault("code", why, {"left": 2, "most": 80, "ended_at": NOW, "again_at": NOW})
    japanese, english = describe_reservee_fault(fault)
    assert japanese
    assert english
    assert "{" not in japanese + english
    assert "code" in tell_reservee_fault(fault)
    assert set(WORDS) == set(ReserveeWhy)

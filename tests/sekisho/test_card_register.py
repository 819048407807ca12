"""The desk's register: true after every card, readable by people's programs, refused whole when a line is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import CredentialToken
from readers.whole_file import FileHeldError
from sekisho.card_register import CardRegister, IssuedCard, RegisterError, open_register

HEADING = "token,technology,key_version,label\r\n"


def token(number: int) -> CredentialToken:
    return CredentialToken(f"{number:032x}")


def card(number: int, key_version: int = 1, label: str = "", technology: str = "desfire") -> IssuedCard:
    return IssuedCard.checked(token(number), technology, key_version, label)


def read(path: Path) -> tuple[IssuedCard, ...]:
    with open_register(path) as register:
        return register.cards


def test_what_is_entered_is_read_again_in_order(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    made = [card(3, label="職員証 001"), card(1, 2, 'A,"B"'), card(2, technology="felica_lite_s")]
    with open_register(path) as register:
        for each in made:
            register.enter(each)
        assert register.find(token(1)) == made[1]
        assert register.find(token(9)) is None
    assert read(path) == tuple(made)
    assert path.read_bytes().startswith(b"\xef\xbb\xbftoken,")  # a byte order mark, which Excel needs for Japanese
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_card_entered_again_stays_one_line_and_keeps_its_label(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    with open_register(path) as register:
        register.enter(card(1, 1, "職員証 001"))
        register.enter(card(2, 1, "職員証 002"))
        register.enter(card(1, 2))
    assert read(path) == (card(1, 2, "職員証 001"), card(2, 1, "職員証 002"))


def test_which_cards_are_behind(tmp_path: Path) -> None:
    cards = [card(1, 1), card(2, 2), card(3, 3), card(4, 1, technology="felica_lite_s")]
    register = CardRegister(tmp_path / "cards.csv", cards)
    assert register.behind("desfire", 2) == (cards[0], cards[2])
    assert register.behind("felica_lite_s", 1) == ()


def test_every_entry_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    with open_register(path) as register:
        for number in range(1, 6):
            register.enter(card(number))
            assert path.read_text(encoding="utf-8-sig").count("\n") == number + 1


def test_one_desk_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    with open_register(path), pytest.raises(FileHeldError, match=r"cards\.csv"), open_register(path):
        pass


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.write_bytes(
        f"カード券面,鍵の版,カード種別,カードトークン\r\n職員証 001,1,desfire,{token(1)}\r\n".encode("cp932")
    )
    assert read(path) == (card(1, 1, "職員証 001"),)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("123,desfire,1,a", "token: 16進32桁"),
        (f"{token(10).upper()},desfire,1,a", "token: 16進32桁"),
        (f"{token(2)},felica_idm,1,a", "technology: desfire"),
        (f"{token(2)},desfire,0,a", "key_version: 1-255"),
        (f"{token(2)},desfire,256,a", "key_version: 1-255"),
        (f"{token(2)},desfire,one,a", "key_version: 1-255"),
        (f"{token(2)},desfire,1,=HYPERLINK()", "label: 60"),
        (f"{token(2)},desfire,1,{'a' * 61}", "label: 60"),
        (f"{token(2)},desfire,1", "4"),
        (f"{token(1)},desfire,1,a", "twice"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_of_the_file_counts(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "cards.csv"
    path.write_text(f"{HEADING}{token(1)},desfire,1,a\r\n{line}\r\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(RegisterError) as refused, open_register(path):
        pass
    assert says in str(refused.value)
    assert "3行目 / line 3" in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("heading", ["token,technology,key_version", "token,token,key_version,label", "a,b,c,d", ""])
def test_a_wrong_heading_is_named(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "cards.csv"
    path.write_text(heading + "\r\n")
    with pytest.raises(RegisterError, match=r"cards\.csv"), open_register(path):
        pass


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="none"), open_register(tmp_path / "none" / "cards.csv"):
        pass


LABELS = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=60).filter(
    lambda text: not text or text[0] not in "=+-@"
)


@given(label=st.text(max_size=70) | LABELS)
def test_a_label_that_is_taken_comes_back_the_same(tmp_path_factory: pytest.TempPathFactory, label: str) -> None:
    try:
        made = card(1, label=label)
    except ValueError:
        assert label != label.strip() or not label.isprintable() or len(label) > 60 or label[0] in "=+-@"
        return
    path = tmp_path_factory.mktemp("register") / "cards.csv"
    with open_register(path) as register:
        register.enter(made)
    assert read(path) == (made,)
